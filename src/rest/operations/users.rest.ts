import { z } from 'zod';
import { pointsOf } from '../../auth/prices.js';
import { isId } from '../../domain/ids.js';
import { forEachColumn, forEachField, PROFILE_FIELDS } from '../../domain/profile-fields.js';
import { organizationLoaders } from '../../organizations/organization.loaders.js';
import { PASSWORD_HASH_TYPES, type PasswordHashType } from '../../passwords/password-hash.js';
import { userLoaders } from '../../users/user.loaders.js';
import { parseUserFilter } from '../../users/user-filter.js';
import { MAX_ROWS_EXAMINED } from '../../users/user-query.js';
import { listOf, metadataInput } from '../objects/common.js';
import { toUserObject, UserObject } from '../objects/user.js';
import { failed, notFound } from '../protocol/failure.js';
import { WRITE } from '../protocol/failures.js';
import { LIST_PARAMETERS, priceOfList, toList, toPageRequest } from '../protocol/lists.js';
import { operation } from '../protocol/operation.js';
import { readUser } from './read-user.js';

const TAG = 'Users';
const ONE = { status: 200, body: UserObject } as const;

const hashTypes = new Map(
  Object.keys(PASSWORD_HASH_TYPES).map((name) => [name.toLowerCase().replaceAll('_', '-'), name as PasswordHashType]), // its keys
);

const text = () => z.string().nullable().optional();
const profileInput = forEachColumn((field) => text().meta({ description: PROFILE_FIELDS[field].description }));

const passwordInput = {
  password: text(),
  password_hash: text(),
  password_hash_type: z
    .enum([...hashTypes.keys()])
    .nullable()
    .optional(),
  password_salt_position: z.enum(['prefix', 'suffix']).nullable().optional(),
};

const userInput = {
  ...profileInput,
  email_verified: z.boolean().nullable().optional(),
  external_id: text().meta({ maxLength: 128, pattern: '^[\\x00-\\x7F]+$' }),
  metadata: metadataInput(),
  ...passwordInput,
};

const CreateUserBody = z.object({ email: z.string().meta({ format: 'email' }), ...userInput });
const UpdateUserBody = z.object({
  email: z.string().optional().meta({ format: 'email' }),
  ...userInput,
  locale: text(),
});

type Sent = Omit<z.output<typeof UpdateUserBody>, 'email' | 'locale'>;

function toInput(sent: Sent) {
  const { password_hash_type: type, password_salt_position: position, password, metadata } = sent;
  return {
    ...forEachField((field) => sent[PROFILE_FIELDS[field].column]),
    emailVerified: sent.email_verified,
    externalId: sent.external_id,
    metadata,
    password,
    passwordHash: sent.password_hash,
    passwordHashType: type == null ? type : hashTypes.get(type),
    passwordSaltPosition: position == null ? position : (position.toUpperCase() as 'PREFIX' | 'SUFFIX'), // the enum
  };
}

/** A salt position without a hash has a code of its own (WorkOS contract, section 2.4). */
function checkSaltPosition(sent: Sent): void {
  if (sent.password_salt_position == null || sent.password_hash != null) return;
  const code = 'password_salt_position_requires_password_hash';
  throw failed([400, code], 'password_salt_position requires password_hash.');
}

export const userOperations = [
  operation(
    {
      id: 'listUsers',
      method: 'GET',
      path: '/user_management/users',
      tag: TAG,
      summary: 'List users',
      query: z.object({
        ...LIST_PARAMETERS,
        email: z.string().optional().meta({ description: 'Only the user with this address, in any spelling.' }),
        organization_id: z
          .string()
          .optional()
          .meta({ description: 'Only members of this organization, whatever the status of the membership.' }),
        organization: z.string().optional().meta({ deprecated: true, description: 'Like organization_id.' }),
      }),
      errors: [422],
      success: { status: 200, body: listOf(UserObject) },
      price: (query) => {
        const isFiltered = query.organization_id !== undefined || query.organization !== undefined;
        const rows = isFiltered ? MAX_ROWS_EXAMINED : 0;
        return { points: priceOfList(query).points + pointsOf(rows), rows };
      },
    },
    async ({ services, viewer, loaders }, { query }) => {
      const { email, organization_id, organization = organization_id } = query;
      if (organization !== undefined) {
        const found = isId('org', organization) && (await loaders.linked(organizationLoaders).byId.load(organization));
        if (!found) throw failed([422, 'invalid_request_parameters'], `Organization not found: '${organization}'.`);
      }
      const condition = parseUserFilter({
        email: email === undefined ? undefined : { eq: email },
        organizationId: organization === undefined ? undefined : { eq: organization },
      });
      const order = { field: 'CREATED_AT', direction: 'DESC' } as const;
      const request = toPageRequest(query, (id) => isId('user', id));
      const page = await services.users.listUsers(viewer, { condition, search: null }, order, request);
      return toList(page, query, ({ id }) => id, toUserObject);
    },
  ),
  operation(
    {
      id: 'createUser',
      method: 'POST',
      path: '/user_management/users',
      tag: TAG,
      summary: 'Create a user',
      body: CreateUserBody,
      errors: [400, 422],
      success: { status: 201, body: UserObject },
      failures: { EMAIL_NOT_AVAILABLE: [400, 'user_creation_error'] },
      isIdempotent: true,
      price: WRITE,
    },
    async ({ services, viewer, idempotencyKey }, { body }) => {
      checkSaltPosition(body);
      return toUserObject(
        await services.users.createUser(viewer, { email: body.email, ...toInput(body), idempotencyKey }),
      );
    },
  ),
  operation(
    {
      id: 'getUserByExternalId',
      method: 'GET',
      path: '/user_management/users/external_id/{external_id}',
      tag: TAG,
      summary: 'Get a user by external ID',
      errors: [404],
      success: ONE,
    },
    async ({ loaders }, { path: { external_id: externalId = '' } }) => {
      const user = await loaders.of(userLoaders).byExternalId.load(externalId);
      if (!user) throw notFound('User', externalId);
      return toUserObject(user);
    },
  ),
  operation(
    {
      id: 'getUser',
      method: 'GET',
      path: '/user_management/users/{id}',
      tag: TAG,
      summary: 'Get a user',
      isImmediate: true,
      errors: [404],
      success: ONE,
    },
    (context, { path: { id = '' } }) => readUser(context, id),
  ),
  operation(
    {
      id: 'updateUser',
      method: 'PUT',
      path: '/user_management/users/{id}',
      tag: TAG,
      summary: 'Update a user',
      description:
        'Properties that are left out are unchanged; null clears a property. Metadata is merged: a key with null is removed, ' +
        'and the empty object removes all keys. A new email address is unverified unless email_verified is given.',
      body: UpdateUserBody,
      errors: [400, 404, 422],
      success: ONE,
      failures: { INVALID_EMAIL: [400, 'invalid_email'] },
      price: WRITE,
    },
    async ({ services, viewer }, { path: { id = '' }, body }) => {
      checkSaltPosition(body);
      const patch = { email: body.email, locale: body.locale, ...toInput(body) };
      return toUserObject(await services.users.updateUser(viewer, id, patch));
    },
  ),
  operation(
    {
      id: 'deleteUser',
      method: 'DELETE',
      path: '/user_management/users/{id}',
      tag: TAG,
      summary: 'Delete a user',
      errors: [404],
      success: { status: 200, body: null },
      price: WRITE,
    },
    async ({ services, viewer }, { path: { id = '' } }) => {
      await services.users.deleteUser(viewer, id);
      return null;
    },
  ),
];
