import type { Scope } from '../auth/scope.js';
import type { Viewer } from '../auth/viewer.js';
import { addSeconds, type Clock } from '../clock.js';
import type { Database } from '../db/database.js';
import type { Handle, Transaction } from '../db/handle.js';
import { MutationFailure } from '../errors.js';
import type { EventLog } from '../events/event.service.js';
import { createdAtOf, type EnvironmentId, type Ids, isId, type SessionId, type UserId } from '../ids.js';
import type { StaffGrantService } from '../staff/staff-grant.service.js';
import type { User } from '../users/user.js';
import type { UserHook, UserRemoval } from '../users/user.service.js';
import { isGenuine, parseRefreshToken, refreshTokenOf } from './refresh-token.js';
import { InvalidRefreshTokenError, isActive, type Session, sessionEvent } from './session.js';
import * as store from './session.store.js';

/**
 * How long the refresh token before the newest is answered with the newest again: its answer was lost, or two tabs
 * asked at once. Later it is a stolen one, and its session ends (RFC 9700, 4.14.2).
 */
export const REUSE_GRACE_SECONDS = 10;

export interface SessionService {
  /** Begins a session, in the unit that signs the user in. */
  begin(trx: Transaction, viewer: Viewer, user: User, scopes: readonly Scope[]): Promise<Session>;
  /** The refresh token that is good for it now. */
  refreshTokenOf(session: Session): string;
  /**
   * Takes the next refresh token. One that was used before ends the session.
   *
   * @throws {MutationFailure} INVALID_REFRESH_TOKEN
   */
  refresh(refreshToken: string, requestId: string): Promise<Session>;
  /** Ends the session of a refresh token, whichever of its own. @throws {MutationFailure} INVALID_REFRESH_TOKEN */
  revokeByToken(refreshToken: string, requestId: string): Promise<Session>;
  /** Ends the session the viewer signed in with. @throws {MutationFailure} INVALID_REFRESH_TOKEN without one */
  revokeOwn(viewer: Viewer): Promise<Session>;
  /** The session, if it has not ended. */
  findActive(db: Handle, environmentId: EnvironmentId, id: string): Promise<Session | null>;
  /** Of the session's scopes those that its user may have now. */
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
    if (isEnded) await events.append(trx, viewer, sessionEvent('session.revoked', { ...session, revokedAt }));
  }

  /** The session of a token that this server made and that has not ended, with the token's number; else null. */
  async function open(trx: Transaction, refreshToken: string) {
    const claim = parseRefreshToken(refreshToken);
    const session = claim && (await store.findById(trx, claim.sessionId));
    if (!claim || !session || !isGenuine(claim, session, secretKey) || !isActive(session, clock.now())) return null;
    return { session, generation: claim.generation };
  }

  /** The session as it goes on with the token of this number; null when it does not. */
  async function goOn(trx: Transaction, session: Session, generation: number, requestId: string) {
    const now = clock.now();
    if (generation === session.generation) {
      await store.setGeneration(trx, session.environmentId, session.id, generation + 1, now);
      return { ...session, generation: generation + 1, refreshedAt: now };
    }
    const isRepeat =
      generation === session.generation - 1 && now < addSeconds(session.refreshedAt, REUSE_GRACE_SECONDS);
    if (isRepeat) return session;
    await end(trx, viewerOf(session, requestId), session);
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
      await events.append(trx, viewer, sessionEvent('session.created', session));
      return session;
    },
    refreshTokenOf: (session) => refreshTokenOf(session, secretKey),

    async refresh(refreshToken, requestId) {
      // The unit ends well also when the session does: that it was ended is not to be rolled back.
      const session = await db.transaction(async (trx) => {
        const opened = await open(trx, refreshToken);
        return opened && goOn(trx, opened.session, opened.generation, requestId);
      });
      if (!session) throw new MutationFailure(new InvalidRefreshTokenError());
      return session;
    },
    revokeByToken: (refreshToken, requestId) =>
      db.transaction(async (trx) => {
        const opened = await open(trx, refreshToken);
        if (!opened) throw new MutationFailure(new InvalidRefreshTokenError());
        await end(trx, viewerOf(opened.session, requestId), opened.session);
        return opened.session;
      }),
    revokeOwn: (viewer) =>
      db.transaction(async (trx) => {
        const session = await findActive(trx, viewer.environmentId, viewer.sessionId ?? '');
        if (!session) throw new MutationFailure(new InvalidRefreshTokenError());
        await end(trx, viewer, session);
        return session;
      }),
    findActive,
    async grantedNow(handle, { environmentId, userId, scopes }) {
      const granted = await staff.scopesOf(handle, environmentId, userId);
      return scopes.filter((scope) => granted.includes(scope));
    },
  };
}

/** The holder of a refresh token, as the one who does something with it. */
function viewerOf({ environmentId, userId, id }: Session, requestId: string): Viewer {
  return { environmentId, actor: { source: 'PERSON', id: userId, name: userId }, scopes: [], requestId, sessionId: id };
}

/** Ends the sessions of a user, but for one. */
async function endAll(
  { clock, events }: { clock: Clock; events: EventLog },
  trx: Transaction,
  viewer: Viewer,
  userId: UserId,
  kept: SessionId | null,
): Promise<void> {
  const ended = await store.revokeByUser(trx, viewer.environmentId, userId, kept, clock.now());
  await events.append(trx, viewer, ...ended.map((session) => sessionEvent('session.revoked', session)));
}

/** Ends the sessions of a user whose password has changed, but for the one that changed it. */
export function createSessionsEnd(deps: { clock: Clock; events: EventLog }): UserHook {
  return (trx, viewer, userId) => endAll(deps, trx, viewer, userId, viewer.sessionId ?? null);
}

/** Ends and removes the sessions of a user who is about to be deleted. */
export function createSessionRemoval(deps: { clock: Clock; events: EventLog }): UserRemoval {
  return async (trx, viewer, userId) => {
    await endAll(deps, trx, viewer, userId, null);
    await store.removeByUser(trx, viewer.environmentId, userId);
  };
}
