import { UsageError } from './output.js';

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** Maximum grace period of a replaced API key: 90 days. */
export const MAX_GRACE_SECONDS = 90 * SECONDS.d;

/**
 * Parses a duration like `30s`, `15m`, `24h` or `7d`, and returns it in seconds.
 *
 * @param option name of the option, for the error message
 * @throws {UsageError} when `text` is not a duration, or longer than `maxSeconds`
 */
export function parseDuration(option: string, text: string, maxSeconds: number): number {
  const [, amount = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  // The pattern matches only the units in SECONDS.
  const seconds = Number(amount) * SECONDS[unit as keyof typeof SECONDS];
  if (amount !== '' && seconds <= maxSeconds) return seconds;
  throw new UsageError(
    `${option} must be a duration like 30s, 15m, 24h or 7d, and at most ${maxSeconds / SECONDS.d}d.`,
  );
}
