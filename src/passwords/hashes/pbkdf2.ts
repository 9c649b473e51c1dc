import { pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { decodeBase64, decodeNumber, encodeBase64, groupsOf, MalformedHashError } from './encoding.js';

/**
 * The maximum of iterations times digest blocks, which determines the cost of a verification: about one second of one
 * core. OWASP recommends 1,300,000 iterations with SHA-1, the most of the three digests.
 */
export const MAX_PBKDF2_WORK = 2_000_000;
const SALT_BYTES = { min: 8, max: 64 };
const KEY_BYTES = { min: 12, max: 64 };

/** The block size of each digest in bytes. A longer key repeats the iterations for each block. */
const BLOCK_BYTES = { sha1: 20, sha256: 32, sha512: 64 } as const;

const FORM = '$pbkdf2-sha256$i=<iterations>$<salt>$<hash>, or with -sha1 or -sha512, with base64 without padding';
const PATTERN = /^\$pbkdf2(?:-(sha1|sha256|sha512))?\$(i=)?(\d+)(?:,l=(\d+))?\$([^$]+)\$([^$]+)$/;

/** PBKDF2 (RFC 8018) as a PHC string (`i=` and optionally `l=`), or in passlib's format without parameter names. */
export interface Pbkdf2 {
  readonly digestName: keyof typeof BLOCK_BYTES;
  readonly iterations: number;
  readonly salt: Buffer;
  readonly key: Buffer;
}

/** @throws {MalformedHashError} */
export function parsePbkdf2(text: string): Pbkdf2 {
  const [name = '', isPhc, iterations = '', length = '', salt = '', key = ''] = groupsOf(PATTERN, text, FORM);
  // passlib omits "-sha1" and parameter names, and writes "." for "+".
  if (isPhc ? name === '' : length !== '') throw new MalformedHashError(`The expected format is ${FORM}.`);
  const standard = (base64: string) => (isPhc ? base64 : base64.replaceAll('.', '+'));
  const parsed: Pbkdf2 = {
    digestName: name === '' ? 'sha1' : (name as Pbkdf2['digestName']), // the pattern matches these only
    iterations: decodeNumber('number of iterations i', iterations, { min: 1, max: MAX_PBKDF2_WORK }),
    salt: decodeBase64('salt', standard(salt), SALT_BYTES),
    key: decodeBase64('hash', standard(key), KEY_BYTES),
  };
  if (length !== '' && Number(length) !== parsed.key.length) {
    throw new MalformedHashError('The length of the hash differs from l.');
  }
  const blocks = Math.ceil(parsed.key.length / BLOCK_BYTES[parsed.digestName]);
  if (parsed.iterations * blocks > MAX_PBKDF2_WORK) {
    throw new MalformedHashError(`Iterations times digest blocks must be at most ${MAX_PBKDF2_WORK}.`);
  }
  return parsed;
}

export function formatPbkdf2({ digestName, iterations, salt, key }: Pbkdf2): string {
  return `$pbkdf2-${digestName}$i=${iterations}$${encodeBase64(salt)}$${encodeBase64(key)}`;
}

const derive = promisify(pbkdf2);

export async function verifyPbkdf2({ digestName, iterations, salt, key }: Pbkdf2, password: string): Promise<boolean> {
  return timingSafeEqual(await derive(password, salt, iterations, key.length, digestName), key);
}
