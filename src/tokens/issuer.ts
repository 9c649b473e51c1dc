import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Scope } from '../auth/scope.js';
import type { EnvironmentId, IssuerId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';

/** Accepted signature algorithms. All are asymmetric, so that a verification key cannot sign tokens. */
export const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

export type Algorithm = (typeof ALGORITHMS)[number];

/** What the claim `sub` contains: the id or the external id of a user. */
export type Subject = 'ID' | 'EXTERNAL_ID';

/** The keys of an issuer: the URL of a JWK set, which is fetched, or a public key in PEM format. */
export type KeySource =
  | { readonly jwksUrl: string; readonly publicKey: null }
  | { readonly jwksUrl: null; readonly publicKey: string };

interface IssuerRules {
  /** The exact value of the claim `iss`. */
  readonly issuer: string;
  /** The required value of the claim `aud`; null when the claim is not checked. */
  readonly audience: string | null;
  readonly algorithms: readonly Algorithm[];
  readonly subject: Subject;
  /** The scopes that its tokens can grant. A token grants those that its scopes claim contains. */
  readonly scopes: readonly Scope[];
  /** Name of the claim that contains scopes: a space-separated string or an array. */
  readonly scopesClaim: string;
}

/** The settings of an issuer. */
export type NewIssuer = KeySource & IssuerRules;

/** An issuer whose access tokens an environment accepts. */
export type Issuer = NewIssuer & {
  readonly id: IssuerId;
  readonly environmentId: EnvironmentId;
  readonly createdAt: Instant;
};

/** Maximum length of an issuer, an audience or the URL of keys. */
export const MAX_ISSUER_LENGTH = 1_000;

/** Maximum number of issuers of one environment. */
export const MAX_ISSUERS = 100;

/**
 * Returns the settings for tokens of WorkOS AuthKit (WorkOS contract; workos.com/docs/sessions). The tokens have no
 * audience. Their subject is the id at WorkOS, which is the external id here. Permissions are mapped to scopes.
 */
export function workosIssuer(clientId: string, scopes: readonly Scope[]): NewIssuer {
  return {
    issuer: `https://api.workos.com/user_management/${clientId}`,
    jwksUrl: `https://api.workos.com/sso/jwks/${clientId}`,
    publicKey: null,
    audience: null,
    algorithms: ['RS256'],
    subject: 'EXTERNAL_ID',
    scopes,
    scopesClaim: 'permissions',
  };
}

/** Reads a public key in PEM format. Returns null when the text contains none or a private key. */
export function readPublicKey(pem: string): KeyObject | null {
  if (pem.includes('PRIVATE KEY')) return null;
  try {
    return createPublicKey(pem);
  } catch {
    // Unreadable text contains no key.
    return null;
  }
}
