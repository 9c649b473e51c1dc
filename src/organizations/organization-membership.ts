import type { Instant } from '../clock.js';
import { DomainError } from '../errors.js';
import type { OrganizationId, OrganizationMembershipId, UserId } from '../ids.js';

/** PENDING was invited, ACTIVE takes part, INACTIVE was shut out (WorkOS contract, section 6). */
export type MembershipStatus = 'ACTIVE' | 'INACTIVE' | 'PENDING';

/** A user's place in an organization. */
export interface OrganizationMembership {
  readonly id: OrganizationMembershipId;
  readonly userId: UserId;
  readonly organizationId: OrganizationId;
  readonly status: MembershipStatus;
  readonly roles: readonly string[];
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** Input of `createOrganizationMembership`. */
export interface NewMembership {
  readonly userId: string;
  readonly organizationId: string;
  readonly roles: readonly string[];
}

export const MAX_ROLES = 20;
export const MAX_ROLE_LENGTH = 64;

/** The user is a member of the organization already. */
export class AlreadyMemberError extends DomainError {
  constructor(readonly organizationId: string) {
    super('ALREADY_MEMBER', `The user is a member of '${organizationId}' already.`, ['organizationId']);
  }
}
