import { addSeconds, type Instant } from './clock.js';
import type { Random } from './random.js';

/** Delays between attempts: twice as long each time, up to the most. */
export interface Backoff {
  readonly baseSeconds: number;
  readonly mostSeconds: number;
}

/** When to try again after the attempt with this number: from half of the delay to all of it, so that a crowd spreads. */
export function retryAt(now: Instant, attempt: number, { baseSeconds, mostSeconds }: Backoff, random: Random): Instant {
  const delayMs = Math.min(baseSeconds * 2 ** (attempt - 1), mostSeconds) * 1000;
  return addSeconds(now, (delayMs - random.below(delayMs / 2)) / 1000);
}
