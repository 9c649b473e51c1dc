import { authorize, confinedTo } from '../auth/policy.js';
import type { Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import type { Transaction } from '../db/handle.js';
import { orOnConflict } from '../db/unique-violation.js';
import {
  type DomainError,
  InvalidInputError,
  MutationFailure,
  NotFoundError,
  RequestError,
  refuseIfAny,
} from '../domain/errors.js';
import { createdAtOf, type Ids, isId } from '../domain/ids.js';
import type { EventLog } from '../events/event.service.js';
import { checkIdempotencyKey } from '../idempotency/idempotency.js';
import type { Idempotency, Transact } from '../idempotency/idempotency.service.js';
import { changedFields, refuseNulls } from '../input/patch.js';
import { EMPTY_PAGE, type Page, type PageRequest } from '../paging/paging.js';
import type { Clock } from '../runtime/clock.js';
import { UserNotFoundError } from '../users/user.js';
import type { UserRemoval, UserUnits } from '../users/user.service.js';
import type { OrganizationService } from './organization.service.js';
import {
  AlreadyMemberError,
  MAX_ROLE_LENGTH,
  MAX_ROLES,
  type MembershipFilter,
  type MembershipPatch,
  MembershipPendingError,
  type NewMembership,
  type OrganizationMembership,
} from './organization-membership.js';
import * as store from './organization-membership.store.js';

export interface OrganizationMembershipService {
  /**
   * Lists memberships of a user or of an organization, newest first.
   *
   * @throws {RequestError} BAD_USER_INPUT without a user and an organization
   */
  listMemberships(
    viewer: Viewer,
    filter: MembershipFilter,
    request: PageRequest,
  ): Promise<Page<OrganizationMembership>>;
  /** @throws {MutationFailure} with every problem of the input, or ALREADY_MEMBER */
  createMembership(viewer: Viewer, input: NewMembership): Promise<OrganizationMembership>;
  /** @throws {MutationFailure} NOT_FOUND, or every problem of the patch */
  updateMembership(viewer: Viewer, id: string, patch: MembershipPatch): Promise<OrganizationMembership>;
  /** Deactivates a membership. @throws {MutationFailure} NOT_FOUND, or CANNOT_DEACTIVATE_… when it is pending */
  deactivateMembership(viewer: Viewer, id: string): Promise<OrganizationMembership>;
  /** Reactivates a membership. @throws {MutationFailure} NOT_FOUND, or CANNOT_REACTIVATE_… when it is pending */
  reactivateMembership(viewer: Viewer, id: string): Promise<OrganizationMembership>;
  /** Deletes a membership with any status. @throws {MutationFailure} NOT_FOUND */
  deleteMembership(viewer: Viewer, id: string): Promise<OrganizationMembership>;
}

/** Membership operations for other use cases, which authorize the viewer. Requests never call them directly. */
export interface MembershipUnits {
  /**
   * Writes active memberships with their events.
   *
   * @throws {UniqueViolationError} when a user is already a member
   */
  insert(
    trx: Transaction,
    viewer: Viewer,
    memberships: readonly Pick<OrganizationMembership, 'userId' | 'organizationId' | 'roles'>[],
  ): Promise<readonly OrganizationMembership[]>;
}

export function createMembershipUnits({ ids, events }: { ids: Ids; events: EventLog }): MembershipUnits {
  return {
    async insert(trx, viewer, given) {
      const memberships = given.map((one): OrganizationMembership => {
        const id = ids.next('om');
        const createdAt = createdAtOf(id);
        return { id, ...one, status: 'ACTIVE', createdAt, updatedAt: createdAt };
      });
      await store.insertMany(trx, viewer.environmentId, memberships);
      const created = memberships.map((data) => ({ name: 'organization_membership.created', data }) as const);
      await events.append(trx, viewer, ...created);
      return memberships;
    },
  };
}

export function createOrganizationMembershipService(deps: {
  db: Database;
  clock: Clock;
  events: EventLog;
  units: MembershipUnits;
  users: UserUnits;
  organizations: OrganizationService;
  idempotency: Idempotency;
}): OrganizationMembershipService {
  const { db, clock, events, units, users, organizations, idempotency } = deps;

  async function require(trx: Transaction, viewer: Viewer, id: string): Promise<OrganizationMembership> {
    const membership = isId('om', id) ? (await store.findMany(trx, viewer.environmentId, [id])).get(id) : undefined;
    if (!membership) throw new MutationFailure(new NotFoundError('Organization membership', id, ['id']));
    return membership;
  }

  async function save(
    trx: Transaction,
    viewer: Viewer,
    membership: OrganizationMembership,
    changed: OrganizationMembership,
  ) {
    const previous = changedFields(membership, changed);
    if (Object.keys(previous).length === 0) return membership;
    const next = { ...changed, updatedAt: clock.now() };
    await store.update(trx, viewer.environmentId, next);
    await events.append(trx, viewer, { name: 'organization_membership.updated', data: next, previous });
    return next;
  }

  function setStatus(viewer: Viewer, id: string, status: 'ACTIVE' | 'INACTIVE') {
    return db.transaction(viewer.environmentId, async (trx) => {
      const membership = await require(trx, viewer, id);
      if (membership.status === 'PENDING') {
        const verb = status === 'ACTIVE' ? 'REACTIVATE' : 'DEACTIVATE';
        const code = `CANNOT_${verb}_PENDING_ORGANIZATION_MEMBERSHIP` as const;
        throw new MutationFailure(new MembershipPendingError(code, membership.id));
      }
      return save(trx, viewer, membership, { ...membership, status });
    });
  }

  return {
    async listMemberships(viewer, filter, request) {
      authorize(viewer, 'memberships.listMemberships');
      if (filter.userId === undefined && filter.organizationId === undefined) {
        throw new RequestError('BAD_USER_INPUT', 'Name a user or an organization whose memberships are listed.');
      }
      const userId = confinedTo(viewer) ?? filter.userId;
      if (userId !== filter.userId && filter.userId !== undefined) return EMPTY_PAGE;
      return store.page(db.reader, viewer.environmentId, { ...filter, userId }, request);
    },
    async createMembership(viewer, { idempotencyKey: key, ...input }) {
      authorize(viewer, 'memberships.createMembership');
      const write = (transaction: Transact<OrganizationMembership>) =>
        transaction(async (trx) => {
          const user = await users.find(trx, viewer, input.userId);
          const organization = await organizations.find(trx, viewer, input.organizationId);
          const problems: DomainError[] = problemsOfRoles(input.roles);
          checkIdempotencyKey(key, problems);
          if (!user) problems.push(new UserNotFoundError(input.userId));
          if (!organization) problems.push(new NotFoundError('Organization', input.organizationId, ['organizationId']));
          refuseIfAny(problems);
          if (!user || !organization) throw new Error('Unreachable: refuseIfAny throws if one is missing.');
          const roles = [...new Set(input.roles)];
          const [membership] = await units.insert(trx, viewer, [
            { userId: user.id, organizationId: organization.id, roles },
          ]);
          if (!membership) throw new Error('The membership was not written.');
          return membership;
        });
      return idempotency.once(viewer, { operation: 'createMembership', key, input }, (transaction) =>
        orOnConflict(
          { table: 'organization_memberships', column: 'organization_id' },
          () => write(transaction),
          () => {
            throw new MutationFailure(new AlreadyMemberError(input.organizationId));
          },
        ),
      );
    },
    async updateMembership(viewer, id, patch) {
      authorize(viewer, 'memberships.updateMembership');
      return db.transaction(viewer.environmentId, async (trx) => {
        const membership = await require(trx, viewer, id);
        const problems: InvalidInputError[] = [];
        refuseNulls(patch, ['roles'], problems);
        if (patch.roles) problems.push(...problemsOfRoles(patch.roles));
        refuseIfAny(problems);
        const roles = patch.roles ? [...new Set(patch.roles)] : membership.roles;
        return save(trx, viewer, membership, { ...membership, roles });
      });
    },
    async deactivateMembership(viewer, id) {
      authorize(viewer, 'memberships.deactivateMembership');
      return setStatus(viewer, id, 'INACTIVE');
    },
    async reactivateMembership(viewer, id) {
      authorize(viewer, 'memberships.reactivateMembership');
      return setStatus(viewer, id, 'ACTIVE');
    },
    async deleteMembership(viewer, id) {
      authorize(viewer, 'memberships.deleteMembership');
      return db.transaction(viewer.environmentId, async (trx) => {
        const membership = await require(trx, viewer, id);
        await store.remove(trx, viewer.environmentId, membership.id);
        await events.append(trx, viewer, { name: 'organization_membership.deleted', data: membership });
        return membership;
      });
    },
  };
}

/** Creates the hook that deletes the memberships of a user before the user is deleted. */
export function createMembershipRemoval(events: EventLog): UserRemoval {
  return async (trx, viewer, userId) => {
    const removed = await store.removeByUser(trx, viewer.environmentId, userId);
    const deletions = removed.map((data) => ({ name: 'organization_membership.deleted', data }) as const);
    await events.append(trx, viewer, ...deletions);
  };
}

function problemsOfRoles(roles: readonly string[]): InvalidInputError[] {
  const isRole = (role: string) => role.length <= MAX_ROLE_LENGTH && /^[a-z0-9][a-z0-9_:-]*$/.test(role);
  const wrong = roles.findIndex((role) => !isRole(role));
  if (wrong !== -1) {
    const message = `A role must be a slug of at most ${MAX_ROLE_LENGTH} characters: a-z, 0-9, "_", ":" and "-".`;
    return [new InvalidInputError('INVALID_INPUT', message, ['roles', String(wrong)])];
  }
  if (roles.length >= 1 && roles.length <= MAX_ROLES) return [];
  return [new InvalidInputError('INVALID_INPUT', `A membership must have 1 to ${MAX_ROLES} roles.`, ['roles'])];
}
