import type { Scope } from '../auth/scope.js';
import { DomainError } from '../domain/errors.js';
import type { EnvironmentId, SessionId, UserId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';

/** A session is created when a user signs in. It ends when the user signs out, it is revoked, or it expires. */
export interface Session {
  readonly id: SessionId;
  readonly environmentId: EnvironmentId;
  readonly userId: UserId;
  /** The scopes requested at sign-in. Without scopes, the user has access to their own data only. */
  readonly scopes: readonly Scope[];
  /** Number of refreshes, which is the number of the valid refresh token. */
  readonly generation: number;
  readonly refreshedAt: Instant;
  readonly createdAt: Instant;
  /** The session cannot be refreshed after this time. */
  readonly expiresAt: Instant;
  readonly revokedAt: Instant | null;
}

export function isActive({ revokedAt, expiresAt }: Session, now: Instant): boolean {
  return revokedAt === null && now < expiresAt;
}

/** The refresh token is not valid, or its session has ended. The message is the same for every reason. */
export class InvalidRefreshTokenError extends DomainError {
  constructor() {
    super('INVALID_REFRESH_TOKEN', 'The session has ended. Sign in again.', ['refreshToken']);
  }
}
