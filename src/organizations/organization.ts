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
