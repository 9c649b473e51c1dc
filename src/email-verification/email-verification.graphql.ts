import { requireViewer } from '../auth/viewer.js';
import { InvalidInputError, RateLimitedError } from '../errors.js';
import { oncePerOperation } from '../graphql/bounds/measure.js';
import { builder, requires } from '../graphql/builder.js';
import { found } from '../graphql/found.js';
import { answer, MutationError, payloadType } from '../graphql/mutation-error.graphql.js';
import { Node, registerNode } from '../graphql/node.graphql.js';
import { isId } from '../ids.js';
import { MailDelivery } from '../mail/mail.graphql.js';
import { type OneTimeCode, VerificationCodeError } from '../one-time-codes/one-time-code.js';
import { User } from '../users/user.graphql.js';
import { UserNotFoundError, type User as UserShape } from '../users/user.js';
import { EmailAlreadyVerifiedError } from './email-verification.js';

const EmailVerification = builder.objectRef<OneTimeCode>('EmailVerification').implement({
  description: 'A code sent to an address. It is in no event and no log.',
  interfaces: [Node],
  fields: (t) => ({
    user: t.field({
      type: User,
      description: 'Whose address it verifies.',
      resolve: ({ userId }, _, context) => found(context.loaders.users.byId.load(userId)),
    }),
    email: t.exposeString('email', { description: 'The address the code was sent to; it verifies no other.' }),
    code: t.string({
      nullable: true,
      ...requires('email_verifications:read_code'),
      description: 'The six digits, for those who send the mail themselves; null when they are worth nothing any more.',
      resolve: (code, _, { viewer, services }) =>
        services.oneTimeCodes.digitsOf(requireViewer(viewer).environmentId, code),
    }),
    delivery: t.field({
      type: MailDelivery,
      nullable: true,
      description: 'What became of the mail; null some days after it was sent, or some weeks after it failed.',
      resolve: ({ id }, _, context) => context.loaders.mails.byCode.load(id),
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When the code is worth nothing any more.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the code was made.' }),
  }),
});

registerNode('email_verification', {
  typename: 'EmailVerification',
  scope: 'users:read',
  load: (context, id) => context.loaders.oneTimeCodes.byId.load(id),
});

builder.queryField('emailVerification', (t) =>
  t.field({
    type: EmailVerification,
    nullable: true,
    ...requires('users:read'),
    description: 'One email verification by id; null when there is none.',
    args: { id: t.arg.id({ required: true, description: 'Id of the verification: email_verification_…' }) },
    resolve: (_, { id }, context) =>
      isId('email_verification', id) ? context.loaders.oneTimeCodes.byId.load(id) : null,
  }),
);

builder.objectType(EmailAlreadyVerifiedError, {
  name: 'EmailAlreadyVerifiedError',
  description: 'The address of the user is verified already.',
  interfaces: [MutationError],
});

interface Sent {
  readonly user: UserShape;
  readonly emailVerification: OneTimeCode;
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
      description: 'What was made; whether its mail was taken is in its delivery.',
      resolve: ({ result }) => result?.emailVerification,
    }),
  }),
);

const VerifyEmailPayload = payloadType<UserShape>(
  'VerifyEmail',
  [UserNotFoundError, InvalidInputError, EmailAlreadyVerifiedError, VerificationCodeError, RateLimitedError],
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
    code: t.string({
      required: true,
      description: 'The six digits of the newest mail; blanks, hyphens and the script of the digits do not matter.',
    }),
  }),
});

builder.mutationFields((t) => ({
  sendVerificationEmail: t.field({
    type: SendVerificationEmailPayload,
    ...requires('users:write'),
    description: 'Mails a new one-time code to the user. It ends the code before. Answers before the mail is taken.',
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
