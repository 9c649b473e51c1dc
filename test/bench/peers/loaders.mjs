import DataLoader from 'dataloader';
import { rootResolvers, VALUES } from './schema.mjs';

/** Resolvers with a DataLoader for each request, as most servers are written. */
export function resolversOf(store) {
  return {
    ...rootResolvers(store),
    User: { ...VALUES.User, authorizedApplications: ({ id }, _, { grants }) => grants.load(id) },
    AuthorizedApplication: {
      ...VALUES.AuthorizedApplication,
      application: ({ applicationId }, _, { applications }) => applications.load(applicationId),
    },
  };
}

/** The loaders of one request. */
export function loadersOf(store) {
  return {
    grants: new DataLoader(async (ids) => store.grantsOf(ids)),
    applications: new DataLoader(async (ids) => store.applications(ids)),
  };
}
