/** An instant as RFC 3339 text in UTC with millisecond precision, e.g. `2026-01-15T12:00:00.000Z`; text order is time order. */
export type Instant = string & { readonly __instant: unique symbol };

/** Source of the current time; the only one, so that a test can hold it still. */
export interface Clock {
  now(): Instant;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => toInstant(Date.now()) };

/** @param ms milliseconds since the Unix epoch */
export function toInstant(ms: number): Instant {
  // The one place that makes the brand: toISOString has exactly the promised form.
  return new Date(ms).toISOString() as Instant;
}

/** Milliseconds since the Unix epoch. */
export function toMilliseconds(instant: Instant): number {
  return Date.parse(instant);
}

export function addSeconds(instant: Instant, seconds: number): Instant {
  return toInstant(toMilliseconds(instant) + seconds * 1000);
}

/** Whole seconds from `from` until `to`, rounded up, never below zero. */
export function secondsUntil(from: Instant, to: Instant): number {
  return Math.max(0, Math.ceil((toMilliseconds(to) - toMilliseconds(from)) / 1000));
}

/** For libraries that want a `Date`. */
export function toDate(instant: Instant): Date {
  return new Date(toMilliseconds(instant));
}
