import { z } from 'zod';
import { confinedTo, isAllowed } from '../../auth/policy.js';
import { RequestError } from '../../domain/errors.js';
import { isId } from '../../domain/ids.js';
import { organizationLoaders } from '../../organizations/organization.loaders.js';
import type { MembershipStatus, OrganizationMembership } from '../../organizations/organization-membership.js';
import { membershipLoaders } from '../../organizations/organization-membership.loaders.js';
import type { Page } from '../../paging/paging.js';
import { userLoaders } from '../../users/user.loaders.js';
import { listOf } from '../objects/common.js';
import { MembershipObject, toMembershipObject } from '../objects/organization.js';
import { failed, invalid, notFound } from '../protocol/failure.js';
import { WRITE } from '../protocol/failures.js';
import { LIST_PARAMETERS, type ListQuery, priceOfList, toList, toPageRequest } from '../protocol/lists.js';
import { operation, type RestContext } from '../protocol/operation.js';

const TAG = 'Organization memberships';
const PATH = '/user_management/organization_memberships';
const ONE = { status: 200, body: MembershipObject } as const;
const KIND = 'Organization membership';

const roleInput = {
  role_slug: z.string().optional(),
  role_slugs: z.array(z.string()).optional(),
};

/** The role of a membership when none is given (WorkOS contract, section 6). */
const DEFAULT_ROLE = 'member';

function rolesOf({
  role_slug: slug,
  role_slugs: slugs,
}: z.output<z.ZodObject<typeof roleInput>>): string[] | undefined {
  if (slug !== undefined && slugs !== undefined) throw invalid('Set role_slug or role_slugs, not both.');
  return slugs ?? (slug === undefined ? undefined : [slug]);
}

/** A role that is not a slug has a code of its own. */
const ROLE_FAILURES = { INVALID_INPUT: [422, 'invalid_role'] } as const;

/** Adds the user and the name of the organization, if the viewer may read organizations. */
async function withReferences({ loaders, viewer }: RestContext, membership: OrganizationMembership) {
  const mayReadName = confinedTo(viewer) !== null || isAllowed(viewer, 'organizations.read');
  const [user, organization] = await Promise.all([
    loaders.of(userLoaders).byId.load(membership.userId),
    mayReadName ? loaders.linked(organizationLoaders).byId.load(membership.organizationId) : null,
  ]);
  if (user) return toMembershipObject(membership, user, organization);
  throw new RequestError('DELETED_MEANWHILE', 'The user was deleted meanwhile. Send the request again.');
}

/** The response contains the user, so writing a membership requires that the viewer may read users. */
async function write(context: RestContext, change: () => Promise<OrganizationMembership>) {
  context.loaders.of(userLoaders);
  return withReferences(context, await change());
}

async function toMemberships(context: RestContext, page: Page<OrganizationMembership>, query: ListQuery) {
  const objects = await Promise.all(page.items.map((membership) => withReferences(context, membership)));
  return toList(
    { ...page, items: objects },
    query,
    ({ id }) => id,
    (object) => object,
  );
}

