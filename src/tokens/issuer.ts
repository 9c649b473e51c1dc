import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Scope } from '../auth/scope.js';
import type { Instant } from '../clock.js';
import type { NewEvent } from '../events/event.js';
import type { EnvironmentId, IssuerId } from '../ids.js';

/** Signatures that are taken, all of them asymmetric: who can check a token must not be able to make one. */
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

/** What the subject of a token is: the id of a user, or the external id. */
export type Subject = 'ID' | 'EXTERNAL_ID';

/** Where the keys are: at an address, which is asked again when they change, or here. */
export type KeySource =
  | { readonly jwksUrl: string; readonly publicKey: null }
  | { readonly jwksUrl: null; readonly publicKey: string };

interface IssuerRules {
  /** What the claim `iss` is, to the letter. */
  readonly issuer: string;
  /** What has to be in the claim `aud`; null where the issuer sets none. */
  readonly audience: string | null;
  readonly algorithms: readonly Algorithm[];
  readonly subject: Subject;
  /** What its tokens may grant: a token has those of them that its own claim names. */
  readonly scopes: readonly Scope[];
  /** The claim that names scopes: a text with blanks between them, or a list. */
  readonly scopesClaim: string;
}

/** What an operator says of an issuer. */
export type NewIssuer = KeySource & IssuerRules;

/** An issuer whose access tokens an environment believes. */
export type Issuer = NewIssuer & {
  readonly id: IssuerId;
  readonly environmentId: EnvironmentId;
  readonly createdAt: Instant;
};

/** Characters of an issuer, an audience or an address of keys. */
export const MAX_ISSUER_LENGTH = 1_000;

/** Issuers of one environment. */
export const MAX_ISSUERS = 100;

/**
 * What WorkOS's AuthKit issues (WorkOS contract; workos.com/docs/sessions): tokens without an audience, of a user whose
 * id at WorkOS is the external id here. Its permissions are scopes, where the operator allows some.
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

/** The key in a PEM; null when it has none, or a private one. */
export function readPublicKey(pem: string): KeyObject | null {
  if (pem.includes('PRIVATE KEY')) return null;
  try {
    return createPublicKey(pem);
  } catch {
    // Not being able to read it is the answer.
    return null;
  }
}

/** Nothing of keys is in it but where they are. */
export function issuerEvent(name: 'issuer.created' | 'issuer.deleted', entry: Issuer): NewEvent {
  const { id, issuer, audience, jwksUrl, algorithms, subject, scopes, scopesClaim, createdAt } = entry;
  const data = { id, issuer, audience, jwksUrl, algorithms, subject, scopes, scopesClaim, createdAt };
  return { name, userId: null, organizationId: null, data };
}
