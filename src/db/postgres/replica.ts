import { LRUCache } from 'lru-cache';
import pg, { DatabaseError } from 'pg';
import type { AsOf } from '../../domain/as-of.js';
import type { EnvironmentId } from '../../domain/ids.js';
import { codeOf } from '../../runtime/system-error.js';
import type { ReplicaObserver, ReplicaState } from '../database.js';
import type { PostgresConnection, Sending } from './connection.js';
import { Connections } from './connections.js';
import type { Lag, Position } from './lag.js';

/** How long an answer to a look is waited for, and a connection. What takes longer does not answer. */
const PATIENCE_MS = 2_000;
/** The number of environments whose last commit on a replica is remembered. */
const MAX_REMEMBERED = 10_000;

/** Null on a server that is no replica. Some engines have no such function, and say so. */
const POSITION = `select (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::float8 as position`;
const UNSUPPORTED = /^(0A000|42883|42501)$/;

/** Environments whose last commit is remembered of one connection. */
const MAX_REMEMBERED_OF_CONNECTION = 1_000;

const LAST_COMMITS = 'select environment_id, number from environment_commits where environment_id = any($1)';

export interface ReplicaOptions {
  /** As in `DATABASE_REPLICA_URLS`. */
  readonly url: string;
  /** For every connection, without the URL. */
  readonly config: pg.PoolConfig;
  readonly sending: Sending;
  readonly maxLagMs: number;
  readonly onReplica: ReplicaObserver;
}

/** The server lacks a commit that the read must see. */
export class BehindError extends Error {}

/**
 * A streaming replica. What it has is known by environment, so that a read never goes where a commit is missing. It is
 * known of each connection: one URL can lead to several servers, and a server that is started again can have gone back.
 */
export class Replica {
  readonly #place: string;
  readonly #connections: Connections;
  readonly #config: pg.ClientConfig;
  /** Looks whether the server answers, on a connection of its own: others may all be in use. */
  #watcher: pg.Client | null = null;
  /** The reason why it is not read from; null while it is. */
  #leftOut: string | null = 'not looked at yet';
  #lagMs: number | null = null;
  #reads = 0;
  readonly #commitsOf = new WeakMap<pg.ClientBase, LRUCache<EnvironmentId, number>>();
  /** Commits that it had when it was asked last. Each connection is asked again, so this only saves vain attempts. */
  readonly #commits = new LRUCache<EnvironmentId, number>({ max: MAX_REMEMBERED });
  readonly #wanted = new Set<EnvironmentId>();
  #isAsking = false;

  constructor(private readonly options: ReplicaOptions) {
    const { url, config, sending } = options;
    const { host, pathname } = new URL(url);
    this.#place = `${host}${pathname}`;
    this.#config = { ...config, connectionString: url, connectionTimeoutMillis: PATIENCE_MS };
    this.#connections = new Connections(this.#config, sending);
  }

  get isUsed(): boolean {
    return this.#leftOut === null;
  }

  get state(): ReplicaState {
    const lagSeconds = this.#lagMs === null ? null : this.#lagMs / 1000;
    return { place: this.#place, isUsed: this.isUsed, lagSeconds, reads: this.#reads };
  }

  /** Whether it seems to have every commit that a read must see. If not, it is asked, for later reads. */
  has({ environmentId, commit }: AsOf): boolean {
    if ((this.#commits.get(environmentId) ?? 0) >= commit) return true;
    this.#wanted.add(environmentId);
    if (!this.#isAsking) void this.#ask();
    return false;
  }

  /** @throws {BehindError} when a commit that the read must see is not there */
  async read<T>(run: (connection: PostgresConnection) => Promise<T>, asOf: AsOf): Promise<T> {
    const value = await this.#connections.use(async (connection) => {
      await this.#assertHas(connection.client, asOf);
      return run(connection);
    });
    this.#reads++;
    return value;
  }

  /** Looks whether it answers, and how far it is behind. */
  async look(lag: Lag): Promise<void> {
    try {
      const position = await this.#position();
      this.#lagMs = position === null ? null : lag.of(position, performance.now());
    } catch (error) {
      this.#lose(codeOf(error) ?? 'no answer');
      return;
    }
    const { maxLagMs } = this.options;
    if ((this.#lagMs ?? 0) > maxLagMs) this.#leaveOut(`more than ${maxLagMs / 1000} seconds behind`);
    else this.#use();
  }

  async close(): Promise<void> {
    const watcher = this.#watcher;
    this.#watcher = null;
    await watcher?.end();
    await this.#connections.pool.end();
  }

  async #assertHas(client: pg.ClientBase, { environmentId, commit }: AsOf): Promise<void> {
    const known = this.#commitsOf.get(client) ?? new LRUCache({ max: MAX_REMEMBERED_OF_CONNECTION });
    this.#commitsOf.set(client, known);
    if ((known.get(environmentId) ?? 0) >= commit) return;
    const [last] = await lastCommits(client, [environmentId]);
    if (last) known.set(environmentId, last.number);
    if ((last?.number ?? 0) < commit) throw new BehindError();
  }

  async #position(): Promise<Position | null> {
    this.#watcher ??= await this.#connect();
    try {
      const { rows } = await this.#watcher.query<{ position: Position | null }>(POSITION);
      return rows[0]?.position ?? null;
    } catch (error) {
      if (error instanceof DatabaseError && UNSUPPORTED.test(error.code ?? '')) return null;
      throw error;
    }
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({ ...this.#config, query_timeout: PATIENCE_MS });
    client.on('error', () => {});
    client.on('end', () => {
      if (this.#watcher === client) this.#lose('connection lost');
    });
    await client.connect();
    return client;
  }

  /** Learns which commits it has, for all environments that are asked about meanwhile. */
  async #ask(): Promise<void> {
    this.#isAsking = true;
    try {
      while (this.#wanted.size > 0 && this.isUsed) {
        const environments = [...this.#wanted];
        this.#wanted.clear();
        const last = await lastCommits(this.#connections.pool, environments);
        for (const { environment_id, number } of last) this.#commits.set(environment_id, number);
      }
    } catch {
      // It is left out soon, or asked again by the next read.
    } finally {
      this.#isAsking = false;
    }
  }

  #use(): void {
    if (this.isUsed) return;
    this.#leftOut = null;
    this.options.onReplica(this.#place, null);
  }

  /** Nobody answers there. What comes back can be behind. */
  #lose(reason: string): void {
    const watcher = this.#watcher;
    this.#watcher = null;
    this.#lagMs = null;
    this.#leaveOut(reason);
    this.#commits.clear();
    void watcher?.end().catch(() => {});
    this.#connections.abandon();
  }

  #leaveOut(reason: string): void {
    if (this.#leftOut === reason) return;
    const isNews = this.isUsed;
    this.#leftOut = reason;
    if (isNews) this.options.onReplica(this.#place, reason);
  }
}

async function lastCommits(
  db: Pick<pg.ClientBase, 'query'>,
  environments: readonly EnvironmentId[],
): Promise<readonly { readonly environment_id: EnvironmentId; readonly number: number }[]> {
  const { rows } = await db.query<{ environment_id: EnvironmentId; number: number }>(LAST_COMMITS, [environments]);
  return rows;
}
