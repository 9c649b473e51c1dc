import { InvalidInputError, RateLimitedError } from '../../domain/errors.js';
import type { PendingEmailChange } from '../../email-change/email-change.service.js';
import { VerificationCodeError } from '../../one-time-codes/one-time-code.js';
import { EmailNotAvailableError, UserNotFoundError, type User as UserShape } from '../../users/user.js';
import { oncePerOperation } from '../bounds/measure.js';
import { builder, requires } from '../builder/builder.js';
import { answer, payloadType } from '../builder/mutation-error.graphql.js';
import { User } from '../users/user.graphql.js';

const SendEmailChangePayload = payloadType<PendingEmailChange>(
  'SendEmailChange',
  [UserNotFoundError, InvalidInputError, EmailNotAvailableError, RateLimitedError],
  (t) => ({
    user: t.field({
      type: User,
      nullable: true,
      description: 'The user. Their email address stays the same until the change is confirmed.',
      resolve: ({ result }) => result?.user,
    }),
    newEmail: t.string({
      nullable: true,
      description: 'The new email address, to which the code was sent.',
      resolve: ({ result }) => result?.newEmail,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'The date and time when the code expires.',
      resolve: ({ result }) => result?.expiresAt,
    }),
  }),
);

const ConfirmEmailChangePayload = payloadType<UserShape>(
  'ConfirmEmailChange',
  [UserNotFoundError, InvalidInputError, VerificationCodeError, EmailNotAvailableError, RateLimitedError],
  (t) => ({
    user: t.field({
      type: User,
      nullable: true,
      description: 'The user with the new, verified email address.',
      resolve: ({ result }) => result,
    }),
  }),
);

const SendEmailChangeInput = builder.inputType('SendEmailChangeInput', {
  description: 'Input for sendEmailChange.',
  fields: (t) => ({
    userId: t.id({ required: true, description: 'The ID of the user.' }),
    newEmail: t.string({ required: true, description: 'The new email address. The code is sent to it.' }),
  }),
});

const ConfirmEmailChangeInput = builder.inputType('ConfirmEmailChangeInput', {
  description: 'Input for confirmEmailChange.',
  fields: (t) => ({
    userId: t.id({ required: true, description: 'The ID of the user.' }),
    code: t.string({
      required: true,
      description: [
        'The six-digit code from the newest email. Spaces and hyphens are ignored, and digits of any script are',
        'accepted.',
      ].join(' '),
    }),
  }),
});

builder.mutationFields((t) => ({
  sendEmailChange: t.field({
    type: SendEmailChangePayload,
    ...requires('emailChanges.sendEmailChange'),
    description: 'Emails a one-time code to the new address of a user. The address changes when the code is confirmed.',
    args: {
      input: t.arg({ type: SendEmailChangeInput, required: true, description: 'Parameters for sendEmailChange.' }),
    },
    resolve: (_, { input: { userId, newEmail } }, context) =>
      answer(context, (viewer) => context.services.emailChanges.sendEmailChange(viewer, userId, newEmail)),
  }),
  confirmEmailChange: t.field({
    type: ConfirmEmailChangePayload,
    ...requires('emailChanges.confirmEmailChange'),
    extensions: oncePerOperation,
    description: [
      'Changes the email address of a user to the one that the newest code was sent to, and marks it as verified.',
      'The old address is notified by email.',
    ].join(' '),
    args: {
      input: t.arg({
        type: ConfirmEmailChangeInput,
        required: true,
        description: 'Parameters for confirmEmailChange.',
      }),
    },
    resolve: (_, { input: { userId, code } }, context) =>
      answer(context, (viewer) => context.services.emailChanges.confirmEmailChange(viewer, userId, code)),
  }),
}));
