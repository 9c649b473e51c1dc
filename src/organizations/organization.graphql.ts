import { requireViewer } from '../auth/viewer.js';
import { MAX_ROWS_COUNTED } from '../db/totals.js';
import { examines } from '../graphql/bounds/cost.js';
import { builder, requires } from '../graphql/builder.js';
import { connect, connectionType, listSize, pageArgs, toPageRequest } from '../graphql/connection.js';
import type { GraphQLContext } from '../graphql/context.js';
import { registerEntity } from '../graphql/federation/entity.js';
import { Node, registerNode } from '../graphql/node.graphql.js';
import { isId } from '../ids.js';
import type { Organization as OrganizationShape } from './organization.js';

/** A company or team that users belong to. */
export const Organization = builder.objectRef<OrganizationShape>('Organization').implement({
  description: 'A company or team that users belong to.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name; not unique.' }),
    externalId: t.exposeString('externalId', {
      nullable: true,
      description: 'Id in your own system; unique among the organizations of the environment.',
    }),
    metadata: t.expose('metadata', { type: 'Metadata', description: 'Your own texts about the organization.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it last changed.' }),
  }),
});

registerNode('org', {
  typename: 'Organization',
  scope: 'organizations:read',
  load: (context, id) => context.loaders.organizations.byId.load(id),
});

async function loadById(context: GraphQLContext, id: string): Promise<OrganizationShape | null> {
  return isId('org', id) ? context.loaders.organizations.byId.load(id) : null;
}

function loadByExternalId(context: GraphQLContext, externalId: string): Promise<OrganizationShape | null> {
  return context.loaders.organizations.byExternalId.load(externalId);
}

registerEntity(Organization, 'organizations:read', { id: loadById, externalId: loadByExternalId });

builder.queryFields((t) => ({
  organization: t.field({
    type: Organization,
    nullable: true,
    ...requires('organizations:read'),
    description: 'One organization by id; null when there is none.',
    args: { id: t.arg.id({ required: true, description: 'Id of the organization: org_…' }) },
    resolve: (_, { id }, context) => loadById(context, id),
  }),
  organizationByExternalId: t.field({
    type: Organization,
    nullable: true,
    ...requires('organizations:read'),
    description: 'One organization by the id your own system gave it; null when there is none.',
    args: { externalId: t.arg.string({ required: true, description: 'Id in your own system.' }) },
    resolve: (_, { externalId }, context) => loadByExternalId(context, externalId),
  }),
}));

const OrganizationConnection = connectionType(Organization, 'organizations');

const OrganizationFilterInput = builder.inputType('OrganizationFilter', {
  description: 'Conditions on organizations. All given ones must hold; one that is null or left out does not count.',
  fields: (t) => ({
    name: t.string({ description: 'Exactly this name.' }),
    externalId: t.string({ description: 'Exactly this id of your own system.' }),
  }),
});

const listing = { order: 'organizations:CREATED_AT:DESC', position: ({ id }: OrganizationShape) => [id] as const };

builder.queryField('organizations', (t) =>
  t.field({
    type: OrganizationConnection,
    ...requires('organizations:read'),
    listSize,
    extensions: examines({ args: ['filter'], rows: 0, rowsOfTotal: MAX_ROWS_COUNTED }),
    description: 'Organizations of the environment, newest first.',
    args: {
      filter: t.arg({ type: OrganizationFilterInput, description: 'Only organizations for which all of this holds.' }),
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
