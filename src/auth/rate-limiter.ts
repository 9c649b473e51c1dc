import { LRUCache } from 'lru-cache';
import type { Clock } from '../runtime/clock.js';
import type { MaybePromise } from '../scheduling/maybe-promise.js';

/** The number of points a caller may spend per number of seconds. Zero points disable the limit. */
export interface Budget {
  readonly points: number;
  readonly seconds: number;
}

/** The state of a caller's budget. */
export interface Allowance {
  readonly limit: number;
  readonly remaining: number;
  /** When the budget is full again, in milliseconds since the Unix epoch. */
  readonly resetMs: number;
  /** Seconds until then, rounded up. */
  readonly resetSeconds: number;
}

export type Charge = { readonly allowance: Allowance } | { readonly retryAfterSeconds: number };

/** The budgets of all callers. */
export interface Budgets {
  readonly budget: Budget;
  /** Takes `points` from the budget of a caller. Takes nothing when fewer points are left. */
  charge(caller: string, points: number): MaybePromise<Charge>;
  /**
   * Corrects a charge once the actual cost of the operation is known: returns points, or takes more when `points` is
   * negative. The budget can become negative; the caller then waits longer before the next operation.
   */
  refund(caller: string, points: number): Allowance;
}

/** The number of callers kept in memory. The least recently seen is evicted first; its budget is nearly full. */
export const MAX_REMEMBERED_CALLERS = 10_000;

/**
 * A leaky bucket for each caller (GCRA, the ATM Forum's "generic cell rate algorithm"): the budget refills continuously
 * instead of once per window. The state is in memory, because the limit protects this server. Limits that must hold
 * across servers and restarts, such as attempts at a code, are counted in the database.
 */
export class RateLimiter implements Budgets {
  /** When the budget of a caller is full again, in milliseconds since the Unix epoch. */
  readonly #fullAt = new LRUCache<string, number>({ max: MAX_REMEMBERED_CALLERS });

  constructor(
    readonly budget: Budget,
    private readonly clock: Clock,
  ) {}

  charge(caller: string, points: number): Charge {
    const now = this.clock.millis();
    if (this.budget.points === 0) return { allowance: allowanceOf(this.budget, now, now) };
    const fullAt = Math.max(now, this.#fullAt.get(caller) ?? now) + points * millisPerPoint(this.budget);
    const missing = fullAt - now - this.budget.seconds * 1000;
    if (missing > 0) return { retryAfterSeconds: Math.ceil(missing / 1000) };
    this.#fullAt.set(caller, fullAt);
    return { allowance: allowanceOf(this.budget, fullAt, now) };
  }

  refund(caller: string, points: number): Allowance {
    const now = this.clock.millis();
    if (this.budget.points === 0) return allowanceOf(this.budget, now, now);
    const fullAt = Math.max(now, (this.#fullAt.get(caller) ?? now) - points * millisPerPoint(this.budget));
    this.#fullAt.set(caller, fullAt);
    return allowanceOf(this.budget, fullAt, now);
  }
}

/** Returns the message for a caller whose budget is exhausted. */
export function exhaustedMessage({ points, seconds }: Budget, retryAfterSeconds: number): string {
  return `The budget of this caller is exhausted: ${points} points per ${seconds} seconds. Try again in ${retryAfterSeconds} seconds.`;
}

/** Milliseconds until one point is refilled. */
export function millisPerPoint({ points, seconds }: Budget): number {
  return (seconds * 1000) / points;
}

/** @param fullAt when the budget is full again; this and `now` in milliseconds since the Unix epoch */
export function allowanceOf(budget: Budget, fullAt: number, now: number): Allowance {
  const { points: limit, seconds } = budget;
  if (limit === 0) return { limit, remaining: 0, resetMs: now, resetSeconds: 0 };
  const remaining = Math.max(0, Math.floor((seconds * 1000 - (fullAt - now)) / millisPerPoint(budget)));
  const resetMs = Math.ceil(fullAt);
  return { limit, remaining, resetMs, resetSeconds: Math.max(0, Math.ceil((resetMs - now) / 1000)) };
}
