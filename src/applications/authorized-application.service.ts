import type { Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import type { Transaction } from '../db/handle.js';
import { type DomainError, type InvalidInputError, MutationFailure, NotFoundError, refuseIfAny } from '../errors.js';
import type { EventLog } from '../events/event.service.js';
import { type ApplicationId, type AuthorizedApplicationId, createdAtOf, type Ids, isId, type UserId } from '../ids.js';
import { checkUnicode } from '../text.js';
import { type User, UserNotFoundError } from '../users/user.js';
import type { UserRemoval, UserService } from '../users/user.service.js';
import { parseScopes } from './application.js';
import type { ApplicationService } from './application.service.js';
import {
  type AuthorizedApplication,
  AuthorizedApplicationNotFoundError,
  grantEvent,
  type NewAuthorization,
} from './authorized-application.js';
import * as store from './authorized-application.store.js';

export interface AuthorizedApplicationService {
  /**
   * Records that the user granted the application access: what a consent screen would do. A second consent keeps the
   * grant and takes over its scopes and resource.
   *
   * @throws {MutationFailure} with every problem of the input
   */
  authorizeApplication(viewer: Viewer, input: NewAuthorization): Promise<AuthorizedApplication>;
  /**
   * Takes a grant back.
   *
   * @param applicationId the application's id, its client id, or the id of the grant
   * @throws {MutationFailure} USER_NOT_FOUND or AUTHORIZED_APPLICATION_NOT_FOUND
   */
  deleteAuthorizedApplication(viewer: Viewer, userId: string, applicationId: string): Promise<Revoked>;
}

export interface Revoked {
  readonly user: User;
  readonly grantId: AuthorizedApplicationId;
}

export function createAuthorizedApplicationService(deps: {
  db: Database;
  ids: Ids;
  events: EventLog;
  users: UserService;
  applications: ApplicationService;
}): AuthorizedApplicationService {
  const { db, ids, events, users, applications } = deps;

  async function findGrant(trx: Transaction, viewer: Viewer, userId: UserId, id: string) {
    if (isId('authorized_connect_app', id)) {
      const grant = (await store.findMany(trx, viewer.environmentId, [id])).get(id);
      return grant?.userId === userId ? grant : null;
    }
    const application = await applications.find(trx, viewer, id);
    return application ? store.find(trx, viewer.environmentId, userId, application.id) : null;
  }

  async function grantAgain(trx: Transaction, viewer: Viewer, before: AuthorizedApplication, wanted: Consent) {
    const after = { ...before, ...wanted };
    if (JSON.stringify(after) === JSON.stringify(before)) return before;
    await store.update(trx, viewer.environmentId, after);
    const { grantedScopes, resource } = before;
    await events.append(trx, viewer, {
      ...grantEvent('authorized_application.updated', after),
      previous: { grantedScopes, resource },
    });
    return after;
  }

  async function grant(
    trx: Transaction,
    viewer: Viewer,
    userId: UserId,
    applicationId: ApplicationId,
    wanted: Consent,
  ) {
    const id = ids.next('authorized_connect_app');
    const made = { id, userId, applicationId, ...wanted, createdAt: createdAtOf(id) };
    await store.insert(trx, viewer.environmentId, made);
    await events.append(trx, viewer, grantEvent('authorized_application.created', made));
    return made;
  }

  return {
    authorizeApplication: (viewer, input) =>
      db.transaction(async (trx) => {
        const invalid: InvalidInputError[] = [];
        const wanted = { grantedScopes: parseScopes(input.scopes, invalid), resource: input.resource ?? null };
        checkUnicode(input, invalid);
        const user = await users.find(trx, viewer, input.userId);
        const application = await applications.find(trx, viewer, input.applicationId);
        const problems: DomainError[] = [...invalid];
        if (!user) problems.push(new UserNotFoundError(input.userId));
        if (!application) problems.push(new NotFoundError('Application', input.applicationId, ['applicationId']));
        refuseIfAny(problems);
        if (!user || !application) throw new Error('Both were found, or refuseIfAny has thrown.');
        const existing = await store.find(trx, viewer.environmentId, user.id, application.id);
        return existing
          ? grantAgain(trx, viewer, existing, wanted)
          : grant(trx, viewer, user.id, application.id, wanted);
      }),

    deleteAuthorizedApplication: (viewer, userId, applicationId) =>
      db.transaction(async (trx) => {
        const user = await users.require(trx, viewer, userId);
        const existing = await findGrant(trx, viewer, user.id, applicationId);
        if (!existing) throw new MutationFailure(new AuthorizedApplicationNotFoundError(applicationId));
        await store.remove(trx, viewer.environmentId, existing.id);
        await events.append(trx, viewer, grantEvent('authorized_application.deleted', existing));
        return { user, grantId: existing.id };
      }),
  };
}

/** Takes back every grant of a user who is about to be deleted. */
export function createGrantRemoval(events: EventLog): UserRemoval {
  return async (trx, viewer, userId) => {
    const removed = await store.removeByUser(trx, viewer.environmentId, userId);
    await events.append(trx, viewer, ...removed.map((grant) => grantEvent('authorized_application.deleted', grant)));
  };
}

type Consent = Pick<AuthorizedApplication, 'grantedScopes' | 'resource'>;
