import type { Selectable } from 'kysely';
import type { Scope } from '../auth/scope.js';
import type { EnvironmentId, SessionId, UserId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';
import type { Session } from './session.js';

declare module '../db/tables.js' {
  interface Tables {
    sessions: SessionTable;
    sign_in_attempts: SignInAttemptTable;
  }
}

export interface SessionTable {
  environment_id: EnvironmentId;
  id: SessionId;
  user_id: UserId;
  /** JSON array. */
  scopes: string;
  /** The refresh token is not stored: it is derived from this row and SECRET_KEY. */
  generation: number;
  refreshed_at: Instant;
  created_at: Instant;
  expires_at: Instant;
  revoked_at: Instant | null;
}

/** The number of sign-in attempts in one rate limit window. */
export interface SignInAttemptTable {
  environment_id: EnvironmentId;
  /** HMAC of the account or network address that is counted and of the length of the window. */
  bucket: string;
  started_at: Instant;
  attempts: number;
}

export function toSession(row: Selectable<SessionTable>): Session {
  return {
    id: row.id,
    environmentId: row.environment_id,
    userId: row.user_id,
    scopes: JSON.parse(row.scopes) as Scope[], // written by `toSessionRow`
    generation: row.generation,
    refreshedAt: row.refreshed_at,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  };
}

export function toSessionRow(session: Session): Selectable<SessionTable> {
  return {
    environment_id: session.environmentId,
    id: session.id,
    user_id: session.userId,
    scopes: JSON.stringify(session.scopes),
    generation: session.generation,
    refreshed_at: session.refreshedAt,
    created_at: session.createdAt,
    expires_at: session.expiresAt,
    revoked_at: session.revokedAt,
  };
}
