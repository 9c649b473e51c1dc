import { verify } from '@node-rs/bcrypt';
import { decodeNumber, groupsOf } from './encoding.js';

/** A verification at this cost takes about one second of one core. Each increment doubles it. */
export const MAX_BCRYPT_COST = 14;
const MIN_BCRYPT_COST = 4;

const FORM = '$2b$<cost>$ and 53 characters of salt and hash; $2a$ and $2y$ are also accepted';
// 16 bytes of salt and 23 of hash, 6 bits per character: the last character of each has unused bits, which must be
// zero.
const PATTERN = /^\$(2[aby])\$(\d\d)\$([./A-Za-z0-9]{21}[.Oeu])([./A-Za-z0-9]{30}[.CGKOSWaeimquy26])$/;

/** OpenBSD's bcrypt. `2x`, which marks hashes of a faulty implementation, is not supported. */
export interface Bcrypt {
  readonly variant: '2a' | '2b' | '2y';
  readonly cost: number;
  /** In bcrypt's own alphabet. */
  readonly salt: string;
  /** In bcrypt's own alphabet. */
  readonly digest: string;
}

/** @throws {MalformedHashError} */
export function parseBcrypt(text: string): Bcrypt {
  const [variant, cost = '', salt = '', digest = ''] = groupsOf(PATTERN, text, FORM);
  return {
    variant: variant as Bcrypt['variant'], // the pattern matches these only
    cost: decodeNumber('cost', cost.replace(/^0/, ''), { min: MIN_BCRYPT_COST, max: MAX_BCRYPT_COST }),
    salt,
    digest,
  };
}

export function formatBcrypt({ variant, cost, salt, digest }: Bcrypt): string {
  return `$${variant}$${String(cost).padStart(2, '0')}$${salt}${digest}`;
}

/** Runs in the thread pool. bcrypt uses only the first 72 bytes of a password. */
export function verifyBcrypt(hash: Bcrypt, password: string): Promise<boolean> {
  return verify(password, formatBcrypt(hash));
}
