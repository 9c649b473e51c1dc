import type { Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import { type DomainError, InvalidInputError, MutationFailure, NotFoundError, refuseIfAny } from '../errors.js';
import type { NewEvent } from '../events/event.js';
import type { EventLog } from '../events/event.service.js';
import { createdAtOf, type Ids } from '../ids.js';
import { normalizeEmail, UserNotFoundError } from '../users/user.js';
import type { UserRemoval, UserService } from '../users/user.service.js';
import type { OrganizationService } from './organization.service.js';
import {
  AlreadyMemberError,
  MAX_ROLE_LENGTH,
  MAX_ROLES,
  type NewMembership,
  type OrganizationMembership,
} from './organization-membership.js';
import * as store from './organization-membership.store.js';

export interface OrganizationMembershipService {
  /** @throws {MutationFailure} with every problem of the input, or ALREADY_MEMBER */
  createMembership(viewer: Viewer, input: NewMembership): Promise<OrganizationMembership>;
}

export function createOrganizationMembershipService(deps: {
  db: Database;
  ids: Ids;
  events: EventLog;
  users: UserService;
  organizations: OrganizationService;
}): OrganizationMembershipService {
  const { db, ids, events, users, organizations } = deps;
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
          await store.insert(trx, viewer.environmentId, membership, normalizeEmail(user.email));
          await events.append(trx, viewer, membershipEvent('organization_membership.created', membership));
          return membership;
        });
      } catch (error) {
        if (!store.isMember(error)) throw error;
        throw new MutationFailure(new AlreadyMemberError(input.organizationId));
      }
    },
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

function membershipEvent(
  name: 'organization_membership.created' | 'organization_membership.deleted',
  membership: OrganizationMembership,
) {
  const { userId, organizationId } = membership;
  return { name, userId, organizationId, data: membership } satisfies NewEvent;
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
