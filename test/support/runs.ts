/** Set by `npm run test:long`. */
const IS_LONG = process.env.TESTS === 'long';

/**
 * How often or how much a random test tries: what finds faults in every run of `npm test`, and what
 * `npm run test:long` spends on rarer ones.
 */
export function runs(short: number, long: number): number {
  return IS_LONG ? long : short;
}
