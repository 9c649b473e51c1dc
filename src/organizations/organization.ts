import type { Instant } from '../clock.js';
import type { OrganizationId } from '../ids.js';
import type { Metadata, MetadataInput } from '../metadata.js';

/** A company or team that users belong to (WorkOS contract, section 6). */
export interface Organization {
  readonly id: OrganizationId;
  /** Not unique. */
  readonly name: string;
  readonly externalId: string | null;
  readonly metadata: Metadata;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** Input of `createOrganization`. */
export interface NewOrganization {
  readonly name: string;
  readonly externalId?: string | null | undefined;
  readonly metadata?: MetadataInput | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

/** Input of `updateOrganization`: what is left out (undefined) stays, null clears what can be empty. */
export interface OrganizationPatch extends Omit<NewOrganization, 'name' | 'idempotencyKey'> {
  readonly name?: string | null | undefined;
}

/** Conditions on a list of organizations; all given ones hold. */
export interface OrganizationFilter {
  readonly name?: string | undefined;
  readonly externalId?: string | undefined;
}

/** Memberships that go with an organization when it is deleted; one that has more is not deleted. */
export const MAX_MEMBERSHIPS_DELETED = 1_000;
