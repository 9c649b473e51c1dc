import { addSeconds, type Instant } from '../runtime/clock.js';
import type { Random } from '../runtime/random.js';

/** Exponential backoff: the delay doubles after each attempt, up to a maximum. */
export interface Backoff {
  readonly baseSeconds: number;
  readonly mostSeconds: number;
}

/**
 * The time of the next attempt.
 *
 * @param attempt the number of the failed attempt, from 1. The delay is random between half of the backoff and all of
 *   it, so that many retries do not coincide.
 */
export function retryAt(now: Instant, attempt: number, { baseSeconds, mostSeconds }: Backoff, random: Random): Instant {
  const delayMs = Math.min(baseSeconds * 2 ** (attempt - 1), mostSeconds) * 1000;
  return addSeconds(now, (delayMs - random.below(delayMs / 2)) / 1000);
}
