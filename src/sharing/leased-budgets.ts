import { LRUCache } from 'lru-cache';
import {
  type Allowance,
  allowanceOf,
  type Budget,
  type Budgets,
  type Charge,
  MAX_REMEMBERED_CALLERS,
  millisPerPoint,
} from '../auth/rate-limiter.js';
import type { Clock } from '../runtime/clock.js';
import type { MaybePromise } from '../scheduling/maybe-promise.js';
import type { Lease } from './messages.js';

/** The part of a budget that a process leases in addition to what it needs. */
const LEASED_PART = 1 / 50;
/** What is left of a lease is given back after this time without a charge, in milliseconds. */
export const LEASE_MS = 1_000;

/** Who keeps the budgets that processes share. */
export interface BudgetKeeper {
  lease(caller: string, needed: number, wanted: number): Promise<Lease>;
  giveBack(caller: string, points: number): void;
}

interface Held {
  /** Points that may be spent. Negative when an operation cost more than it was charged. */
  points: number;
  fullAtMs: number;
  chargedAt: number;
  asking: Promise<Lease> | null;
}

/**
 * The budgets of a server of several processes. A process leases points in advance, so that most charges are decided here.
 * All points that are spent were taken from the one budget before, so all processes together never spend more.
 */
export class LeasedBudgets implements Budgets {
  readonly #held = new LRUCache<string, Held>({
    max: MAX_REMEMBERED_CALLERS,
    dispose: ({ points }, caller) => this.#tell(caller, points),
  });

  constructor(
    readonly budget: Budget,
    private readonly clock: Clock,
    private readonly keeper: BudgetKeeper,
  ) {}

  charge(caller: string, points: number): MaybePromise<Charge> {
    const now = this.clock.millis();
    if (this.budget.points === 0) return { allowance: allowanceOf(this.budget, now, now) };
    const held = this.#of(caller);
    held.chargedAt = now;
    this.#expire(held, now);
    if (held.points < points) return this.#leaseAndCharge(caller, held, points);
    held.points -= points;
    return { allowance: this.#allowance(held) };
  }

  refund(caller: string, points: number): Allowance {
    const held = this.#of(caller);
    held.points += points;
    return this.#allowance(held);
  }

  /** Returns what is left of a lease. It cannot be spent here any more. */
  recall(caller: string): number {
    const held = this.#held.peek(caller);
    if (!held) return 0;
    this.#expire(held, this.clock.millis());
    const points = Math.max(0, held.points);
    held.points -= points;
    return points;
  }

  /** Gives back what is left of leases without a charge for `idleMs` milliseconds. */
  giveBack(idleMs: number): void {
    const now = this.clock.millis();
    for (const [caller, held] of this.#held.entries()) {
      if (now - held.chargedAt >= idleMs) this.#tell(caller, this.recall(caller));
    }
  }

  async #leaseAndCharge(caller: string, held: Held, points: number): Promise<Charge> {
    while (held.points < points) {
      // One question at a time: its answer can be enough for all who wait.
      if (held.asking) {
        await held.asking;
        continue;
      }
      const needed = points - held.points;
      held.asking = this.keeper.lease(caller, needed, needed + Math.ceil(this.budget.points * LEASED_PART));
      const lease = await held.asking;
      held.asking = null;
      if ('retryAfterSeconds' in lease) {
        // A refund can have come meanwhile.
        if (held.points < points) return lease;
        break;
      }
      held.points += lease.granted;
      held.fullAtMs = lease.fullAtMs;
    }
    held.points -= points;
    return { allowance: this.#allowance(held) };
  }

  /**
   * Points that time has given back to the budget meanwhile cannot be spent from the lease, too. Without this, a budget
   * that is full would be exceeded by what is leased of it.
   */
  #expire(held: Held, now: number): void {
    const refillable = (held.fullAtMs - now) / millisPerPoint(this.budget);
    held.points = Math.min(held.points, Math.max(0, refillable));
  }

  #of(caller: string): Held {
    const known = this.#held.get(caller);
    if (known) return known;
    const now = this.clock.millis();
    const held: Held = { points: 0, fullAtMs: now, chargedAt: now, asking: null };
    this.#held.set(caller, held);
    return held;
  }

  /** What is leased and not spent counts as left. */
  #allowance({ points, fullAtMs }: Held): Allowance {
    const now = this.clock.millis();
    return allowanceOf(this.budget, Math.max(now, fullAtMs - points * millisPerPoint(this.budget)), now);
  }

  #tell(caller: string, points: number): void {
    if (points !== 0 && this.budget.points > 0) this.keeper.giveBack(caller, points);
  }
}
