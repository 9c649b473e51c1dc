/**
 * An instant as RFC 3339 text in UTC with millisecond precision, e.g. `2026-01-15T12:00:00.000Z`. Stored instants have
 * a year from 0000 to 9999, so that text order is time order.
 */
export type Instant = string & { readonly __instant: unique symbol };

/** The only source of the current time, so that tests can control it. */
export interface Clock {
  now(): Instant;
  /** The same time in milliseconds since the Unix epoch. */
  millis(): number;
}

/** The system clock. */
export const systemClock: Clock = { now: () => toInstant(Date.now()), millis: () => Date.now() };

/** @param ms milliseconds since the Unix epoch */
export function toInstant(ms: number): Instant {
  // The only cast to the brand: toISOString returns exactly this form.
  return new Date(ms).toISOString() as Instant;
}

/** The first and the last instant with a four-digit year, in milliseconds since the Unix epoch. */
export const FIRST_MS = -62_167_219_200_000;
export const LAST_MS = 253_402_300_799_999;

/** The grammar of `date-time` (RFC 3339, section 5.6). `parseInstant` checks the ranges of the numbers. */
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}):(\d{2})(?:\.(\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/i;

/**
 * Parses an RFC 3339 instant. Returns null when the text is malformed or the instant does not exist, e.g. February 30,
 * hour 24, minute 60 or an offset of 24 hours. Digits after the milliseconds are truncated.
 *
 * Second 60 is accepted where a leap second can occur (RFC 3339, section 5.7): at the end of June and December in UTC.
 * It is read as the following second, as in POSIX time. The offset can move the instant out of the years 0000 to 9999;
 * see `toSortable`.
 */
export function parseInstant(text: string): Instant | null {
  const [, date = '', minute = '', second = '', fraction = '', sign = '+', hours = '0', minutes = '0'] =
    DATE_TIME.exec(text) ?? [];
  if (Number(hours) > 23 || Number(minutes) > 59) return null;
  const isLeap = second === '60';
  const written = `${date}T${minute}:${isLeap ? '59' : second}`;
  const local = Date.parse(`${written}.${fraction.slice(0, 3).padEnd(3, '0')}Z`);
  // `Date.parse` accepts day 31 in every month, and hour 24, and returns an instant of the next day.
  if (Number.isNaN(local) || !toInstant(local).startsWith(written)) return null;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
  const instant = toInstant(sign === '-' ? local + offset : local - offset);
  if (!isLeap) return instant;
  return /-(?:06-30|12-31)T23:59:59/.test(instant) ? addSeconds(instant, 1) : null;
}

/** Clamps an instant to the years 0000 to 9999. Text of other years does not sort in time order. */
export function toSortable(instant: Instant): Instant {
  return toInstant(Math.min(LAST_MS, Math.max(FIRST_MS, toMilliseconds(instant))));
}

/** Milliseconds since the Unix epoch. */
export function toMilliseconds(instant: Instant): number {
  return Date.parse(instant);
}

export function addSeconds(instant: Instant, seconds: number): Instant {
  return toInstant(toMilliseconds(instant) + seconds * 1000);
}

/** Whole seconds from `from` to `to`, rounded up; 0 when `to` is not later. */
export function secondsUntil(from: Instant, to: Instant): number {
  return Math.max(0, Math.ceil((toMilliseconds(to) - toMilliseconds(from)) / 1000));
}

/** Converts an instant for libraries that require a `Date`. */
export function toDate(instant: Instant): Date {
  return new Date(toMilliseconds(instant));
}
