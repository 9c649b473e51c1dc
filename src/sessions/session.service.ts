import { authorize, isVisibleTo } from '../auth/policy.js';
import type { Scope } from '../auth/scope.js';
import type { Cause, Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import type { Handle, Transaction } from '../db/handle.js';
import { MutationFailure, NotFoundError } from '../domain/errors.js';
import { createdAtOf, type EnvironmentId, type Ids, isId, type SessionId, type UserId } from '../domain/ids.js';
import type { EventLog } from '../events/event.service.js';
import { EMPTY_PAGE, type Page, type PageRequest } from '../paging/paging.js';
import { addSeconds, type Clock } from '../runtime/clock.js';
import type { StaffGrantService } from '../staff/staff-grant.service.js';
import type { User } from '../users/user.js';
import type { UserHook, UserRemoval } from '../users/user.service.js';
import { isGenuine, parseRefreshToken, refreshTokenOf } from './refresh-token.js';
import { InvalidRefreshTokenError, isActive, type Session } from './session.js';
import * as store from './session.store.js';
import { sessionEventData } from './session-events.js';

/**
 * How long the previous refresh token still returns the newest one, for lost responses and concurrent requests of
 * several tabs. After that, its use is treated as theft and revokes the session (RFC 9700, 4.14.2).
 */
export const REUSE_GRACE_SECONDS = 10;

export interface SessionService {
  /** Creates a session, in the transaction that signs the user in. */
  begin(trx: Transaction, viewer: Viewer, user: User, scopes: readonly Scope[]): Promise<Session>;
  /** Returns the current refresh token of a session. */
  refreshTokenOf(session: Session): string;
  /**
   * Rotates the refresh token of a session. Reusing an earlier token revokes the session.
   *
   * @param environmentId the environment that the session must belong to, if the caller knows it
   * @throws {MutationFailure} INVALID_REFRESH_TOKEN
   */
  refresh(refreshToken: string, cause: Cause, environmentId?: EnvironmentId): Promise<Session>;
  /** Revokes the session of a refresh token, current or earlier. @throws {MutationFailure} INVALID_REFRESH_TOKEN */
  revokeByToken(refreshToken: string, cause: Cause): Promise<Session>;
  /** Revokes the viewer's own session. @throws {MutationFailure} INVALID_REFRESH_TOKEN when it has none */
  revokeOwn(viewer: Viewer): Promise<Session>;
  /** Lists the sessions of a user, newest first, also those that have ended. */
  listSessions(viewer: Viewer, userId: UserId, request: PageRequest): Promise<Page<Session>>;
  /** Revokes a session. Does nothing when it has ended. @throws {MutationFailure} NOT_FOUND */
  revokeSession(viewer: Viewer, id: string): Promise<Session>;
  /** Returns the session, or null when it does not exist, has expired or was revoked. */
  findActive(db: Handle, environmentId: EnvironmentId, id: string): Promise<Session | null>;
  /** Returns the scopes of the session that are still granted to its user. */
  grantedNow(db: Handle, session: Session): Promise<readonly Scope[]>;
}

export function createSessionService(deps: {
  db: Database;
  clock: Clock;
  ids: Ids;
  events: EventLog;
  staff: StaffGrantService;
  secretKey: string;
  sessionTtlSeconds: number;
}): SessionService {
  const { db, clock, ids, events, staff, secretKey, sessionTtlSeconds } = deps;

  async function end(trx: Transaction, viewer: Viewer, session: Session): Promise<void> {
    const revokedAt = clock.now();
    const isEnded = await store.revoke(trx, session.environmentId, session.id, revokedAt);
    if (!isEnded) return;
    await events.append(trx, viewer, { name: 'session.revoked', data: sessionEventData({ ...session, revokedAt }) });
  }

  /**
   * Verifies a refresh token, and runs a unit with its active session and the generation of the token. Returns null without
   * running it when the token is not valid.
   */
  async function withSession<T>(
    refreshToken: string,
    unit: (trx: Transaction, session: Session, generation: number) => Promise<T>,
    wanted?: EnvironmentId,
  ): Promise<T | null> {
    const claim = parseRefreshToken(refreshToken);
    const environmentId = claim && (await store.findEnvironment(db.reader, claim.sessionId));
    if (!environmentId || (wanted !== undefined && environmentId !== wanted)) return null;
    return db.transaction(environmentId, async (trx) => {
      const session = await store.find(trx, environmentId, claim.sessionId);
      if (!session || !isGenuine(claim, session, secretKey) || !isActive(session, clock.now())) return null;
      return unit(trx, session, claim.generation);
    });
  }

  /** Rotates the token of a session. Returns null after it has revoked the session because of a reused token. */
  async function rotate(trx: Transaction, session: Session, generation: number, cause: Cause) {
    const now = clock.now();
    if (generation === session.generation) {
      await store.setGeneration(trx, session.environmentId, session.id, generation + 1, now);
      return { ...session, generation: generation + 1, refreshedAt: now };
    }
    const isRepeat =
      generation === session.generation - 1 && now < addSeconds(session.refreshedAt, REUSE_GRACE_SECONDS);
    if (isRepeat) return session;
    await end(trx, viewerOf(session, cause), session);
    return null;
  }

  const findActive: SessionService['findActive'] = async (handle, environmentId, id) => {
    const session = isId('session', id) ? await store.find(handle, environmentId, id) : null;
    return session && isActive(session, clock.now()) ? session : null;
  };

  return {
    async begin(trx, viewer, user, scopes) {
      const id = ids.next('session');
      const createdAt = createdAtOf(id);
      const expiresAt = addSeconds(createdAt, sessionTtlSeconds);
      const { environmentId } = viewer;
      const times = { refreshedAt: createdAt, createdAt, expiresAt, revokedAt: null };
      const session: Session = { id, environmentId, userId: user.id, scopes, generation: 0, ...times };
      await store.removeEnded(trx, environmentId, user.id, createdAt);
      await store.insert(trx, session);
      await events.append(trx, viewer, { name: 'session.created', data: sessionEventData(session) });
      return session;
    },
    refreshTokenOf: (session) => refreshTokenOf(session, secretKey),

    async refresh(refreshToken, cause, environmentId) {
      // The error is thrown after the transaction, so that a revocation is not rolled back.
      const session = await withSession(
        refreshToken,
        (trx, active, generation) => rotate(trx, active, generation, cause),
        environmentId,
      );
      if (!session) throw new MutationFailure(new InvalidRefreshTokenError());
      return session;
    },
    async revokeByToken(refreshToken, cause) {
      const session = await withSession(refreshToken, async (trx, active) => {
        await end(trx, viewerOf(active, cause), active);
        return active;
      });
      if (!session) throw new MutationFailure(new InvalidRefreshTokenError());
      return session;
    },
    async revokeOwn(viewer) {
      authorize(viewer, 'sessions.revokeOwn');
      return db.transaction(viewer.environmentId, async (trx) => {
        const session = await findActive(trx, viewer.environmentId, viewer.sessionId ?? '');
        if (!session) throw new MutationFailure(new InvalidRefreshTokenError());
        await end(trx, viewer, session);
        return session;
      });
    },
    async listSessions(viewer, userId, request) {
      authorize(viewer, 'sessions.listSessions');
      if (!isVisibleTo(viewer, userId)) return EMPTY_PAGE;
      return (await store.pageByUsers(db.reader, viewer.environmentId, [userId], request)).get(userId) ?? EMPTY_PAGE;
    },
    async revokeSession(viewer, id) {
      authorize(viewer, 'sessions.revokeSession');
      return db.transaction(viewer.environmentId, async (trx) => {
        const session = isId('session', id) ? await store.find(trx, viewer.environmentId, id) : null;
        if (!session || !isVisibleTo(viewer, session.userId)) {
          throw new MutationFailure(new NotFoundError('Session', id, ['id']));
        }
        if (isActive(session, clock.now())) await end(trx, viewer, session);
        return session;
      });
    },
    findActive,
    async grantedNow(handle, { environmentId, userId, scopes }) {
      const granted = await staff.scopesOf(handle, environmentId, userId);
      return scopes.filter((scope) => granted.includes(scope));
    },
  };
}

/** Returns the user of a session as the viewer. */
function viewerOf({ environmentId, userId, id }: Session, { requestId, api }: Cause): Viewer {
  return {
    environmentId,
    actor: { source: 'PERSON', id: userId, name: userId },
    scopes: [],
    requestId,
    api,
    sessionId: id,
  };
}

/** Revokes the sessions of a user except `kept`. */
async function endAll(
  { clock, events }: { clock: Clock; events: EventLog },
  trx: Transaction,
  viewer: Viewer,
  userId: UserId,
  kept: SessionId | null,
): Promise<void> {
  const ended = await store.revokeByUser(trx, viewer.environmentId, userId, kept, clock.now());
  const revocations = ended.map((session) => ({ name: 'session.revoked', data: sessionEventData(session) }) as const);
  await events.append(trx, viewer, ...revocations);
}

/** Revokes the sessions of a user whose password has changed, except the session that changed it. */
export function createSessionsEnd(deps: { clock: Clock; events: EventLog }): UserHook {
  return (trx, viewer, userId) => endAll(deps, trx, viewer, userId, viewer.sessionId ?? null);
}

/** Revokes and deletes the sessions of a user before the user is deleted. */
export function createSessionRemoval(deps: { clock: Clock; events: EventLog }): UserRemoval {
  return async (trx, viewer, userId) => {
    await endAll(deps, trx, viewer, userId, null);
    await store.removeByUser(trx, viewer.environmentId, userId);
  };
}
