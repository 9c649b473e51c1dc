import DataLoader from 'dataloader';
import type { Handle } from '../db/handle.js';
import { createNestedLoaders } from '../db/nested-loaders.js';
import type { EnvironmentId, OrganizationId, OrganizationMembershipId } from '../ids.js';
import type { Organization } from './organization.js';
import * as organizationStore from './organization.store.js';
import type { OrganizationMembership } from './organization-membership.js';
import * as membershipStore from './organization-membership.store.js';

export type OrganizationLoaders = ReturnType<typeof createOrganizationLoaders>;

export function createOrganizationLoaders(db: Handle, environmentId: EnvironmentId) {
  return {
    byId: new DataLoader<OrganizationId, Organization | null>(async (ids) => {
      const organizations = await organizationStore.findMany(db, environmentId, ids);
      return ids.map((id) => organizations.get(id) ?? null);
    }),
    byExternalId: new DataLoader<string, Organization | null>(async (externalIds) => {
      const organizations = await organizationStore.findManyByExternalId(db, environmentId, externalIds);
      return externalIds.map((externalId) => organizations.get(externalId) ?? null);
    }),
    membershipById: new DataLoader<OrganizationMembershipId, OrganizationMembership | null>(async (ids) => {
      const memberships = await membershipStore.findMany(db, environmentId, ids);
      return ids.map((id) => memberships.get(id) ?? null);
    }),
    /** Memberships under their users. */
    membershipsByUser: createNestedLoaders(
      db,
      environmentId,
      membershipStore.pageByUsers,
      membershipStore.countByUsers,
    ),
    /** Memberships under their organizations. */
    membershipsByOrganization: createNestedLoaders(
      db,
      environmentId,
      membershipStore.pageByOrganizations,
      membershipStore.countByOrganizations,
    ),
  };
}
