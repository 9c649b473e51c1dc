import type { OrganizationId } from '../domain/ids.js';
import type { Metadata, MetadataInput } from '../input/metadata.js';
import type { Instant } from '../runtime/clock.js';

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

/** Input of `updateOrganization`. An undefined field is not changed; null clears a nullable field. */
export interface OrganizationPatch extends Omit<NewOrganization, 'name' | 'idempotencyKey'> {
  readonly name?: string | null | undefined;
}

/** Filter of a list of organizations. All conditions must match. */
export interface OrganizationFilter {
  readonly name?: string | undefined;
  readonly externalId?: string | undefined;
}

/** Maximum number of memberships that are deleted with an organization. One with more cannot be deleted. */
export const MAX_MEMBERSHIPS_DELETED = 1_000;
