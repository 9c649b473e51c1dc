import { postgresMigrations } from '../../../migrations/index.js';
import { migrate } from '../../../src/db/migrator.js';
import { openPostgres } from '../../../src/db/postgres/database.js';
import { TestClock } from '../test-clock.js';
import { settingsFor } from './database.js';
import { startPostgres, whyNoPostgres } from './server.js';

/** The database that those of tests are copies of. */
const TEMPLATE = 'usergraph_template';

/** Starts one server for all test processes, with a migrated database to copy. */
export default async function setup(): Promise<() => Promise<void>> {
  const reason = whyNoPostgres();
  if (reason !== null) throw new Error(`These tests need a PostgreSQL server, and ${reason}.`);
  const server = await startPostgres();
  try {
    await server.run(`create database ${TEMPLATE}`);
    const db = openPostgres(settingsFor(server.url(TEMPLATE)));
    await migrate(db, postgresMigrations, new TestClock()).finally(db.close);
  } catch (error) {
    await server.remove();
    throw error;
  }
  process.env.TEST_POSTGRES = server.url();
  process.env.TEST_POSTGRES_TEMPLATE = TEMPLATE;
  return server.remove;
}
