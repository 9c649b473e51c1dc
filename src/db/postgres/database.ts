import type { ClientConfig } from 'pg';
import type { AsOf } from '../../domain/as-of.js';
import { ofRequest } from '../../scheduling/request-life.js';
import { currentTurn } from '../../scheduling/turns.js';
import type { CommitObserver, Database, ReplicaObserver, StatementObserver } from '../database.js';
import { refuseToStream } from '../engine.js';
import { createReader } from '../handle.js';
import type { PostgresConnection } from './connection.js';
import { Connections } from './connections.js';
import { postgres } from './engine.js';
import { Notifications } from './notifications.js';
import { Replica } from './replica.js';
import { Replicas } from './replicas.js';
import { isLost, isOutdated, isTooLong } from './unavailable.js';
import { typesOfRows } from './values.js';
import { Writer } from './writer.js';

/** Where a PostgreSQL database is, and how it is used. */
export interface PostgresSettings {
  /** `postgres://user:password@host:port/database`, with `sslmode` and the other parameters of libpq. */
  readonly url: string;
  /** The URLs of streaming replicas, which serve reads. */
  readonly replicaUrls: readonly string[];
  /** How far a replica may be behind, in milliseconds. */
  readonly maxReplicaLagMs: number;
  /** The number of connections that a process opens, to each server. */
  readonly poolSize: number;
  /** The longest time of a statement, in milliseconds. */
  readonly statementTimeoutMs: number;
  /** The longest time that a write waits for others, in milliseconds. */
  readonly lockTimeoutMs: number;
  /** Whether a pooler in transaction mode is in between: statements are not prepared, and nobody listens. */
  readonly isPooled: boolean;
}

interface Observers {
  /** Called for each statement, of the reader and of units. */
  readonly observe?: StatementObserver | undefined;
  readonly onCommit?: CommitObserver | undefined;
  readonly onReplica?: ReplicaObserver | undefined;
}

/** How long a new connection is waited for, in milliseconds. */
const CONNECT_MS = 10_000;

const POSITION = `select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 as position`;

/** Runs statements that only read, on a connection. */
type Read = <T>(run: (connection: PostgresConnection) => Promise<T>, asOf: AsOf | null) => Promise<T>;

/** Opens a PostgreSQL database. Connections are made when they are needed. */
export function openPostgres(settings: PostgresSettings, observers: Observers = {}): Database {
  const { observe, onCommit, onReplica = () => {} } = observers;
  const { url, replicaUrls, poolSize, isPooled, maxReplicaLagMs: maxLagMs } = settings;
  const common: ClientConfig = {
    application_name: 'usergraph',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    types: typesOfRows,
  };
  const toPrimary = { ...common, connectionString: url };
  // A pooler knows no parameters of a session.
  const limits = isPooled ? {} : { statement_timeout: settings.statementTimeoutMs };
  const sending = { observe, prepares: !isPooled };
  // Writers wait for each other with a connection in hand, and must leave some to readers.
  const writers = Math.max(1, Math.floor(poolSize / 3));
  const reading = new Connections({ ...toPrimary, ...limits, max: Math.max(1, poolSize - writers) }, sending);
  const lockLimit = isPooled ? {} : { lock_timeout: settings.lockTimeoutMs };
  // What a unit does not wait for is sent behind what is under way.
  const writing = new Connections({ ...toPrimary, ...limits, ...lockLimit, max: writers, pipeline: true }, sending);
  const replicas = new Replicas(
    replicaUrls.map((replicaUrl) => {
      const config = { ...common, ...limits, max: poolSize };
      return new Replica({ url: replicaUrl, config, sending, maxLagMs, onReplica });
    }),
    async () => (await reading.pool.query<{ position: number }>(POSITION)).rows[0]?.position ?? null,
  );
  const notifications = new Notifications(isPooled ? null : toPrimary, (sql) => reading.pool.query(sql));
  const writer = new Writer(writing.pool, sending, isPooled ? settings : null, (units, milliseconds) => {
    notifications.committed();
    onCommit?.(units, milliseconds);
  });
  const read = createRead(reading, replicas);
  const close = async () => {
    await writer.idle();
    await notifications.close();
    await replicas.close();
    await Promise.all([reading.pool.end(), writing.pool.end()]);
  };
  let closing: Promise<void> | undefined;
  return {
    reader: createReader(postgres, {
      executeQuery: (query) => read((connection) => connection.executeQuery(query), ofRequest()?.asOf ?? null),
      streamQuery: refuseToStream,
    }),
    rows: (query, beforeRun, _, asOf) => {
      beforeRun();
      return read((connection) => connection.cells(query), asOf ?? null);
    },
    transaction: (environmentId, unit) => writer.transaction(environmentId, unit),
    batch: (environmentId, write, input) => writer.batch(environmentId, write, input),
    // What is derived from the database is kept for one turn: later requests see each commit that their callers can know of.
    version: currentTurn,
    signal: () => notifications.signal(),
    waiting: () => writer.waiting,
    sizes: async () => {
      const statement = 'select pg_database_size(current_database()) as data';
      const { rows } = await reading.pool.query<{ data: number }>(statement);
      return { data: rows[0]?.data ?? 0, log: 0 };
    },
    // Its pages and its log are the operator's: see docs.
    purgeDeleted: async () => true,
    replicas: () => replicas.states(),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** Reads change nothing, so those that fail with their connection are repeated: it may have ended while it was idle. */
function createRead(primary: Connections, replicas: Replicas): Read {
  async function readPrimary<T>(run: (connection: PostgresConnection) => Promise<T>): Promise<T> {
    try {
      return await primary.use(run);
    } catch (error) {
      if (!isLost(error) && !isOutdated(error)) throw error;
      return await primary.use(run);
    }
  }
  return async (run, asOf) => {
    const replica = asOf && replicas.of(asOf);
    if (!replica) return readPrimary(run);
    try {
      return await replica.read(run, asOf);
    } catch (error) {
      replicas.giveUp(asOf);
      // Everything else can be the fault of the replica: it can be gone, behind a migration, or have to go on with its log.
      if (isTooLong(error)) throw error;
      return readPrimary(run);
    }
  };
}
