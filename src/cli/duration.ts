import { UsageError } from './output.js';

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** How long a replaced key may work on: ninety days. Longer than that, nobody is replacing it. */
export const MAX_GRACE_SECONDS = 90 * SECONDS.d;

/**
 * Whole seconds of a duration: `30s`, `15m`, `24h`, `7d`.
 *
 * @param option whose value it is, for the message
 * @throws {UsageError} when it is none, or longer than `maxSeconds`
 */
export function parseDuration(option: string, text: string, maxSeconds: number): number {
  const [, amount = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  // The pattern lets through units of the table only.
  const seconds = Number(amount) * SECONDS[unit as keyof typeof SECONDS];
  if (amount !== '' && seconds <= maxSeconds) return seconds;
  throw new UsageError(`${option} is a duration like 30s, 15m, 24h or 7d, at most ${maxSeconds / SECONDS.d}d.`);
}
