import type { Selectable } from 'kysely';
import type { Scope } from '../auth/scope.js';
import type { EnvironmentId, IssuerId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';
import type { Algorithm, Issuer, KeySource, Subject } from './issuer.js';

declare module '../db/tables.js' {
  interface Tables {
    issuers: IssuerTable;
  }
}

export interface IssuerTable {
  environment_id: EnvironmentId;
  id: IssuerId;
  issuer: string;
  audience: string | null;
  /** JSON array. */
  algorithms: string;
  jwks_url: string | null;
  public_key: string | null;
  subject: Subject;
  /** JSON array. */
  scopes: string;
  scopes_claim: string;
  created_at: Instant;
}

export function toIssuer(row: Selectable<IssuerTable>): Issuer {
  return {
    id: row.id,
    environmentId: row.environment_id,
    issuer: row.issuer,
    audience: row.audience,
    algorithms: JSON.parse(row.algorithms) as Algorithm[], // written by `toIssuerRow`
    // A CHECK constraint of the table ensures that exactly one of the two is set.
    ...({ jwksUrl: row.jwks_url, publicKey: row.public_key } as KeySource),
    subject: row.subject,
    scopes: JSON.parse(row.scopes) as Scope[], // written by `toIssuerRow`
    scopesClaim: row.scopes_claim,
    createdAt: row.created_at,
  };
}

export function toIssuerRow(issuer: Issuer): Selectable<IssuerTable> {
  return {
    environment_id: issuer.environmentId,
    id: issuer.id,
    issuer: issuer.issuer,
    audience: issuer.audience,
    algorithms: JSON.stringify(issuer.algorithms),
    jwks_url: issuer.jwksUrl,
    public_key: issuer.publicKey,
    subject: issuer.subject,
    scopes: JSON.stringify(issuer.scopes),
    scopes_claim: issuer.scopesClaim,
    created_at: issuer.createdAt,
  };
}
