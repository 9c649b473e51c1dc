import { createHash, timingSafeEqual } from 'node:crypto';
import { decodeBase64, groupsOf } from './encoding.js';
import type { SaltPosition } from './salt-position.js';

/** OpenLDAP salts have 4 bytes in older versions and 8 today; other directories use up to 16. */
const SALT_BYTES = { min: 4, max: 64 };

const DIGESTS = {
  SSHA: { digestName: 'sha1', size: 20 },
  SSHA256: { digestName: 'sha256', size: 32 },
} as const;

/**
 * A salted digest in the format of LDAP directories (RFC 2307 and its successors): the scheme in braces, then base64 of
 * the digest followed by the salt. This order does not depend on the position of the salt in the digested text.
 */
export interface Ssha {
  readonly scheme: keyof typeof DIGESTS;
  readonly digest: Buffer;
  readonly salt: Buffer;
}

/** @throws {MalformedHashError} */
export function parseSsha(scheme: Ssha['scheme'], text: string): Ssha {
  const { size } = DIGESTS[scheme];
  const pattern = new RegExp(`^\\{${scheme}\\}([^{}]+)$`, 'i');
  const [base64 = ''] = groupsOf(pattern, text, `{${scheme}} and base64 of hash and salt`);
  const bounds = { min: size + SALT_BYTES.min, max: size + SALT_BYTES.max };
  const bytes = decodeBase64('hash with its salt', base64, bounds);
  return { scheme, digest: bytes.subarray(0, size), salt: bytes.subarray(size) };
}

export function formatSsha({ scheme, digest, salt }: Ssha): string {
  return `{${scheme}}${Buffer.concat([digest, salt]).toString('base64')}`;
}

/** Takes microseconds, so it runs on the event loop. */
export function verifySsha({ scheme, digest, salt }: Ssha, password: string, saltPosition: SaltPosition): boolean {
  const parts = [Buffer.from(password), salt];
  if (saltPosition === 'PREFIX') parts.reverse();
  const made = createHash(DIGESTS[scheme].digestName).update(Buffer.concat(parts)).digest();
  return timingSafeEqual(made, digest);
}
