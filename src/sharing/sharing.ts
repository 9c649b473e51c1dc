import { LRUCache } from 'lru-cache';
import { type Budget, type Budgets, RateLimiter } from '../auth/rate-limiter.js';
import type { Clock } from '../runtime/clock.js';
import type { MaybePromise } from '../scheduling/maybe-promise.js';

/** Ends the turn of a process to write. */
export type EndTurn = () => void;

/** What the processes of one server share beyond the database. */
export interface Sharing {
  budgets(budget: Budget, clock: Clock): Budgets;
  /** Whether no process has seen the signature of a router before. Remembers it. */
  isNewSignature(signature: string): MaybePromise<boolean>;
  /** Waits until no other process writes. */
  takeWriteTurn(): MaybePromise<EndTurn>;
}

/** Signatures that are remembered, so that none counts twice: more than a window of this server's requests. */
export const MAX_SEEN_SIGNATURES = 200_000;

/** Remembers signatures. */
export class SeenSignatures {
  readonly #seen = new LRUCache<string, true>({ max: MAX_SEEN_SIGNATURES });

  /** Whether the signature was not seen before. Remembers it. */
  isNew(signature: string): boolean {
    if (this.#seen.has(signature)) return false;
    this.#seen.set(signature, true);
    return true;
  }
}

/** For a server of one process. */
export function alone(): Sharing {
  const signatures = new SeenSignatures();
  const endTurn = () => {};
  return {
    budgets: (budget, clock) => new RateLimiter(budget, clock),
    isNewSignature: (signature) => signatures.isNew(signature),
    takeWriteTurn: () => endTurn,
  };
}
