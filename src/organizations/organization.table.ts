import type { Selectable } from 'kysely';
import { json, mappingOf, text } from '../db/mapping.js';
import type { EnvironmentId, OrganizationId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';
import type { Organization } from './organization.js';

declare module '../db/tables.js' {
  interface Tables {
    organizations: OrganizationTable;
  }
}

export interface OrganizationTable {
  environment_id: EnvironmentId;
  id: OrganizationId;
  name: string;
  external_id: string | null;
  /** JSON object of strings. */
  metadata: string;
  created_at: Instant;
  updated_at: Instant;
}

export type OrganizationRow = Selectable<OrganizationTable>;

/** The columns of the properties of an organization. */
export const ORGANIZATIONS = mappingOf<Organization, 'organizations'>('organizations')({
  id: text('id'),
  name: text('name'),
  externalId: text('external_id'),
  metadata: json('metadata'),
  createdAt: text('created_at'),
  updatedAt: text('updated_at'),
});

export const toOrganization = ORGANIZATIONS.toItem;

export function toOrganizationRow(environmentId: EnvironmentId, organization: Organization): OrganizationRow {
  return { environment_id: environmentId, ...ORGANIZATIONS.toColumns(organization) };
}
