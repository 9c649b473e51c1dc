import { randomBytes, randomInt } from 'node:crypto';

/** Source of randomness; the only one, so that a test can make ids and codes foreseeable. */
export interface Random {
  bytes(size: number): Buffer;
  /** A whole number from 0 up to, and not including, `limit`, each as likely as the other. */
  below(limit: number): number;
}

/** The operating system's cryptographic generator. */
export const systemRandom: Random = {
  bytes: (size) => randomBytes(size),
  below: (limit) => randomInt(limit),
};

/** Text of `length` characters drawn evenly from `alphabet`. */
export function randomText(random: Random, alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(random.below(alphabet.length))).join('');
}
