import { RateLimitedError } from '../errors.js';
import { oncePerOperation } from '../graphql/bounds/measure.js';
import { builder, requires } from '../graphql/builder.js';
import { found } from '../graphql/found.js';
import { answer, MutationError, payloadType } from '../graphql/mutation-error.graphql.js';
import { Node, registerNode } from '../graphql/node.graphql.js';
import { User } from '../users/user.graphql.js';
import { UserNotFoundError, type User as UserShape } from '../users/user.js';
import {
  EmailAlreadyVerifiedError,
  type EmailVerification as EmailVerificationShape,
  VerificationCodeError,
} from './email-verification.js';

const EmailVerification = builder.objectRef<EmailVerificationShape>('EmailVerification').implement({
  description: 'A code sent to an address. The code itself is in the mail and nowhere else.',
  interfaces: [Node],
  fields: (t) => ({
    user: t.field({
      type: User,
      description: 'Whose address it verifies.',
      resolve: ({ userId }, _, context) => found(context.loaders.users.byId.load(userId)),
    }),
    email: t.exposeString('email', { description: 'The address the code was sent to; it verifies no other.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When the code is worth nothing any more.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the code was made.' }),
  }),
});

registerNode('email_verification', {
  typename: 'EmailVerification',
  scope: 'users:read',
  load: (context, id) => context.loaders.emailVerifications.byId.load(id),
});

builder.objectType(VerificationCodeError, {
  name: 'VerificationCodeError',
  description: 'The code does not verify the address.',
  interfaces: [MutationError],
  fields: (t) => ({
    attemptsRemaining: t.exposeInt('attemptsRemaining', {
      nullable: true,
      description: 'Guesses left for the newest code; null when no code is waiting.',
    }),
  }),
});

builder.objectType(EmailAlreadyVerifiedError, {
  name: 'EmailAlreadyVerifiedError',
  description: 'The address of the user is verified already.',
  interfaces: [MutationError],
});

interface Sent {
  readonly user: UserShape;
  readonly emailVerification: EmailVerificationShape;
}

const SendVerificationEmailPayload = payloadType<Sent>(
  'SendVerificationEmail',
  [UserNotFoundError, EmailAlreadyVerifiedError, RateLimitedError],
  (t) => ({
    user: t.field({
      type: User,
      nullable: true,
      description: 'Who was written to.',
      resolve: ({ result }) => result?.user,
    }),
    emailVerification: t.field({
      type: EmailVerification,
      nullable: true,
      description: 'What was sent, without the code.',
      resolve: ({ result }) => result?.emailVerification,
    }),
  }),
);

const VerifyEmailPayload = payloadType<UserShape>(
  'VerifyEmail',
  [UserNotFoundError, EmailAlreadyVerifiedError, VerificationCodeError, RateLimitedError],
  (t) => ({
    user: t.field({
      type: User,
      nullable: true,
      description: 'The user, now verified.',
      resolve: ({ result }) => result,
    }),
  }),
);

const SendVerificationEmailInput = builder.inputType('SendVerificationEmailInput', {
  description: 'Whom to write to.',
  fields: (t) => ({ userId: t.id({ required: true, description: 'Id of the user.' }) }),
});

const VerifyEmailInput = builder.inputType('VerifyEmailInput', {
  description: 'What a user read in the mail.',
  fields: (t) => ({
    userId: t.id({ required: true, description: 'Id of the user.' }),
    code: t.string({ required: true, description: 'The six digits of the newest mail.' }),
  }),
});

builder.mutationFields((t) => ({
  sendVerificationEmail: t.field({
    type: SendVerificationEmailPayload,
    ...requires('users:write'),
    description: 'Mails a new one-time code to the user. It ends the code before; three a minute at most.',
    args: { input: t.arg({ type: SendVerificationEmailInput, required: true, description: 'Whom to write to.' }) },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.emailVerifications.sendVerificationEmail(viewer, input.userId)),
  }),
  verifyEmail: t.field({
    type: VerifyEmailPayload,
    ...requires('users:write'),
    extensions: oncePerOperation,
    description: 'Verifies the address with the newest code: good for ten minutes and five tries, used once.',
    args: { input: t.arg({ type: VerifyEmailInput, required: true, description: 'The code.' }) },
    resolve: (_, { input: { userId, code } }, context) =>
      answer(context, (viewer) => context.services.emailVerifications.verifyEmail(viewer, userId, code)),
  }),
}));
