import type { Scope } from '../auth/scope.js';
import type { Instant } from '../clock.js';
import { DomainError } from '../errors.js';
import type { NewEvent } from '../events/event.js';
import type { EnvironmentId, SessionId, UserId } from '../ids.js';

/** What begins when a user signs in and lasts until they sign out, it is revoked, or its time is over. */
export interface Session {
  readonly id: SessionId;
  readonly environmentId: EnvironmentId;
  readonly userId: UserId;
  /** What the user asked for when they signed in; none, and they see what is theirs. */
  readonly scopes: readonly Scope[];
  /** How often it was refreshed: the number of the one refresh token that is good. */
  readonly generation: number;
  readonly refreshedAt: Instant;
  readonly createdAt: Instant;
  /** It is not refreshed beyond this. */
  readonly expiresAt: Instant;
  readonly revokedAt: Instant | null;
}

export function isActive({ revokedAt, expiresAt }: Session, now: Instant): boolean {
  return revokedAt === null && now < expiresAt;
}

export function sessionEvent(name: 'session.created' | 'session.revoked', session: Session): NewEvent {
  const { id, userId, scopes, createdAt, expiresAt, revokedAt } = session;
  const data = { id, userId, scopes, createdAt, expiresAt, revokedAt };
  return { name, userId, organizationId: null, data };
}

/** The refresh token is none, or its session is over. One answer for all of it: who asks is to sign in again. */
export class InvalidRefreshTokenError extends DomainError {
  constructor() {
    super('INVALID_REFRESH_TOKEN', 'The session is over: sign in again.', ['refreshToken']);
  }
}
