import DataLoader from 'dataloader';
import { defineLoaders } from '../auth/loaders.js';
import type { OrganizationId } from '../domain/ids.js';
import type { Organization } from './organization.js';
import * as store from './organization.store.js';
import { ORGANIZATIONS } from './organization.table.js';

/** Loaders of organizations. */
export const organizationLoaders = defineLoaders(
  'organizations.read',
  ({ db, environmentId, see }) => ({
    byId: new DataLoader<OrganizationId, Organization | null>(async (ids) => {
      const organizations = await store.findMany(db, environmentId, ids);
      return ids.map((id) => see(organizations.get(id)));
    }),
    byExternalId: new DataLoader<string, Organization | null>(async (externalIds) => {
      const organizations = await store.findManyByExternalId(db, environmentId, externalIds);
      return externalIds.map((externalId) => see(organizations.get(externalId)));
    }),
  }),
  { mapping: ORGANIZATIONS },
);
