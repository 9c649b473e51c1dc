import type { Transaction } from '../db/handle.js';
import type { EnvironmentId } from '../domain/ids.js';

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

/** The full-text index over users. Entries are written in the transaction that writes the user. */
export interface SearchIndex {
  /** Reserves numbers for new users, in the order of their creation. Returns the first; the others follow it. */
  takeNumbers(trx: Transaction, environmentId: EnvironmentId, count: number): Promise<number>;
  insert(trx: Transaction, entries: readonly SearchEntry[]): Promise<void>;
  update(trx: Transaction, entry: SearchEntry): Promise<void>;
  remove(trx: Transaction, number: number): Promise<void>;
  /**
   * Removes the words of deleted users from the index, in small steps.
   *
   * @param isFirst true for the first step of a run
   * @returns whether there is another step to do
   */
  purge(trx: Transaction, isFirst: boolean): Promise<boolean>;
}
