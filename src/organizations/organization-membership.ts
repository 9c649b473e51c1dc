import { DomainError } from '../domain/errors.js';
import type { OrganizationId, OrganizationMembershipId, UserId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';

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

/** Filter of a list of memberships. All conditions must match. */
export interface MembershipFilter {
  readonly userId?: UserId | undefined;
  readonly organizationId?: OrganizationId | undefined;
  /** The membership has one of these. An empty list matches nothing. */
  readonly statuses?: readonly MembershipStatus[] | undefined;
}

/** Input of `createOrganizationMembership`. */
export interface NewMembership {
  readonly userId: string;
  readonly organizationId: string;
  readonly roles: readonly string[];
  readonly idempotencyKey?: string | null | undefined;
}

/** Input of `updateOrganizationMembership`. An undefined field is not changed. */
export interface MembershipPatch {
  readonly roles?: readonly string[] | null | undefined;
}

export const MAX_ROLES = 20;
export const MAX_ROLE_LENGTH = 64;

/** The user is already a member of the organization. */
export class AlreadyMemberError extends DomainError {
  constructor(readonly organizationId: string) {
    super('ALREADY_MEMBER', `The user is already a member of '${organizationId}'.`, ['organizationId']);
  }
}

/** A pending membership can be deleted, but neither deactivated nor reactivated (contract, section 6). */
export class MembershipPendingError extends DomainError {
  constructor(
    code: 'CANNOT_DEACTIVATE_PENDING_ORGANIZATION_MEMBERSHIP' | 'CANNOT_REACTIVATE_PENDING_ORGANIZATION_MEMBERSHIP',
    readonly membershipId: OrganizationMembershipId,
  ) {
    super(code, 'A pending membership can only be deleted: the user has not accepted the invitation.', ['id']);
  }
}
