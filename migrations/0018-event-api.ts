import type { Migration } from '../src/db/migrator.js';

/** The API that an event was caused through, and an index for the memberships of an organization with a status. */
export const eventApi: Migration = {
  name: '0018-event-api',
  statements: [
    "alter table events add column api text check (api in ('GRAPHQL', 'REST'))",
    `create index organization_memberships_by_status
      on organization_memberships (environment_id, organization_id, status, id)`,
  ],
};