export const membershipOperations = [
  operation(
    {
      id: 'listOrganizationMemberships',
      method: 'GET',
      path: PATH,
      tag: TAG,
      summary: 'List organization memberships',
      query: z.object({
        ...LIST_PARAMETERS,
        user_id: z.string().optional().meta({ description: 'Only memberships of this user.' }),
        organization_id: z.string().optional().meta({ description: 'Only memberships of this organization.' }),
        statuses: z
          .array(z.enum(['active', 'inactive', 'pending']))
          .optional()
          .meta({ description: 'Only memberships with one of these statuses.' }),
      }),
      errors: [400, 404, 409, 422],
      success: { status: 200, body: listOf(MembershipObject) },
      // Each membership comes with its user and its organization.
      price: (query) => ({ points: 1 + 3 * (priceOfList(query).points - 1), rows: 0 }),
    },
    async (context, { query }) => {
      const { user_id: userId, organization_id: organizationId, statuses } = query;
      if (userId === undefined && organizationId === undefined) {
        const message = 'Set user_id or organization_id.';
        throw failed([400, 'missing_user_id_or_organization_id'], message);
      }
      const request = toPageRequest(query, (id) => isId('om', id));
      if (userId !== undefined && !isId('user', userId)) throw notFound('User', userId);
      if (organizationId !== undefined && !isId('org', organizationId)) throw notFound('Organization', organizationId);
      const wanted = statuses?.map((status) => status.toUpperCase() as MembershipStatus); // the same names
      const filter = { userId, organizationId, statuses: wanted };
      const page = await context.services.memberships.listMemberships(context.viewer, filter, request);
      return toMemberships(context, page, query);
    },
  ),
  operation(
    {
      id: 'createOrganizationMembership',
      method: 'POST',
      path: PATH,
      tag: TAG,
      summary: 'Create an organization membership',
      body: z.object({ user_id: z.string(), organization_id: z.string(), ...roleInput }),
      errors: [404, 409, 422],
      success: { status: 201, body: MembershipObject },
      failures: ROLE_FAILURES,
      isIdempotent: true,
      price: WRITE,
    },
    async (context, { body }) => {
      const roles = rolesOf(body) ?? [DEFAULT_ROLE];
      const { idempotencyKey } = context;
      const input = { userId: body.user_id, organizationId: body.organization_id, roles, idempotencyKey };
      return write(context, () => context.services.memberships.createMembership(context.viewer, input));
    },
  ),
  operation(
    {
      id: 'getOrganizationMembership',
      method: 'GET',
      path: `${PATH}/{id}`,
      tag: TAG,
      summary: 'Get an organization membership',
      errors: [404, 409],
      success: ONE,
    },
    async (context, { path: { id = '' } }) => {
      const memberships = context.loaders.of(membershipLoaders);
      const membership = isId('om', id) ? await memberships.byId.load(id) : null;
      if (!membership) throw notFound(KIND, id);
      return withReferences(context, membership);
    },
  ),
  operation(
    {
      id: 'updateOrganizationMembership',
      method: 'PUT',
      path: `${PATH}/{id}`,
      tag: TAG,
      summary: 'Update an organization membership',
      body: z.object(roleInput),
      errors: [404, 409, 422],
      success: ONE,
      failures: ROLE_FAILURES,
      price: WRITE,
    },
    async (context, { path: { id = '' }, body }) => {
      const patch = { roles: rolesOf(body) };
      return write(context, () => context.services.memberships.updateMembership(context.viewer, id, patch));
    },
  ),
  operation(
    {
      id: 'deleteOrganizationMembership',
      method: 'DELETE',
      path: `${PATH}/{id}`,
      tag: TAG,
      summary: 'Delete an organization membership',
      errors: [404],
      success: { status: 200, body: null },
      price: WRITE,
    },
    async ({ services, viewer }, { path: { id = '' } }) => {
      await services.memberships.deleteMembership(viewer, id);
      return null;
    },
  ),
  operation(
    {
      id: 'deactivateOrganizationMembership',
      method: 'PUT',
      path: `${PATH}/{id}/deactivate`,
      tag: TAG,
      summary: 'Deactivate an organization membership',
      errors: [400, 404, 409],
      success: ONE,
      price: WRITE,
    },
    async (context, { path: { id = '' } }) =>
      write(context, () => context.services.memberships.deactivateMembership(context.viewer, id)),
  ),
  operation(
    {
      id: 'reactivateOrganizationMembership',
      method: 'PUT',
      path: `${PATH}/{id}/reactivate`,
      tag: TAG,
      summary: 'Reactivate an organization membership',
      errors: [400, 404, 409],
      success: ONE,
      price: WRITE,
    },
    async (context, { path: { id = '' } }) =>
      write(context, () => context.services.memberships.reactivateMembership(context.viewer, id)),
  ),
];
