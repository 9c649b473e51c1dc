import { type DatabaseConfig, placeOf } from '../config/database-settings.js';
import { pendingMigrations } from '../db/migrator.js';
import { openPostgres } from '../db/postgres/database.js';
import { type ServerState, stateOfServer } from '../db/postgres/inspection.js';
import { DatabaseTroubleError } from '../db/unavailable.js';
import type { Clock } from '../runtime/clock.js';
import { migrationsOf } from '../storage.js';
import { mailboxes, mails, schema } from './database.js';
import { type Finding, failure, ok, warning } from './finding.js';

/** A difference of clocks above which times of different gateways contradict each other. */
const MAX_CLOCK_DIFFERENCE_MS = 2_000;

type PostgresConfig = DatabaseConfig & { readonly engine: 'postgres' };

/** The server and the database in it. Makes nothing. */
export async function examinePostgres(database: PostgresConfig, mayMigrate: boolean, clock: Clock): Promise<Finding[]> {
  const db = openPostgres(database);
  try {
    const state = await stateOfServer(db.reader);
    const schemaFound = await schema(db, migrationsOf(database), mayMigrate);
    return [
      server(state, placeOf(database)),
      durability(state),
      connections(state, database.poolSize),
      schemaFound,
      clocks(state, clock),
      ...(await Promise.all(database.replicaUrls.map((url) => replica({ ...database, url, replicaUrls: [] })))),
      ...(schemaFound.level === 'ok' ? [await mails(db), await mailboxes(db)] : []),
    ];
  } catch (error) {
    if (!(error instanceof DatabaseTroubleError)) throw error;
    return [failure('database', `${placeOf(database)}: ${error.what}`, `${error.advice}.`)];
  } finally {
    await db.close();
  }
}

function server({ version, isReplica, encoding }: ServerState, place: string): Finding {
  const value = `${place}, PostgreSQL ${version}, ${isReplica ? 'a replica' : 'the primary'}, ${encoding}`;
  if (isReplica) return failure('database', value, 'A replica takes no writes: let DATABASE_URL lead to the primary.');
  return encoding === 'UTF8'
    ? ok('database', value)
    : failure('database', value, 'Create the database with the encoding UTF8: others lack characters.');
}

async function replica(database: PostgresConfig): Promise<Finding> {
  const db = openPostgres(database);
  const place = placeOf(database);
  try {
    const { version, isReplica } = await stateOfServer(db.reader);
    const value = `${place}, PostgreSQL ${version}`;
    if (!isReplica) {
      return warning(
        'replica',
        `${value}, not a replica`,
        'Let DATABASE_REPLICA_URLS lead to replicas of DATABASE_URL.',
      );
    }
    const pending = await pendingMigrations(db, migrationsOf(database));
    return pending.length === 0
      ? ok('replica', value)
      : warning('replica', `${value}, lacks ${pending.join(', ')}`, 'See whether it follows the primary.');
  } catch (error) {
    if (!(error instanceof DatabaseTroubleError)) throw error;
    return warning('replica', `${place}: ${error.what}`, 'The primary reads for it until it answers.');
  } finally {
    await db.close();
  }
}

function durability({ durability: settings }: ServerState): Finding {
  const value = Object.entries(settings)
    .map((pair) => pair.join('='))
    .join(' ');
  const isSafe = Object.values(settings).every((setting) => setting !== 'off');
  return isSafe
    ? ok('durability', value)
    : failure('durability', value, 'A commit that was acknowledged can be lost: turn these settings on.');
}

function connections({ maxConnections }: ServerState, poolSize: number): Finding {
  const value = `${maxConnections} at most, ${poolSize} for each process of this server`;
  return poolSize < maxConnections
    ? ok('connections', value)
    : warning('connections', value, 'Lower DATABASE_POOL_SIZE, raise max_connections, or use a pooler.');
}

function clocks({ nowMs }: ServerState, clock: Clock): Finding {
  const difference = Math.abs(nowMs - clock.millis());
  const value = `${clock.now()}, ${difference} ms from that of PostgreSQL`;
  return difference < MAX_CLOCK_DIFFERENCE_MS
    ? ok('clock', value)
    : warning('clock', value, 'Synchronize both: times and IDs of several gateways would not be in order.');
}
