import type { Selectable } from 'kysely';
import type { Instant } from '../clock.js';
import type { EnvironmentId, OrganizationId } from '../ids.js';
import type { Metadata } from '../metadata.js';
import type { Organization } from './organization.js';

export interface OrganizationTable {
  environment_id: EnvironmentId;
  id: OrganizationId;
  name: string;
  external_id: string | null;
  /** JSON object of texts. */
  metadata: string;
  created_at: Instant;
  updated_at: Instant;
}

export type OrganizationRow = Selectable<OrganizationTable>;

export function toOrganization(row: OrganizationRow): Organization {
  return {
    id: row.id,
    name: row.name,
    externalId: row.external_id,
    // Written by toOrganizationRow only, from checked metadata.
    metadata: JSON.parse(row.metadata) as Metadata,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function toOrganizationRow(environmentId: EnvironmentId, organization: Organization): OrganizationRow {
  return {
    environment_id: environmentId,
    id: organization.id,
    name: organization.name,
    external_id: organization.externalId,
    metadata: JSON.stringify(organization.metadata),
    created_at: organization.createdAt,
    updated_at: organization.updatedAt,
  };
}
