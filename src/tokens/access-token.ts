import { isScope, type Scope } from '../auth/scope.js';
import type { EnvironmentId } from '../ids.js';

/** The media type of access tokens in the header `typ` (RFC 9068, 2.1). */
export const ACCESS_TOKEN_TYPE = 'at+jwt';

/** What other issuers write in `typ`; tokens of other kinds, e.g. of a logout, have one of their own. */
const FOREIGN_TYPES = [ACCESS_TOKEN_TYPE, 'jwt'];

/** Why a token is not taken: for the log, never for who sent it. */
export class TokenRefusal extends Error {
  override readonly name = 'TokenRefusal';

  constructor(
    readonly reason: string,
    /** Whose environment it is, if the token is verified so far. */
    readonly environmentId: EnvironmentId | null = null,
  ) {
    super(reason);
  }
}

/** Whether an `Authorization` header has a JWT: three parts, the last of which is empty when nobody signed it. */
export function isJwt(credential: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(credential);
}

/** @throws {TokenRefusal} when the header says that this is no access token */
export function requireForeignType(type: unknown): void {
  if (type === undefined) return;
  const name = String(type)
    .toLowerCase()
    .replace(/^application\//, '');
  if (!FOREIGN_TYPES.includes(name)) throw new TokenRefusal('typ is not that of an access token');
}

/** Scopes that a claim names, of those that may be granted (RFC 6749, 3.3; a list too). */
export function grantedBy(claim: unknown, allowed: readonly Scope[]): Scope[] {
  const names = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim.map(String) : [];
  return allowed.filter((scope) => isScope(scope) && names.includes(scope));
}
