import type { Migration } from '../src/db/migrator.js';

/** How far the log of an environment was looked through for deleted users, and what people did, whose names are in it. */
export const eventErasure: Migration = {
  name: '0013-event-erasure',
  statements: [
    'alter table event_sequences add column erased integer not null default 0',
    `create index events_by_person on events (environment_id, actor_id, sequence) where actor_source = 'PERSON'`,
  ],
};
