/**
 * An instant as RFC 3339 text in UTC with millisecond precision, e.g. `2026-01-15T12:00:00.000Z`. Text order is time
 * order in the years 0000 to 9999, and no other is stored.
 */
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

/** The first and the last instant with a year of four digits. */
export const FIRST_MS = -62_167_219_200_000;
export const LAST_MS = 253_402_300_799_999;

/** RFC 3339, 5.6: `date-time`. What its numbers may be depends on one another, and is looked at below. */
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}):(\d{2})(?:\.(\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/i;

/**
 * Reads an instant as RFC 3339 has it; null when the text is none, or one that does not exist: a 30th of February, hour
 * 24, minute 60, an offset of 24 hours. Digits beyond milliseconds are cut off.
 *
 * Second 60 is taken where a leap second may stand (RFC 3339, 5.7): at the end of June and December in UTC. It is the
 * second that follows then, as it is for every clock that counts from the epoch. An offset may lead out of the years
 * 0000 to 9999: see `toSortable`.
 */
export function parseInstant(text: string): Instant | null {
  const [, date = '', minute = '', second = '', fraction = '', sign = '+', hours = '0', minutes = '0'] =
    DATE_TIME.exec(text) ?? [];
  if (Number(hours) > 23 || Number(minutes) > 59) return null;
  const isLeap = second === '60';
  const written = `${date}T${minute}:${isLeap ? '59' : second}`;
  const local = Date.parse(`${written}.${fraction.slice(0, 3).padEnd(3, '0')}Z`);
  // `Date` takes the 31st in any month, and hour 24, for the day that follows.
  if (Number.isNaN(local) || !toInstant(local).startsWith(written)) return null;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
  const instant = toInstant(sign === '-' ? local + offset : local - offset);
  if (!isLeap) return instant;
  return /-(?:06-30|12-31)T23:59:59/.test(instant) ? addSeconds(instant, 1) : null;
}

/** The nearest instant with a year of four digits: text of others does not sort among those that are stored. */
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

/** Whole seconds from `from` until `to`, rounded up, never below zero. */
export function secondsUntil(from: Instant, to: Instant): number {
  return Math.max(0, Math.ceil((toMilliseconds(to) - toMilliseconds(from)) / 1000));
}

/** For libraries that want a `Date`. */
export function toDate(instant: Instant): Date {
  return new Date(toMilliseconds(instant));
}
