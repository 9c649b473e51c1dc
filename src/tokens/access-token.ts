import { isScope, type Scope } from '../auth/scope.js';
import type { EnvironmentId } from '../domain/ids.js';

/** The media type of access tokens in the header `typ` (RFC 9068, 2.1). */
export const ACCESS_TOKEN_TYPE = 'at+jwt';

/** Values of `typ` accepted from other issuers. Other kinds of tokens, e.g. logout tokens, have their own values. */
const FOREIGN_TYPES = [ACCESS_TOKEN_TYPE, 'jwt'];

/** The reason why a token is rejected. It is logged and never sent to the client. */
export class TokenRefusal extends Error {
  override readonly name = 'TokenRefusal';

  constructor(
    readonly reason: string,
    /** The environment, if the signature was already verified. */
    readonly environmentId: EnvironmentId | null = null,
  ) {
    super(reason);
  }
}

/** Returns whether a credential has the form of a JWT: three parts, the last one empty if the token is not signed. */
export function isJwt(credential: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(credential);
}

/** Checks the header `typ` of a token of another issuer. @throws {TokenRefusal} when it is not an access token */
export function requireForeignType(type: unknown): void {
  if (type === undefined) return;
  const name = String(type)
    .toLowerCase()
    .replace(/^application\//, '');
  if (!FOREIGN_TYPES.includes(name)) throw new TokenRefusal('typ is not the type of an access token');
}

/** Returns the allowed scopes that a claim contains: a space-separated string (RFC 6749, 3.3) or an array. */
export function grantedBy(claim: unknown, allowed: readonly Scope[]): Scope[] {
  const names = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim.map(String) : [];
  return allowed.filter((scope) => isScope(scope) && names.includes(scope));
}
