import type { Migration } from '../src/db/migrator.js';

/** How far the log of an environment was cut off at its old end. */
export const eventRetention: Migration = {
  name: '0011-event-retention',
  statements: ['alter table event_sequences add column removed integer not null default 0'],
};
