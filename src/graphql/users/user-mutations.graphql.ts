import type { UserId } from '../../domain/ids.js';
import { forEachField, PROFILE_FIELDS } from '../../domain/profile-fields.js';
import { IdempotencyError } from '../../idempotency/idempotency.js';
import { PasswordError } from '../../passwords/password.js';
import {
  EmailNotAvailableError,
  UserNotFoundError,
  type User as UserShape,
  VersionConflictError,
} from '../../users/user.js';
import { NEW_USER_ERRORS } from '../../users/user-bulk.js';
import { builder, requires } from '../builder/builder.js';
import { answer, MutationError, payloadType } from '../builder/mutation-error.graphql.js';
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../idempotency/idempotency.graphql.js';
import { PasswordHashType, PasswordSaltPosition } from '../passwords/password.graphql.js';
import { User } from './user.graphql.js';

builder.objectType(UserNotFoundError, {
  name: 'UserNotFoundError',
  description: 'No user in the environment has this ID.',
  interfaces: [MutationError],
  fields: (t) => ({ userId: t.exposeID('userId', { description: 'The ID that was given.' }) }),
});

builder.objectType(EmailNotAvailableError, {
  name: 'EmailNotAvailableError',
  description: 'Another user already has this email address. Case and the spelling of the domain are ignored.',
  interfaces: [MutationError],
  fields: (t) => ({ email: t.exposeString('email', { description: 'The email address that is already in use.' }) }),
});

builder.objectType(PasswordError, {
  name: 'PasswordError',
  description: 'The password violates the password policy.',
  interfaces: [MutationError],
  fields: (t) => ({
    minimumLength: t.int({
      nullable: true,
      description: 'The minimum number of characters. Null unless the password is too short.',
      resolve: ({ details }) => details.minimumLength ?? null,
    }),
    suggestions: t.stringList({
      description: 'Suggestions to make the password stronger, in English.',
      resolve: ({ details }) => details.suggestions ?? [],
    }),
  }),
});

builder.objectType(VersionConflictError, {
  name: 'VersionConflictError',
  description: 'The user is no longer at the expected version. Nothing was changed.',
  interfaces: [MutationError],
  fields: (t) => ({
    currentVersion: t.exposeInt('currentVersion', { description: 'The current version of the user.' }),
    user: t.field({ type: User, description: 'The current state of the user.', resolve: ({ user }) => user }),
  }),
});

export const CreateUserInput = builder.inputType('CreateUserInput', {
  description: 'Input for createUser.',
  fields: (t) => ({
    email: t.string({
      required: true,
      description:
        'The email address. It must be unique in the environment, ignoring case and the spelling of the domain.',
    }),
    emailVerified: t.boolean({ defaultValue: false, description: 'Whether the email address is verified.' }),
    ...forEachField((field) => t.string({ description: PROFILE_FIELDS[field].description })),
    externalId: t.string({
      description: 'The ID of the user in your own system. It must be unique among the users of the environment.',
    }),
    metadata: t.field({ type: 'Metadata', description: 'Arbitrary strings that you store with the user.' }),
    password: t.string({
      description: 'The password: at least 10 characters and not easy to guess. The server stores its argon2id hash.',
    }),
    passwordHash: t.string({
      description: 'The password hash from another system, instead of the password. At most 512 characters.',
    }),
    passwordHashType: t.field({
      type: PasswordHashType,
      description: 'The format of passwordHash. Required if passwordHash is given.',
    }),
    passwordSaltPosition: t.field({
      type: PasswordSaltPosition,
      description: 'The position of the salt in an SSHA256 hash. Defaults to SUFFIX.',
    }),
    idempotencyKey: t.string({ description: `${IDEMPOTENCY_KEY_DESCRIPTION} Not allowed in a row of createUsers.` }),
  }),
});

