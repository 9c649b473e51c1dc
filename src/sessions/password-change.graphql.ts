import { InvalidInputError, RateLimitedError } from '../errors.js';
import { oncePerOperation } from '../graphql/bounds/measure.js';
import { builder } from '../graphql/builder.js';
import { answer, payloadType } from '../graphql/mutation-error.graphql.js';
import { PasswordError } from '../passwords/password.js';
import { User } from '../users/user.graphql.js';
import type { User as UserShape } from '../users/user.js';
import { InvalidCredentialsError } from './sign-in.js';

const ChangePasswordPayload = payloadType<UserShape>(
  'ChangePassword',
  [InvalidCredentialsError, PasswordError, InvalidInputError, RateLimitedError],
  (t) => ({
    user: t.field({
      type: User,
      nullable: true,
      description: 'The user, with the new password.',
      resolve: ({ result }) => result,
    }),
  }),
);

const ChangePasswordInput = builder.inputType('ChangePasswordInput', {
  description: 'The password one has, and the one one wants.',
  fields: (t) => ({
    currentPassword: t.string({ required: true, description: 'The password until now.' }),
    password: t.string({ required: true, description: 'The password from now on.' }),
  }),
});

builder.mutationField('changePassword', (t) =>
  t.field({
    type: ChangePasswordPayload,
    authenticated: true,
    extensions: oncePerOperation,
    description: 'Gives the person who is signed in another password. Their other sessions end.',
    args: { input: t.arg({ type: ChangePasswordInput, required: true, description: 'Both passwords.' }) },
    resolve: (_, { input: { currentPassword, password } }, context) =>
      answer(context, (viewer) => context.services.signIn.changePassword(viewer, currentPassword, password)),
  }),
);
