import { InvalidInputError, RateLimitedError } from '../../domain/errors.js';
import { PasswordError } from '../../passwords/password.js';
import { InvalidCredentialsError } from '../../sessions/sign-in.js';
import type { User as UserShape } from '../../users/user.js';
import { oncePerOperation } from '../bounds/measure.js';
import { builder } from '../builder/builder.js';
import { answer, payloadType } from '../builder/mutation-error.graphql.js';
import { User } from '../users/user.graphql.js';

const ChangePasswordPayload = payloadType<UserShape>(
  'ChangePassword',
  [InvalidCredentialsError, PasswordError, InvalidInputError, RateLimitedError],
  (t) => ({
    user: t.field({
      type: User,
      nullable: true,
      description: 'The user whose password was changed.',
      resolve: ({ result }) => result,
    }),
  }),
);

const ChangePasswordInput = builder.inputType('ChangePasswordInput', {
  description: 'Input for changePassword.',
  fields: (t) => ({
    currentPassword: t.string({ required: true, description: 'The current password.' }),
    password: t.string({ required: true, description: 'The new password.' }),
  }),
});

builder.mutationField('changePassword', (t) =>
  t.field({
    type: ChangePasswordPayload,
    authenticated: true,
    extensions: oncePerOperation,
    description: 'Changes the password of the signed-in user. Revokes their other sessions.',
    args: {
      input: t.arg({ type: ChangePasswordInput, required: true, description: 'Parameters for changePassword.' }),
    },
    resolve: (_, { input: { currentPassword, password } }, context) =>
      answer(context, (viewer) => context.services.signIn.changePassword(viewer, currentPassword, password)),
  }),
);
