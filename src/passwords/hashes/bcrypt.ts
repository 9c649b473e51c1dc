import { verify } from '@node-rs/bcrypt';
import { decodeNumber, groupsOf } from './encoding.js';

/** A verification at this cost takes about a second of a core, and twice as long with each step. */
export const MAX_BCRYPT_COST = 14;
const MIN_BCRYPT_COST = 4;

const FORM = '$2b$<cost>$ and 53 letters of salt and hash; $2a$ and $2y$ are taken too';
// 16 bytes of salt and 23 of hash in sixes of bits: the last letter of each has only some values.
const PATTERN = /^\$(2[aby])\$(\d\d)\$([./A-Za-z0-9]{21}[.Oeu])([./A-Za-z0-9]{30}[.CGKOSWaeimquy26])$/;

/** OpenBSD's bcrypt. `2x`, which marks hashes of a faulty implementation, is not one of them. */
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
    variant: variant as Bcrypt['variant'], // what the pattern takes
    cost: decodeNumber('cost', cost.replace(/^0/, ''), { min: MIN_BCRYPT_COST, max: MAX_BCRYPT_COST }),
    salt,
    digest,
  };
}

export function formatBcrypt({ variant, cost, salt, digest }: Bcrypt): string {
  return `$${variant}$${String(cost).padStart(2, '0')}$${salt}${digest}`;
}

/** On a thread of its own. Only the first 72 bytes of a password count, as everywhere with bcrypt. */
export function verifyBcrypt(hash: Bcrypt, password: string): Promise<boolean> {
  return verify(password, formatBcrypt(hash));
}
