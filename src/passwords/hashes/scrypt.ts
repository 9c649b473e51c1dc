import { timingSafeEqual } from 'node:crypto';
import { deriveScrypt } from './derivation.js';
import { decodeBase64, decodeNumber, encodeBase64, groupsOf, MalformedHashError } from './encoding.js';

/** The maximum of 128 × N × r: the memory of OWASP's strongest recommendation (N = 2^17, r = 8). */
export const MAX_SCRYPT_MEMORY_BYTES = 134_217_728;
/** The maximum of N × r × p, which determines the cost of a verification: about 0.8 s of one core. */
export const MAX_SCRYPT_WORK = 2_097_152;
const SALT_BYTES = { min: 8, max: 64 };
const DIGEST_BYTES = { min: 16, max: 64 };

const FORM = '$scrypt$ln=<log2 of N>,r=<block size>,p=<lanes>$<salt>$<hash>, with base64 without padding';
const PATTERN = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/;

/** scrypt (RFC 7914) as a PHC string, in the format of passlib and `@phc/scrypt`. */
export interface Scrypt {
  readonly logN: number;
  readonly blockSize: number;
  readonly lanes: number;
  readonly salt: Buffer;
  readonly digest: Buffer;
}

/** @throws {MalformedHashError} */
export function parseScrypt(text: string): Scrypt {
  const [logN = '', blockSize = '', lanes = '', salt = '', digest = ''] = groupsOf(PATTERN, text, FORM);
  const parsed: Scrypt = {
    logN: decodeNumber('exponent ln', logN, { min: 1, max: 20 }),
    blockSize: decodeNumber('block size r', blockSize, { min: 1, max: MAX_SCRYPT_WORK }),
    lanes: decodeNumber('number of lanes p', lanes, { min: 1, max: MAX_SCRYPT_WORK }),
    salt: decodeBase64('salt', salt, SALT_BYTES),
    digest: decodeBase64('hash', digest, DIGEST_BYTES),
  };
  const blocks = 2 ** parsed.logN * parsed.blockSize;
  if (128 * blocks > MAX_SCRYPT_MEMORY_BYTES) {
    throw new MalformedHashError(`The memory, 128 × 2^ln × r, must be at most ${MAX_SCRYPT_MEMORY_BYTES} bytes.`);
  }
  if (blocks * parsed.lanes > MAX_SCRYPT_WORK) {
    throw new MalformedHashError(`The work, 2^ln × r × p, must be at most ${MAX_SCRYPT_WORK}.`);
  }
  return parsed;
}

export function formatScrypt({ logN, blockSize, lanes, salt, digest }: Scrypt): string {
  return `$scrypt$ln=${logN},r=${blockSize},p=${lanes}$${encodeBase64(salt)}$${encodeBase64(digest)}`;
}

export async function verifyScrypt(hash: Scrypt, password: string): Promise<boolean> {
  const { logN, blockSize, lanes, salt, digest } = hash;
  const parameters = { logN, blockSize, lanes };
  return timingSafeEqual(await deriveScrypt(password, salt, digest.length, parameters), digest);
}
