import { randomBytes, randomInt } from 'node:crypto';

/** The only source of randomness, so that tests can make ids and codes predictable. */
export interface Random {
  bytes(size: number): Buffer;
  /** A uniformly distributed integer from 0 (inclusive) to `limit` (exclusive). */
  below(limit: number): number;
}

/** The cryptographic random generator of the operating system. */
export const systemRandom: Random = {
  bytes: (size) => randomBytes(size),
  below: (limit) => randomInt(limit),
};

/** A string of `length` characters, each drawn uniformly from `alphabet`. */
export function randomText(random: Random, alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(random.below(alphabet.length))).join('');
}
