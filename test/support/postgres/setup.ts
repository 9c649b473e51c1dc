import { postgresMigrations } from '../../../migrations/index.js';
import { migrate } from '../../../src/db/migrator.js';
import { openPostgres } from '../../../src/db/postgres/database.js';
import { TestClock } from '../test-clock.js';
import { settingsFor } from './database.js';
import { type PostgresServer, SENT_AT_ONCE, startPostgres, startReplica, whyNoPostgres } from './server.js';

/** `WITH_REPLICA=yes npm run test:postgres`: queries may be answered by a replica. */
const WITH_REPLICA = process.env.WITH_REPLICA === 'yes';

/** The database that those of tests are copies of. */
const TEMPLATE = 'usergraph_template';

/** Starts one server for all test processes, with a migrated database to copy. */
export default async function setup(): Promise<() => Promise<void>> {
  const reason = whyNoPostgres();
  if (reason !== null) throw new Error(`These tests need a PostgreSQL server, and ${reason}.`);
  const settings = WITH_REPLICA ? SENT_AT_ONCE : undefined;
  const server = await startPostgres({ ...(settings && { settings }) });
  let replica: PostgresServer | null = null;
  const remove = async () => {
    await replica?.remove();
    await server.remove();
  };
  try {
    replica = WITH_REPLICA ? await startReplica(server, SENT_AT_ONCE) : null;
    await server.run(`create database ${TEMPLATE}`);
    const db = openPostgres(settingsFor(server.url(TEMPLATE)));
    await migrate(db, postgresMigrations, new TestClock()).finally(db.close);
  } catch (error) {
    await remove();
    throw error;
  }
  process.env.TEST_POSTGRES = server.url();
  process.env.TEST_POSTGRES_TEMPLATE = TEMPLATE;
  if (replica) process.env.TEST_POSTGRES_REPLICA = replica.url();
  return remove;
}
