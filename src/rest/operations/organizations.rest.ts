import { z } from 'zod';
import { isId } from '../../domain/ids.js';
import { organizationLoaders } from '../../organizations/organization.loaders.js';
import { listOf, metadataInput } from '../objects/common.js';
import { OrganizationObject, toOrganizationObject } from '../objects/organization.js';
import { notFound } from '../protocol/failure.js';
import { WRITE } from '../protocol/failures.js';
import { LIST_PARAMETERS, priceOfList, toList, toPageRequest } from '../protocol/lists.js';
import { operation } from '../protocol/operation.js';

const TAG = 'Organizations';
const ONE = { status: 200, body: OrganizationObject } as const;

const organizationInput = {
  external_id: z.string().nullable().optional().meta({ maxLength: 128, pattern: '^[\\x00-\\x7F]+$' }),
  metadata: metadataInput(),
};

export const organizationOperations = [
  operation(
    {
      id: 'listOrganizations',
      method: 'GET',
      path: '/organizations',
      tag: TAG,
      summary: 'List organizations',
      query: z.object(LIST_PARAMETERS),
      errors: [422],
      success: { status: 200, body: listOf(OrganizationObject) },
      price: priceOfList,
    },
    async ({ services, viewer }, { query }) => {
      const request = toPageRequest(query, (id) => isId('org', id));
      const page = await services.organizations.listOrganizations(viewer, {}, request);
      return toList(page, query, ({ id }) => id, toOrganizationObject);
    },
  ),
  operation(
    {
      id: 'createOrganization',
      method: 'POST',
      path: '/organizations',
      tag: TAG,
      summary: 'Create an organization',
      body: z.object({ name: z.string(), ...organizationInput }),
      errors: [400, 422],
      success: { status: 201, body: OrganizationObject },
      isIdempotent: true,
      price: WRITE,
    },
    async ({ services, viewer, idempotencyKey }, { body: { name, external_id: externalId, metadata } }) => {
      const input = { name, externalId, metadata, idempotencyKey };
      return toOrganizationObject(await services.organizations.createOrganization(viewer, input));
    },
  ),
  operation(
    {
      id: 'getOrganizationByExternalId',
      method: 'GET',
      path: '/organizations/external_id/{external_id}',
      tag: TAG,
      summary: 'Get an organization by external ID',
      errors: [404],
      success: ONE,
    },
    async ({ loaders }, { path: { external_id: externalId = '' } }) => {
      const organization = await loaders.of(organizationLoaders).byExternalId.load(externalId);
      if (!organization) throw notFound('Organization', externalId);
      return toOrganizationObject(organization);
    },
  ),
  operation(
    {
      id: 'getOrganization',
      method: 'GET',
      path: '/organizations/{id}',
      tag: TAG,
      summary: 'Get an organization',
      errors: [404],
      success: ONE,
    },
    async ({ loaders }, { path: { id = '' } }) => {
      const organizations = loaders.of(organizationLoaders);
      const organization = isId('org', id) ? await organizations.byId.load(id) : null;
      if (!organization) throw notFound('Organization', id);
      return toOrganizationObject(organization);
    },
  ),
  operation(
    {
      id: 'updateOrganization',
      method: 'PUT',
      path: '/organizations/{id}',
      tag: TAG,
      summary: 'Update an organization',
      body: z.object({ name: z.string().optional(), ...organizationInput }),
      errors: [400, 404, 422],
      success: ONE,
      price: WRITE,
    },
    async ({ services, viewer }, { path: { id = '' }, body: { name, external_id: externalId, metadata } }) => {
      const patch = { name, externalId, metadata };
      return toOrganizationObject(await services.organizations.updateOrganization(viewer, id, patch));
    },
  ),
  operation(
    {
      id: 'deleteOrganization',
      method: 'DELETE',
      path: '/organizations/{id}',
      tag: TAG,
      summary: 'Delete an organization',
      errors: [404, 409],
      success: { status: 200, body: null },
      price: WRITE,
    },
    async ({ services, viewer }, { path: { id = '' } }) => {
      await services.organizations.deleteOrganization(viewer, id);
      return null;
    },
  ),
];
