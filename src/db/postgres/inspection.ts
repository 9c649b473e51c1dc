import { sql } from 'kysely';
import type { Handle } from '../handle.js';

/** What a server tells of itself. */
export interface ServerState {
  /** For example `15.14`. */
  readonly version: string;
  /** Whether it is a replica, which takes no writes. */
  readonly isReplica: boolean;
  /** The time on its clock, in milliseconds since the Unix epoch. */
  readonly nowMs: number;
  readonly maxConnections: number;
  /** Settings without which a commit that was acknowledged can be lost, as the server has them. */
  readonly durability: Readonly<Record<'fsync' | 'synchronous_commit' | 'full_page_writes', string>>;
  /** The encoding of the database; only UTF8 holds every text. */
  readonly encoding: string;
}

export async function stateOfServer(db: Handle): Promise<ServerState> {
  const { rows } = await sql<Omit<ServerState, 'durability'> & ServerState['durability']>`
    select current_setting('server_version') as version, pg_is_in_recovery() as "isReplica",
      floor(extract(epoch from clock_timestamp()) * 1000) as "nowMs",
      current_setting('max_connections')::int as "maxConnections", current_setting('server_encoding') as encoding,
      current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous_commit,
      current_setting('full_page_writes') as full_page_writes`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('A query without a table returns one row.');
  const { fsync, synchronous_commit, full_page_writes, ...state } = row;
  return { ...state, durability: { fsync, synchronous_commit, full_page_writes } };
}
