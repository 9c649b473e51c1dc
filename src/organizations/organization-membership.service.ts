import type { Viewer } from '../auth/viewer.js';
import type { Clock } from '../clock.js';
import type { Database } from '../db/database.js';
import type { Transaction } from '../db/handle.js';
import { type DomainError, InvalidInputError, MutationFailure, NotFoundError, refuseIfAny } from '../errors.js';
import type { EventLog } from '../events/event.service.js';
import { createdAtOf, type Ids, isId } from '../ids.js';
import { changedFields, refuseNulls } from '../patch.js';
import { UserNotFoundError } from '../users/user.js';
import type { UserRemoval, UserService } from '../users/user.service.js';
import type { OrganizationService } from './organization.service.js';
import {
  AlreadyMemberError,
  MAX_ROLE_LENGTH,
  MAX_ROLES,
  type MembershipPatch,
  MembershipPendingError,
  membershipEvent,
  type NewMembership,
  type OrganizationMembership,
} from './organization-membership.js';
import * as store from './organization-membership.store.js';

export interface OrganizationMembershipService {
  /** @throws {MutationFailure} with every problem of the input, or ALREADY_MEMBER */
  createMembership(viewer: Viewer, input: NewMembership): Promise<OrganizationMembership>;
  /** @throws {MutationFailure} NOT_FOUND, or every problem of the patch */
  updateMembership(viewer: Viewer, id: string, patch: MembershipPatch): Promise<OrganizationMembership>;
  /** Shuts a member out. @throws {MutationFailure} NOT_FOUND, or that it is pending */
  deactivateMembership(viewer: Viewer, id: string): Promise<OrganizationMembership>;
  /** Lets a member take part again. @throws {MutationFailure} NOT_FOUND, or that it is pending */
  reactivateMembership(viewer: Viewer, id: string): Promise<OrganizationMembership>;
  /** Ends a membership, whatever its status. @throws {MutationFailure} NOT_FOUND */
  deleteMembership(viewer: Viewer, id: string): Promise<OrganizationMembership>;
}

export function createOrganizationMembershipService(deps: {
  db: Database;
  clock: Clock;
  ids: Ids;
  events: EventLog;
  users: UserService;
  organizations: OrganizationService;
}): OrganizationMembershipService {
  const { db, clock, ids, events, users, organizations } = deps;

  async function require(trx: Transaction, viewer: Viewer, id: string): Promise<OrganizationMembership> {
    const found = isId('om', id) ? (await store.findMany(trx, viewer.environmentId, [id])).get(id) : undefined;
    if (!found) throw new MutationFailure(new NotFoundError('Organization membership', id, ['id']));
    return found;
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
    await events.append(trx, viewer, { ...membershipEvent('organization_membership.updated', next), previous });
    return next;
  }

  function setStatus(viewer: Viewer, id: string, status: 'ACTIVE' | 'INACTIVE') {
    return db.transaction(async (trx) => {
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
    async createMembership(viewer, input) {
      try {
        return await db.transaction(async (trx) => {
          const user = await users.find(trx, viewer, input.userId);
          const organization = await organizations.find(trx, viewer, input.organizationId);
          const problems: DomainError[] = complaintsAbout(input.roles);
          if (!user) problems.push(new UserNotFoundError(input.userId));
          if (!organization) problems.push(new NotFoundError('Organization', input.organizationId, ['organizationId']));
          refuseIfAny(problems);
          if (!user || !organization) throw new Error('Both were found, or refuseIfAny has thrown.');
          const id = ids.next('om');
          const createdAt = createdAtOf(id);
          const membership: OrganizationMembership = {
            id,
            userId: user.id,
            organizationId: organization.id,
            status: 'ACTIVE',
            roles: [...new Set(input.roles)],
            createdAt,
            updatedAt: createdAt,
          };
          await store.insert(trx, viewer.environmentId, membership);
          await events.append(trx, viewer, membershipEvent('organization_membership.created', membership));
          return membership;
        });
      } catch (error) {
        if (!store.isMember(error)) throw error;
        throw new MutationFailure(new AlreadyMemberError(input.organizationId));
      }
    },
    updateMembership: (viewer, id, patch) =>
      db.transaction(async (trx) => {
        const membership = await require(trx, viewer, id);
        const problems: InvalidInputError[] = [];
        refuseNulls(patch, ['roles'], problems);
        if (patch.roles) problems.push(...complaintsAbout(patch.roles));
        refuseIfAny(problems);
        const roles = patch.roles ? [...new Set(patch.roles)] : membership.roles;
        return save(trx, viewer, membership, { ...membership, roles });
      }),
    deactivateMembership: (viewer, id) => setStatus(viewer, id, 'INACTIVE'),
    reactivateMembership: (viewer, id) => setStatus(viewer, id, 'ACTIVE'),
    deleteMembership: (viewer, id) =>
      db.transaction(async (trx) => {
        const membership = await require(trx, viewer, id);
        await store.remove(trx, viewer.environmentId, membership.id);
        await events.append(trx, viewer, membershipEvent('organization_membership.deleted', membership));
        return membership;
      }),
  };
}

/** Ends every membership of a user who is about to be deleted. */
export function createMembershipRemoval(events: EventLog): UserRemoval {
  return async (trx, viewer, userId) => {
    const removed = await store.removeByUser(trx, viewer.environmentId, userId);
    const deletions = removed.map((membership) => membershipEvent('organization_membership.deleted', membership));
    await events.append(trx, viewer, ...deletions);
  };
}

function complaintsAbout(roles: readonly string[]): InvalidInputError[] {
  const isRole = (role: string) => role.length <= MAX_ROLE_LENGTH && /^[a-z0-9][a-z0-9_:-]*$/.test(role);
  const wrong = roles.findIndex((role) => !isRole(role));
  if (wrong !== -1) {
    const message = `A role is a slug of at most ${MAX_ROLE_LENGTH} characters: a-z, 0-9, "_", ":" and "-".`;
    return [new InvalidInputError('INVALID_INPUT', message, ['roles', String(wrong)])];
  }
  if (roles.length >= 1 && roles.length <= MAX_ROLES) return [];
  return [new InvalidInputError('INVALID_INPUT', `A membership has 1 to ${MAX_ROLES} roles.`, ['roles'])];
}
