import { isDeepStrictEqual } from 'node:util';
import { authorize } from '../auth/policy.js';
import type { Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import type { Transaction } from '../db/handle.js';
import {
  type DomainError,
  type InvalidInputError,
  MutationFailure,
  NotFoundError,
  refuseIfAny,
} from '../domain/errors.js';
import { type AuthorizedApplicationId, createdAtOf, type Ids, isId, type UserId } from '../domain/ids.js';
import type { EventLog } from '../events/event.service.js';
import { checkUnicode } from '../input/text.js';
import { type User, UserNotFoundError } from '../users/user.js';
import type { UserRemoval, UserUnits } from '../users/user.service.js';
import { parseScopes } from './application.js';
import type { ApplicationService } from './application.service.js';
import {
  type AuthorizedApplication,
  AuthorizedApplicationNotFoundError,
  type NewAuthorization,
} from './authorized-application.js';
import * as store from './authorized-application.store.js';

export interface AuthorizedApplicationService {
  /**
   * Records that the user granted the application access, as a consent screen does. If a grant exists, its scopes and
   * resource are replaced.
   *
   * @throws {MutationFailure} with every problem of the input
   */
  authorizeApplication(viewer: Viewer, input: NewAuthorization): Promise<AuthorizedApplication>;
  /**
   * Revokes a grant.
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

/** Operations on grants for other use cases, which authorize the viewer. Requests never call them directly. */
export interface GrantUnits {
  /** Writes grants with their events. @throws {UniqueViolationError} when a grant exists */
  insert(
    trx: Transaction,
    viewer: Viewer,
    grants: readonly Omit<AuthorizedApplication, 'id' | 'createdAt'>[],
  ): Promise<readonly AuthorizedApplication[]>;
}

export function createGrantUnits({ ids, events }: { ids: Ids; events: EventLog }): GrantUnits {
  return {
    async insert(trx, viewer, given) {
      const grants = given.map((one): AuthorizedApplication => {
        const id = ids.next('authorized_connect_app');
        return { id, ...one, createdAt: createdAtOf(id) };
      });
      await store.insertMany(trx, viewer.environmentId, grants);
      const created = grants.map((data) => ({ name: 'authorized_application.created', data }) as const);
      await events.append(trx, viewer, ...created);
      return grants;
    },
  };
}

export function createAuthorizedApplicationService(deps: {
  db: Database;
  events: EventLog;
  units: GrantUnits;
  users: UserUnits;
  applications: ApplicationService;
}): AuthorizedApplicationService {
  const { db, events, units, users, applications } = deps;

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
    if (isDeepStrictEqual(after, before)) return before;
    await store.update(trx, viewer.environmentId, after);
    const { grantedScopes, resource } = before;
    await events.append(trx, viewer, {
      name: 'authorized_application.updated',
      data: after,
      previous: { grantedScopes, resource },
    });
    return after;
  }

  return {
    async authorizeApplication(viewer, input) {
      authorize(viewer, 'authorizedApplications.authorizeApplication');
      return db.transaction(viewer.environmentId, async (trx) => {
        const invalid: InvalidInputError[] = [];
        const wanted = { grantedScopes: parseScopes(input.scopes, invalid), resource: input.resource ?? null };
        checkUnicode(input, invalid);
        const user = await users.find(trx, viewer, input.userId);
        const application = await applications.find(trx, viewer, input.applicationId);
        const problems: DomainError[] = [...invalid];
        if (!user) problems.push(new UserNotFoundError(input.userId));
        if (!application) problems.push(new NotFoundError('Application', input.applicationId, ['applicationId']));
        refuseIfAny(problems);
        if (!user || !application) throw new Error('Unreachable: refuseIfAny throws if one is missing.');
        const existing = await store.find(trx, viewer.environmentId, user.id, application.id);
        if (existing) return grantAgain(trx, viewer, existing, wanted);
        const [made] = await units.insert(trx, viewer, [{ userId: user.id, applicationId: application.id, ...wanted }]);
        if (!made) throw new Error('The grant was not written.');
        return made;
      });
    },

    async deleteAuthorizedApplication(viewer, userId, applicationId) {
      authorize(viewer, 'authorizedApplications.deleteAuthorizedApplication');
      return db.transaction(viewer.environmentId, async (trx) => {
        const user = await users.require(trx, viewer, userId);
        const existing = await findGrant(trx, viewer, user.id, applicationId);
        if (!existing) throw new MutationFailure(new AuthorizedApplicationNotFoundError(applicationId));
        await store.remove(trx, viewer.environmentId, existing.id);
        await events.append(trx, viewer, { name: 'authorized_application.deleted', data: existing });
        return { user, grantId: existing.id };
      });
    },
  };
}

/** Creates the hook that revokes the grants of a user before the user is deleted. */
export function createGrantRemoval(events: EventLog): UserRemoval {
  return async (trx, viewer, userId) => {
    const removed = await store.removeByUser(trx, viewer.environmentId, userId);
    const deletions = removed.map((data) => ({ name: 'authorized_application.deleted', data }) as const);
    await events.append(trx, viewer, ...deletions);
  };
}

type Consent = Pick<AuthorizedApplication, 'grantedScopes' | 'resource'>;
