import type { Instant } from '../clock.js';
import { DomainError } from '../errors.js';
import type { NewEvent } from '../events/event.js';
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

/** Input of `updateOrganizationMembership`: what is left out (undefined) stays. */
export interface MembershipPatch {
  readonly roles?: readonly string[] | null | undefined;
}

export const MAX_ROLES = 20;
export const MAX_ROLE_LENGTH = 64;

/** The user is a member of the organization already. */
export class AlreadyMemberError extends DomainError {
  constructor(readonly organizationId: string) {
    super('ALREADY_MEMBER', `The user is a member of '${organizationId}' already.`, ['organizationId']);
  }
}

/** Contract, section 6: a pending membership can be neither deactivated nor reactivated, but deleted. */
export class MembershipPendingError extends DomainError {
  constructor(
    code: 'CANNOT_DEACTIVATE_PENDING_ORGANIZATION_MEMBERSHIP' | 'CANNOT_REACTIVATE_PENDING_ORGANIZATION_MEMBERSHIP',
    readonly membershipId: OrganizationMembershipId,
  ) {
    super(code, 'The user was invited and has not answered: the membership can only be deleted.', ['id']);
  }
}

/** The event of what happened to a membership. */
export function membershipEvent(
  name: `organization_membership.${'created' | 'updated' | 'deleted'}`,
  membership: OrganizationMembership,
) {
  const { userId, organizationId } = membership;
  return { name, userId, organizationId, data: membership } satisfies NewEvent;
}
