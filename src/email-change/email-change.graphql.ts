import { InvalidInputError, RateLimitedError } from '../errors.js';
import { oncePerOperation } from '../graphql/bounds/measure.js';
import { builder, requires } from '../graphql/builder.js';
import { answer, payloadType } from '../graphql/mutation-error.graphql.js';
import { VerificationCodeError } from '../one-time-codes/one-time-code.js';
import { User } from '../users/user.graphql.js';
import { EmailNotAvailableError, UserNotFoundError, type User as UserShape } from '../users/user.js';
import type { PendingEmailChange } from './email-change.service.js';

const SendEmailChangePayload = payloadType<PendingEmailChange>(
  'SendEmailChange',
  [UserNotFoundError, InvalidInputError, EmailNotAvailableError, RateLimitedError],
  (t) => ({
    user: t.field({
      type: User,
      nullable: true,
      description: 'The user, who has their old address until the change is confirmed.',
      resolve: ({ result }) => result?.user,
    }),
    newEmail: t.string({
      nullable: true,
      description: 'The address the code was sent to.',
      resolve: ({ result }) => result?.newEmail,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the code is worth nothing any more.',
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
      description: 'The user with the new address, which is verified.',
      resolve: ({ result }) => result,
    }),
  }),
);

const SendEmailChangeInput = builder.inputType('SendEmailChangeInput', {
  description: 'Whose address is to change, and to which.',
  fields: (t) => ({
    userId: t.id({ required: true, description: 'Id of the user.' }),
    newEmail: t.string({ required: true, description: 'The address to change to; the code goes there.' }),
  }),
});

const ConfirmEmailChangeInput = builder.inputType('ConfirmEmailChangeInput', {
  description: 'What a user read in the mail to the new address.',
  fields: (t) => ({
    userId: t.id({ required: true, description: 'Id of the user.' }),
    code: t.string({
      required: true,
      description: 'The six digits of the newest mail; blanks, hyphens and the script of the digits do not matter.',
    }),
  }),
});

builder.mutationFields((t) => ({
  sendEmailChange: t.field({
    type: SendEmailChangePayload,
    ...requires('users:write'),
    description: 'Mails a code to an address the user wants to have. Nothing changes before it is confirmed.',
    args: { input: t.arg({ type: SendEmailChangeInput, required: true, description: 'Whose, and to which.' }) },
    resolve: (_, { input: { userId, newEmail } }, context) =>
      answer(context, (viewer) => context.services.emailChanges.sendEmailChange(viewer, userId, newEmail)),
  }),
  confirmEmailChange: t.field({
    type: ConfirmEmailChangePayload,
    ...requires('users:write'),
    extensions: oncePerOperation,
    description: 'Gives the user the address the newest code was sent to, verified, and tells the old address.',
    args: { input: t.arg({ type: ConfirmEmailChangeInput, required: true, description: 'The code.' }) },
    resolve: (_, { input: { userId, code } }, context) =>
      answer(context, (viewer) => context.services.emailChanges.confirmEmailChange(viewer, userId, code)),
  }),
}));