const UpdateUserInput = builder.inputType('UpdateUserInput', {
  description: 'Input for updateUser. Omitted fields keep their values, and null clears optional fields.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The ID of the user.' }),
    email: t.string({ description: 'The new email address. It is unverified unless emailVerified is also given.' }),
    emailVerified: t.boolean({ description: 'Whether the email address is verified.' }),
    ...forEachField((field) => t.string({ description: PROFILE_FIELDS[field].description })),
    externalId: t.string({ description: 'The ID of the user in your own system. Null removes it.' }),
    locale: t.string({
      description: 'The locale as a BCP 47 language tag, e.g. en-US. Spellings such as en_US and en-us are normalized.',
    }),
    metadata: t.field({
      type: 'Metadata',
      description:
        'Metadata to merge into the existing metadata. A null value removes its key; {} or null removes all keys.',
    }),
    password: t.string({ description: 'The new password, with the same rules as in createUser.' }),
    passwordHash: t.string({
      description: 'The hash of the new password from another system, instead of the password.',
    }),
    passwordHashType: t.field({
      type: PasswordHashType,
      description: 'The format of passwordHash. Required if passwordHash is given.',
    }),
    passwordSaltPosition: t.field({
      type: PasswordSaltPosition,
      description: 'The position of the salt in an SSHA256 hash. Defaults to SUFFIX.',
    }),
    expectedVersion: t.int({
      description: 'Rejects the update with VERSION_CONFLICT if the user is at another version.',
    }),
  }),
});

const DeleteUserInput = builder.inputType('DeleteUserInput', {
  description: 'Input for deleteUser.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The ID of the user.' }),
    expectedVersion: t.int({
      description: 'Rejects the deletion with VERSION_CONFLICT if the user is at another version.',
    }),
  }),
});

export const CreateUserPayload = payloadType<UserShape>(
  'CreateUser',
  [...Object.values(NEW_USER_ERRORS), IdempotencyError],
  (t) => ({
    user: t.field({ type: User, nullable: true, description: 'The new user.', resolve: ({ result }) => result }),
  }),
);

const UpdateUserPayload = payloadType<UserShape>(
  'UpdateUser',
  [UserNotFoundError, ...Object.values(NEW_USER_ERRORS), VersionConflictError],
  (t) => ({
    user: t.field({
      type: User,
      nullable: true,
      description: 'The updated user.',
      resolve: ({ result }) => result,
    }),
  }),
);

const DeleteUserPayload = payloadType<UserId>('DeleteUser', [UserNotFoundError, VersionConflictError], (t) => ({
  deletedUserId: t.id({
    nullable: true,
    description: 'The ID of the deleted user. Null if nothing was deleted.',
    resolve: ({ result }) => result,
  }),
}));

builder.mutationFields((t) => ({
  createUser: t.field({
    type: CreateUserPayload,
    ...requires('users.createUser'),
    description: 'Creates a user. Returns all errors of the input at once.',
    args: { input: t.arg({ type: CreateUserInput, required: true, description: 'Parameters for createUser.' }) },
    resolve: (_, { input }, context) => answer(context, (viewer) => context.services.users.createUser(viewer, input)),
  }),
  updateUser: t.field({
    type: UpdateUserPayload,
    ...requires('users.updateUser'),
    description: 'Updates a user. Omitted fields keep their values, and null clears a field.',
    args: { input: t.arg({ type: UpdateUserInput, required: true, description: 'Parameters for updateUser.' }) },
    resolve: (_, { input: { id, expectedVersion, ...patch } }, context) =>
      answer(context, (viewer) => context.services.users.updateUser(viewer, id, patch, expectedVersion)),
  }),
  deleteUser: t.field({
    type: DeleteUserPayload,
    ...requires('users.deleteUser'),
    description: 'Deletes a user and everything that belongs to them. Their ID is never reused. Cannot be undone.',
    args: { input: t.arg({ type: DeleteUserInput, required: true, description: 'Parameters for deleteUser.' }) },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.users.deleteUser(viewer, input.id, input.expectedVersion)),
  }),
}));
