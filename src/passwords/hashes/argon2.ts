import { verify } from '@node-rs/argon2';
import { decodeBase64, decodeNumber, encodeBase64, groupsOf, MalformedHashError } from './encoding.js';

/** libsodium's MODERATE. More would let a few sign-ins at a time exhaust the machine. */
export const MAX_ARGON2_MEMORY_KIB = 262_144;
/** The maximum of memory times passes, which determines the cost of a verification: about 0.8 s of one core. */
export const MAX_ARGON2_WORK_KIB = 1_048_576;
export const MAX_ARGON2_LANES = 16;
/** RFC 9106, section 3.1, requires at least 8; the library accepts at most 48. */
const SALT_BYTES = { min: 8, max: 48 };
/** PHC string format: 12 to 64 bytes. */
const DIGEST_BYTES = { min: 12, max: 64 };

const FORM = '$argon2id$v=19$m=<KiB>,t=<passes>,p=<lanes>$<salt>$<hash>, with base64 without padding';
const PATTERN = /^\$(argon2(?:id|i|d))(?:\$v=(16|19))?\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/;

/** Argon2 (RFC 9106) in the format of the reference implementation, which PHP, Python and Node also use. */
export interface Argon2 {
  readonly variant: 'argon2id' | 'argon2i' | 'argon2d';
  readonly version: 16 | 19;
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
  readonly salt: Buffer;
  readonly digest: Buffer;
}

/** @throws {MalformedHashError} */
export function parseArgon2(text: string): Argon2 {
  const [variant, version, memory = '', passes = '', lanes = '', salt = '', digest = ''] = groupsOf(
    PATTERN,
    text,
    FORM,
  );
  const parsed: Argon2 = {
    variant: variant as Argon2['variant'], // the pattern matches these only
    // Version 16 strings have no version field.
    version: version === '19' ? 19 : 16,
    memoryKib: decodeNumber('memory m', memory, { min: 8, max: MAX_ARGON2_MEMORY_KIB }),
    passes: decodeNumber('number of passes t', passes, { min: 1, max: MAX_ARGON2_WORK_KIB }),
    lanes: decodeNumber('number of lanes p', lanes, { min: 1, max: MAX_ARGON2_LANES }),
    salt: decodeBase64('salt', salt, SALT_BYTES),
    digest: decodeBase64('hash', digest, DIGEST_BYTES),
  };
  if (parsed.memoryKib < 8 * parsed.lanes) {
    throw new MalformedHashError('The memory m must be at least eight times the number of lanes p.');
  }
  if (parsed.memoryKib * parsed.passes > MAX_ARGON2_WORK_KIB) {
    throw new MalformedHashError(`Memory times passes, m × t, must be at most ${MAX_ARGON2_WORK_KIB}.`);
  }
  return parsed;
}

export function formatArgon2({ variant, version, memoryKib, passes, lanes, salt, digest }: Argon2): string {
  const parameters = `m=${memoryKib},t=${passes},p=${lanes}`;
  return `$${variant}$v=${version}$${parameters}$${encodeBase64(salt)}$${encodeBase64(digest)}`;
}

/** Runs in the thread pool. */
export function verifyArgon2(hash: Argon2, password: string): Promise<boolean> {
  return verify(formatArgon2(hash), password);
}
