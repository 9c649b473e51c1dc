import { type Clock, type Instant, toInstant, toMilliseconds } from '../clock.js';

/** How many points a caller may spend in how long; 0 points is no limit. */
export interface Budget {
  readonly points: number;
  readonly seconds: number;
}

/** What is left to a caller. */
export interface Allowance {
  readonly limit: number;
  readonly remaining: number;
  /** When the whole budget is there again. */
  readonly resetAt: Instant;
}

export type Charge = { readonly allowance: Allowance } | { readonly retryAfterSeconds: number };

/** Callers that are remembered; the one longest silent is forgotten first, whose budget is full or nearly so. */
export const MAX_REMEMBERED_CALLERS = 10_000;

/**
 * A leaky bucket for each caller: points come back evenly, so there is no window to wait for (GCRA, ATM Forum's
 * "generic cell rate algorithm"). Kept in the memory of the process: it protects the process. What must hold across
 * processes and restarts, such as guesses of a code, is counted in the database.
 */
export class RateLimiter {
  /** When the budget of a caller is whole again, in milliseconds; in the order of last use. */
  readonly #fullAt = new Map<string, number>();

  constructor(
    readonly budget: Budget,
    private readonly clock: Clock,
  ) {}

  /** Takes `points` from the budget of a caller, if they are there; else nothing. */
  charge(caller: string, points: number): Charge {
    const now = toMilliseconds(this.clock.now());
    if (this.budget.points === 0) return { allowance: this.#allowance(now, now) };
    const fullAt = Math.max(now, this.#fullAt.get(caller) ?? now) + points * this.#perPoint;
    const missing = fullAt - now - this.budget.seconds * 1000;
    if (missing > 0) return { retryAfterSeconds: Math.ceil(missing / 1000) };
    this.#remember(caller, fullAt);
    return { allowance: this.#allowance(fullAt, now) };
  }

  /**
   * Corrects a charge when it is known what the operation did: gives points back, or takes more when `points` is
   * negative. More may be taken than is there; the caller then waits for it before the next operation.
   */
  refund(caller: string, points: number): Allowance {
    const now = toMilliseconds(this.clock.now());
    if (this.budget.points === 0) return this.#allowance(now, now);
    const fullAt = Math.max(now, (this.#fullAt.get(caller) ?? now) - points * this.#perPoint);
    this.#remember(caller, fullAt);
    return this.#allowance(fullAt, now);
  }

  /** Milliseconds in which one point comes back. */
  get #perPoint(): number {
    return (this.budget.seconds * 1000) / this.budget.points;
  }

  #allowance(fullAt: number, now: number): Allowance {
    const { points: limit, seconds } = this.budget;
    if (limit === 0) return { limit, remaining: 0, resetAt: toInstant(now) };
    const remaining = Math.max(0, Math.floor((seconds * 1000 - (fullAt - now)) / this.#perPoint));
    return { limit, remaining, resetAt: toInstant(Math.ceil(fullAt)) };
  }

  #remember(caller: string, fullAt: number): void {
    this.#fullAt.delete(caller);
    const oldest = this.#fullAt.keys().next();
    if (this.#fullAt.size >= MAX_REMEMBERED_CALLERS && !oldest.done) this.#fullAt.delete(oldest.value);
    this.#fullAt.set(caller, fullAt);
  }
}
