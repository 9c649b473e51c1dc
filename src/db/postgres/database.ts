import pg, { type ClientConfig } from 'pg';
import type { CommitObserver, Database, StatementObserver } from '../database.js';
import { refuseToStream } from '../engine.js';
import { createReader } from '../handle.js';
import { PostgresConnection } from './connection.js';
import { postgres } from './engine.js';
import { Notifications } from './notifications.js';
import { isLost, isOutdated, translated } from './unavailable.js';
import { typesOfRows } from './values.js';
import { Writer } from './writer.js';

/** Where a PostgreSQL database is, and how it is used. */
export interface PostgresSettings {
  /** `postgres://user:password@host:port/database`, with `sslmode` and the other parameters of libpq. */
  readonly url: string;
  /** The number of connections that a process opens. */
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
}

/** How long a new connection is waited for, in milliseconds. */
const CONNECT_MS = 10_000;

/** Opens a PostgreSQL database. Connections are made when they are needed. */
export function openPostgres(settings: PostgresSettings, { observe, onCommit }: Observers = {}): Database {
  const { url, poolSize, isPooled, statementTimeoutMs } = settings;
  const common: ClientConfig = {
    connectionString: url,
    application_name: 'usergraph',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    types: typesOfRows,
  };
  // A pooler knows no parameters of a session.
  const limits = isPooled ? {} : { statement_timeout: statementTimeoutMs };
  // Writers wait for each other with a connection in hand, and must leave some to readers.
  const writers = Math.max(1, Math.floor(poolSize / 3));
  const reading = createPool({ ...common, ...limits, max: Math.max(1, poolSize - writers) });
  // What a unit does not wait for is sent behind what is under way.
  const writing = createPool({ ...common, max: writers, pipeline: true });
  const sending = { observe, prepares: !isPooled };
  const notifications = new Notifications(isPooled ? null : common, (sql) => reading.query(sql));
  const writer = new Writer(writing, sending, settings, (units, milliseconds) => {
    notifications.committed();
    onCommit?.(units, milliseconds);
  });
  const read = async <T>(run: (connection: PostgresConnection) => Promise<T>): Promise<T> => {
    try {
      return await withConnection(reading, sending, run);
    } catch (error) {
      // A read changes nothing, so it is repeated: its connection may have ended while it was idle.
      if (!isLost(error) && !isOutdated(error)) throw error;
      return await withConnection(reading, sending, run);
    }
  };
  const versions = new TurnVersions();
  const close = async () => {
    await writer.idle();
    await notifications.close();
    await Promise.all([reading.end(), writing.end()]);
  };
  let closing: Promise<void> | undefined;
  return {
    reader: createReader(postgres, {
      executeQuery: (query) => read((connection) => connection.executeQuery(query)),
      streamQuery: refuseToStream,
    }),
    rows: (query, beforeRun) => {
      beforeRun();
      return read((connection) => connection.cells(query));
    },
    transaction: (environmentId, unit) => writer.transaction(environmentId, unit),
    version: () => versions.current(),
    signal: () => notifications.signal(),
    waiting: () => writer.waiting,
    sizes: async () => {
      const { rows } = await reading.query<{ data: number }>('select pg_database_size(current_database()) as data');
      return { data: rows[0]?.data ?? 0, log: 0 };
    },
    // Its pages and its log are the operator's: see docs.
    purgeDeleted: async () => true,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

function createPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config);
  // A connection that ends is replaced when the next one is needed. Who uses it is told by the failure of the statement.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

async function withConnection<T>(
  pool: pg.Pool,
  sending: ConstructorParameters<typeof PostgresConnection>[1],
  run: (connection: PostgresConnection) => Promise<T>,
): Promise<T> {
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    throw translated(error);
  }
  try {
    const value = await run(new PostgresConnection(client, sending));
    client.release();
    return value;
  } catch (error) {
    client.release(isLost(error));
    throw error;
  }
}

/**
 * Numbers the turns of the event loop. What is derived from the database is kept for one turn: a request of a later turn
 * reads it again, and so sees every commit that its caller can know of, of whichever gateway.
 */
class TurnVersions {
  #version = 0;
  #isCounted = false;

  current(): number {
    if (!this.#isCounted) {
      this.#isCounted = true;
      this.#version++;
      setImmediate(() => {
        this.#isCounted = false;
      });
    }
    return this.#version;
  }
}
