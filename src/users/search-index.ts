import type { RawBuilder, SqlBool } from 'kysely';
import type { Handle, Transaction } from '../db/handle.js';
import type { EnvironmentId } from '../domain/ids.js';
import type { NewUserRow } from './user.table.js';

declare module '../db/engine.js' {
  interface Engine {
    readonly searchIndex: SearchIndex;
  }
}

/** The entry of one user: its number, and the text that a search looks in (`searchableText`). */
export interface SearchEntry {
  readonly number: number;
  readonly text: string;
}

/** The entries that match a search, as a part of a statement. The entry is called `hit` in it. */
export interface FoundEntries {
  readonly from: RawBuilder<unknown>;
  readonly where: readonly RawBuilder<SqlBool>[];
  /** The column with the number of an entry, by which the index is ordered. */
  readonly number: string;
  /** The entries of the environment have numbers above this one. */
  readonly base: number;
}

/** The full-text index over users. Entries are written in the transaction that writes the user. */
export interface SearchIndex {
  /**
   * Writes the rows of new users, with an entry for each and its number, in the order of their creation.
   *
   * @param texts what a search looks in, by user
   */
  insertUsers(
    trx: Transaction,
    environmentId: EnvironmentId,
    users: readonly NewUserRow[],
    texts: readonly string[],
  ): Promise<void>;
  /** Writes the entries of users whose rows are there. */
  insert(trx: Transaction, environmentId: EnvironmentId, entries: readonly SearchEntry[]): Promise<void>;
  update(trx: Transaction, environmentId: EnvironmentId, entry: SearchEntry): Promise<void>;
  remove(trx: Transaction, environmentId: EnvironmentId, number: number): Promise<void>;
  /**
   * The entries of an environment that have, for each of `words`, a word that starts with it. Null when there can be none.
   * Words are letters, marks and digits.
   */
  find(db: Handle, environmentId: EnvironmentId, words: readonly string[]): Promise<FoundEntries | null>;
  /** The entries of an environment have numbers above this one. Null when it has never had a user. */
  baseOf(db: Handle, environmentId: EnvironmentId): Promise<number | null>;
  /**
   * Removes the words of deleted users from the index, in small steps.
   *
   * @param isFirst true for the first step of a run
   * @returns whether there is another step to do
   */
  purge(trx: Transaction, isFirst: boolean): Promise<boolean>;
}
