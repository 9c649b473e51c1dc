import { builder, requires } from '../graphql/builder.js';
import { answer, MutationError, payloadType } from '../graphql/mutation-error.graphql.js';
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../idempotency/idempotency.graphql.js';
import { IdempotencyError } from '../idempotency/idempotency.js';
import type { UserId } from '../ids.js';
import { PasswordHashType, PasswordSaltPosition } from '../passwords/password.graphql.js';
import { PasswordError } from '../passwords/password.js';
import { User } from './user.graphql.js';
import { EmailNotAvailableError, UserNotFoundError, type User as UserShape, VersionConflictError } from './user.js';
import { NEW_USER_ERRORS } from './user-bulk.js';

builder.objectType(UserNotFoundError, {
  name: 'UserNotFoundError',
  description: 'No user has this id in the environment.',
  interfaces: [MutationError],
  fields: (t) => ({ userId: t.exposeID('userId', { description: 'The id that was given.' }) }),
});

builder.objectType(EmailNotAvailableError, {
  name: 'EmailNotAvailableError',
  description: 'The address belongs to another user, in whatever letter case and spelling of its domain.',
  interfaces: [MutationError],
  fields: (t) => ({ email: t.exposeString('email', { description: 'The address that is taken.' }) }),
});

builder.objectType(PasswordError, {
  name: 'PasswordError',
  description: 'The password breaks the policy.',
  interfaces: [MutationError],
  fields: (t) => ({
    minimumLength: t.int({
      nullable: true,
      description: 'Fewest characters a password may have; given when this one has fewer.',
      resolve: ({ details }) => details.minimumLength ?? null,
    }),
    suggestions: t.stringList({
      description: 'What would make the password stronger, in English.',
      resolve: ({ details }) => details.suggestions ?? [],
    }),
  }),
});

builder.objectType(VersionConflictError, {
  name: 'VersionConflictError',
  description: 'The user has moved on from the version that was expected. Nothing was changed.',
  interfaces: [MutationError],
  fields: (t) => ({
    currentVersion: t.exposeInt('currentVersion', { description: 'The version the user is at.' }),
    user: t.field({ type: User, description: 'The user as they are now.', resolve: ({ user }) => user }),
  }),
});

export const CreateUserInput = builder.inputType('CreateUserInput', {
  description: 'A new user.',
  fields: (t) => ({
    email: t.string({
      required: true,
      description: 'Address; unique in the environment, whatever the letter case and the spelling of its domain.',
    }),
    emailVerified: t.boolean({ defaultValue: false, description: 'Whether the address is known to be theirs.' }),
    firstName: t.string({ description: 'Given name.' }),
    lastName: t.string({ description: 'Family name.' }),
    name: t.string({ description: 'Full name; not made from the other two.' }),
    externalId: t.string({ description: 'Id in your own system; unique in the environment.' }),
    metadata: t.field({ type: 'Metadata', description: 'Your own texts about the user.' }),
    password: t.string({ description: 'At least 10 characters and not easy to guess; stored as argon2id.' }),
    passwordHash: t.string({
      description: 'Hash of the password from another system, instead of the password; at most 512 characters.',
    }),
    passwordHashType: t.field({ type: PasswordHashType, description: 'What passwordHash is; given together with it.' }),
    passwordSaltPosition: t.field({
      type: PasswordSaltPosition,
      description: 'With SSHA256 only: where the salt stood; SUFFIX when left out.',
    }),
    idempotencyKey: t.string({ description: `${IDEMPOTENCY_KEY_DESCRIPTION} Not in a row of createUsers.` }),
  }),
});

const UpdateUserInput = builder.inputType('UpdateUserInput', {
  description: 'A change of a user. What is left out stays; null clears what can be empty.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Id of the user.' }),
    email: t.string({ description: 'New address. It is unverified, unless emailVerified is given too.' }),
    emailVerified: t.boolean({ description: 'Whether the address is known to be theirs.' }),
    firstName: t.string({ description: 'Given name.' }),
    lastName: t.string({ description: 'Family name.' }),
    name: t.string({ description: 'Full name.' }),
    externalId: t.string({ description: 'Id in your own system; null gives it free.' }),
    locale: t.string({ description: 'BCP 47 language tag, e.g. en-US; en_US and en-us are taken for it.' }),
    metadata: t.field({
      type: 'Metadata',
      description: 'Merged into what is there: a key set to null goes, others stay; {} or null clears all.',
    }),
    password: t.string({ description: 'New password, by the rules of createUser.' }),
    passwordHash: t.string({ description: 'Hash of the new password from another system, instead of the password.' }),
    passwordHashType: t.field({ type: PasswordHashType, description: 'What passwordHash is; given together with it.' }),
    passwordSaltPosition: t.field({
      type: PasswordSaltPosition,
      description: 'With SSHA256 only: where the salt stood; SUFFIX when left out.',
    }),
    expectedVersion: t.int({ description: 'Refuses the change when the user is at another version.' }),
  }),
});

const DeleteUserInput = builder.inputType('DeleteUserInput', {
  description: 'Which user to delete.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Id of the user.' }),
    expectedVersion: t.int({ description: 'Refuses the deletion when the user is at another version.' }),
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
      description: 'The user after the change.',
      resolve: ({ result }) => result,
    }),
  }),
);

const DeleteUserPayload = payloadType<UserId>('DeleteUser', [UserNotFoundError, VersionConflictError], (t) => ({
  deletedUserId: t.id({
    nullable: true,
    description: 'Id of the user who is gone; null when nobody was deleted.',
    resolve: ({ result }) => result,
  }),
}));

builder.mutationFields((t) => ({
  createUser: t.field({
    type: CreateUserPayload,
    ...requires('users:write'),
    description: 'Creates a user. All problems of the input are answered at once.',
    args: { input: t.arg({ type: CreateUserInput, required: true, description: 'The new user.' }) },
    resolve: (_, { input }, context) => answer(context, (viewer) => context.services.users.createUser(viewer, input)),
  }),
  updateUser: t.field({
    type: UpdateUserPayload,
    ...requires('users:write'),
    description: 'Changes a user: a field left out stays, a field set to null is cleared.',
    args: { input: t.arg({ type: UpdateUserInput, required: true, description: 'The change.' }) },
    resolve: (_, { input: { id, expectedVersion, ...patch } }, context) =>
      answer(context, (viewer) => context.services.users.updateUser(viewer, id, patch, expectedVersion)),
  }),
  deleteUser: t.field({
    type: DeleteUserPayload,
    ...requires('users:write'),
    description: 'Removes a user and all that belongs to them; the id is never given out again. Cannot be undone.',
    args: { input: t.arg({ type: DeleteUserInput, required: true, description: 'Which user.' }) },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.users.deleteUser(viewer, input.id, input.expectedVersion)),
  }),
}));
