import type { Allowance, Budget } from '../auth/rate-limiter.js';

/** Name of the only rate limit policy (draft-ietf-httpapi-ratelimit-headers). */
const POLICY = '"default"';

/** The headers about the remaining budget of a caller. Without a budget there are none. */
export function budgetHeaders(
  { remaining, resetSeconds }: Pick<Allowance, 'remaining' | 'resetSeconds'>,
  { points, seconds }: Budget,
): readonly (readonly [string, string])[] {
  if (points === 0) return [];
  return [
    ['ratelimit', `${POLICY};r=${Math.floor(remaining)};t=${resetSeconds}`],
    ['ratelimit-policy', `${POLICY};q=${points};w=${seconds}`],
  ];
}
