import DataLoader from 'dataloader';
import { createListsOfUsers, defineLoaders } from '../auth/loaders.js';
import { createNestedLoaders } from '../db/nested-loaders.js';
import type { OrganizationMembershipId } from '../domain/ids.js';
import type { OrganizationMembership } from './organization-membership.js';
import * as store from './organization-membership.store.js';
import { MEMBERSHIPS } from './organization-membership.table.js';

/** Loaders of memberships. */
export const membershipLoaders = defineLoaders(
  'memberships.read',
  (reading) => ({
    byId: new DataLoader<OrganizationMembershipId, OrganizationMembership | null>(async (ids) => {
      const memberships = await store.findMany(reading.db, reading.environmentId, ids);
      return ids.map((id) => reading.see(memberships.get(id)));
    }),
    /** Memberships by user. */
    byUser: createListsOfUsers(reading, store.pageByUsers, store.countByUsers),
  }),
  { mapping: MEMBERSHIPS, lists: { byUser: store.BY_USER } },
);

/** Loaders of the memberships of organizations, of all their members. */
export const memberLoaders = defineLoaders(
  'members.read',
  ({ db, environmentId }) =>
    createNestedLoaders(db, environmentId, store.pageByOrganizations, store.countByOrganizations),
  { mapping: MEMBERSHIPS, lists: { byOrganization: store.BY_ORGANIZATION } },
);
