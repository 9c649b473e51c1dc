import { requireViewer } from '../../auth/viewer.js';
import { MAX_ROWS_COUNTED } from '../../db/totals.js';
import { isId } from '../../domain/ids.js';
import type { Organization as OrganizationShape } from '../../organizations/organization.js';
import { organizationLoaders } from '../../organizations/organization.loaders.js';
import { examines } from '../bounds/cost.js';
import { builder, requires } from '../builder/builder.js';
import { connect, connectionType, listSize, pageArgs, toPageRequest } from '../builder/connection.js';
import type { GraphQLContext } from '../builder/context.js';
import { Node, registerNode } from '../builder/node.graphql.js';
import { newestFirst, reads } from '../builder/reads.js';
import { registerEntity } from '../federation/entity.js';

/** GraphQL type of an organization. */
export const Organization = builder.objectRef<OrganizationShape>('Organization').implement({
  description: 'An organization, such as a company or a team. Users are members of organizations.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of the organization. It need not be unique.' }),
    externalId: t.exposeString('externalId', {
      nullable: true,
      description:
        'The ID of the organization in your own system. It is unique among the organizations of the environment.',
    }),
    metadata: t.expose('metadata', {
      type: 'Metadata',
      description: 'Arbitrary strings that you store with the organization.',
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'The date and time when the organization was created.',
    }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      description: 'The date and time when the organization was last updated.',
    }),
  }),
});

registerNode('org', {
  typename: 'Organization',
  action: 'organizations.read',
  stored: organizationLoaders,
  load: (context, id) => context.loaders.of(organizationLoaders).byId.load(id),
});

async function loadById(context: GraphQLContext, id: string): Promise<OrganizationShape | null> {
  return isId('org', id) ? context.loaders.of(organizationLoaders).byId.load(id) : null;
}

function loadByExternalId(context: GraphQLContext, externalId: string): Promise<OrganizationShape | null> {
  return context.loaders.of(organizationLoaders).byExternalId.load(externalId);
}

registerEntity(Organization, 'organizations.read', { id: loadById, externalId: loadByExternalId });

builder.queryFields((t) => ({
  organization: t.field({
    type: Organization,
    nullable: true,
    ...requires('organizations.read'),
    extensions: reads({
      kind: 'key',
      loaders: organizationLoaders,
      argument: 'id',
      property: 'id',
      index: null,
      accepts: (id) => isId('org', id),
    }),
    description: 'Look up an organization by its ID. Returns null if no organization has this ID.',
    args: { id: t.arg.id({ required: true, description: 'The ID of the organization: org_…' }) },
    resolve: (_, { id }, context) => loadById(context, id),
  }),
  organizationByExternalId: t.field({
    type: Organization,
    nullable: true,
    ...requires('organizations.read'),
    description: 'Look up an organization by its external ID. Returns null if no organization has this external ID.',
    args: {
      externalId: t.arg.string({ required: true, description: 'The ID of the organization in your own system.' }),
    },
    resolve: (_, { externalId }, context) => loadByExternalId(context, externalId),
  }),
}));

const OrganizationConnection = connectionType(Organization, 'organizations');

const OrganizationFilterInput = builder.inputType('OrganizationFilter', {
  description: 'Filters organizations. All given conditions must match. A condition that is null is ignored.',
  fields: (t) => ({
    name: t.string({ description: 'Matches organizations with exactly this name.' }),
    externalId: t.string({ description: 'Matches the organization with exactly this external ID.' }),
  }),
});

const listing = { order: 'organizations:CREATED_AT:DESC', position: ({ id }: OrganizationShape) => [id] as const };

builder.queryField('organizations', (t) =>
  t.field({
    type: OrganizationConnection,
    ...requires('organizations.listOrganizations'),
    listSize,
    extensions: {
      ...examines({ args: ['filter'], rows: 0, rowsOfTotal: MAX_ROWS_COUNTED }),
      ...reads({
        kind: 'list',
        action: 'organizations.listOrganizations',
        mapping: organizationLoaders.mapping,
        listOf: ({ filter }) => (filter == null ? newestFirst(listing.order) : null),
      }),
    },
    description: 'A list of the organizations of the environment, newest first.',
    args: {
      filter: t.arg({
        type: OrganizationFilterInput,
        description: 'Returns only organizations that match this filter.',
      }),
      ...pageArgs,
    },
    resolve: async (_, { filter, ...args }, context) => {
      const conditions = { name: filter?.name ?? undefined, externalId: filter?.externalId ?? undefined };
      const { organizations } = context.services;
      const viewer = requireViewer(context.viewer);
      const page = await organizations.listOrganizations(viewer, conditions, toPageRequest(args, listing.order));
      return connect(page, listing, () => organizations.countOrganizations(viewer, conditions));
    },
  }),
);
