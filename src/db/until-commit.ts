import { LRUCache } from 'lru-cache';
import type { MaybePromise } from '../scheduling/maybe-promise.js';
import type { Database } from './database.js';

/** How long a value is kept at most, also when nothing is written. */
const MAX_AGE_MS = 60_000;

/**
 * Values that were derived from the database, each valid until the next commit of any process. Reading the number of the
 * last commit costs a few microseconds, so what a commit revokes is refused by the next request.
 */
export class UntilCommit<Value extends object> {
  readonly #known: LRUCache<string, { readonly version: number; readonly value: MaybePromise<Value> }>;

  constructor(
    private readonly db: Pick<Database, 'version'>,
    max: number,
  ) {
    this.#known = new LRUCache({ max, ttl: MAX_AGE_MS });
  }

  /** Returns the value of a key; reads it when there was a commit since. Keeps nothing when `read` throws. */
  get(key: string, read: () => Promise<Value>): MaybePromise<Value> {
    const version = this.db.version();
    const known = this.#known.get(key);
    if (known?.version === version) {
      const { value } = known;
      // The request that reads may end before the others.
      return value instanceof Promise ? value.catch(read) : value;
    }
    // Requests of the same moment share one read.
    const reading = read();
    this.#known.set(key, { version, value: reading });
    const isNewest = () => this.#known.peek(key)?.value === reading;
    return reading.then(
      (value) => {
        if (isNewest()) this.#known.set(key, { version, value });
        return value;
      },
      (error: unknown) => {
        if (isNewest()) this.#known.delete(key);
        throw error;
      },
    );
  }
}
