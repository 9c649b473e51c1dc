import type { Selectable } from 'kysely';
import { ALL_SCOPES, type GrantedScopes, type Scope } from '../auth/scope.js';
import type { ApiKeyId, EnvironmentId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';
import type { ApiKey } from './api-key.js';

declare module '../db/tables.js' {
  interface Tables {
    api_keys: ApiKeyTable;
  }
}

export interface ApiKeyTable {
  environment_id: EnvironmentId;
  id: ApiKeyId;
  name: string;
  /** SHA-256 of the secret, in hexadecimal. */
  secret_hash: string;
  hint: string;
  /** JSON array of scopes, or `*`. */
  scopes: string;
  created_at: Instant;
  revoked_at: Instant | null;
  /** When the key expires; null when it does not expire. */
  expires_at: Instant | null;
  /** When the key was last used, accurate to a minute. */
  last_used_at: Instant | null;
  /** The key that replaced this one. */
  replaced_by: ApiKeyId | null;
}

export function toApiKey(row: Selectable<ApiKeyTable>): ApiKey {
  return {
    id: row.id,
    environmentId: row.environment_id,
    name: row.name,
    scopes: scopesFromText(row.scopes),
    hint: row.hint,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    replacedBy: row.replaced_by,
  };
}

export function scopesToText(scopes: GrantedScopes): string {
  return scopes === ALL_SCOPES ? ALL_SCOPES : JSON.stringify(scopes);
}

function scopesFromText(text: string): GrantedScopes {
  // Written by scopesToText only, from checked scopes.
  return text === ALL_SCOPES ? ALL_SCOPES : (JSON.parse(text) as Scope[]);
}
