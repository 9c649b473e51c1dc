import type { Migration } from '../../src/db/migrator.js';
import { tablesOfAccess } from './0019-tables-of-access.js';
import { tablesOfEvents } from './0019-tables-of-events.js';
import { tablesOfUsers } from './0019-tables-of-users.js';
import { triggers } from './0019-triggers.js';

/**
 * The schema that SQLite has after 0019, in the terms of PostgreSQL. Texts are compared by their bytes (`collate "C"`), as
 * IDs and cursors want it, whatever the locale of the database is. The keys of all tables begin with the environment, to
 * distribute by it; numbers and IDs come from the gateways, so that there is no sequence and no hot page at its end.
 */
export const base: Migration = {
  name: '0019-base',
  statements: [...tablesOfUsers, ...tablesOfAccess, ...tablesOfEvents, ...triggers],
};
