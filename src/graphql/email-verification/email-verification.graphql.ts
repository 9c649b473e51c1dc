import { requireViewer } from '../../auth/viewer.js';
import { InvalidInputError, RateLimitedError } from '../../domain/errors.js';
import { isId } from '../../domain/ids.js';
import { EmailAlreadyVerifiedError } from '../../email-verification/email-verification.js';
import { mailLoaders } from '../../mail/mail.loaders.js';
import { type OneTimeCode, VerificationCodeError } from '../../one-time-codes/one-time-code.js';
import { oneTimeCodeLoaders } from '../../one-time-codes/one-time-code.loaders.js';
import { UserNotFoundError, type User as UserShape } from '../../users/user.js';
import { userLoaders } from '../../users/user.loaders.js';
import { oncePerOperation } from '../bounds/measure.js';
import { builder, requires } from '../builder/builder.js';
import { requireLoaded } from '../builder/found.js';
import { answer, MutationError, payloadType } from '../builder/mutation-error.graphql.js';
import { Node, registerNode } from '../builder/node.graphql.js';
import { MailDelivery } from '../mail/mail.graphql.js';
import { User } from '../users/user.graphql.js';

const EmailVerification = builder.objectRef<OneTimeCode>('EmailVerification').implement({
  description: 'A one-time code that was sent to verify an email address. Events and logs do not contain the code.',
  interfaces: [Node],
  fields: (t) => ({
    user: t.field({
      type: User,
      description: 'The user whose email address it verifies.',
      resolve: ({ userId }, _, context) => requireLoaded(context.loaders.linked(userLoaders).byId.load(userId)),
    }),
    email: t.exposeString('email', {
      description: 'The email address that the code was sent to. The code cannot verify another address.',
    }),
    code: t.string({
      nullable: true,
      ...requires('emailVerifications.codeOf'),
      description:
        'The six-digit code, for servers that send the email themselves. Null when the code is no longer valid.',
      resolve: (code, _, { viewer, services }) => services.emailVerifications.codeOf(requireViewer(viewer), code),
    }),
    delivery: t.field({
      type: MailDelivery,
      nullable: true,
      description: 'The delivery of the email. Null some days after the email was sent, or some weeks after it failed.',
      resolve: ({ id }, _, context) => context.loaders.linked(mailLoaders).byCode.load(id),
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'The date and time when the code expires.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'The date and time when the code was created.' }),
  }),
});

registerNode('email_verification', {
  typename: 'EmailVerification',
  action: 'emailVerifications.read',
  load: (context, id) => context.loaders.of(oneTimeCodeLoaders).byId.load(id),
});

builder.queryField('emailVerification', (t) =>
  t.field({
    type: EmailVerification,
    nullable: true,
    ...requires('emailVerifications.read'),
    description: 'Look up an email verification by its ID. Returns null if no email verification has this ID.',
    args: { id: t.arg.id({ required: true, description: 'The ID of the email verification: email_verification_…' }) },
    resolve: (_, { id }, context) =>
      isId('email_verification', id) ? context.loaders.of(oneTimeCodeLoaders).byId.load(id) : null,
  }),
);

builder.objectType(EmailAlreadyVerifiedError, {
  name: 'EmailAlreadyVerifiedError',
  description: 'The email address of the user is already verified.',
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
      description: 'The user to whom the email was sent.',
      resolve: ({ result }) => result?.user,
    }),
    emailVerification: t.field({
      type: EmailVerification,
      nullable: true,
      description: 'The new email verification. Its delivery tells whether the email was sent.',
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
      description: 'The user with the verified email address.',
      resolve: ({ result }) => result,
    }),
  }),
);

const SendVerificationEmailInput = builder.inputType('SendVerificationEmailInput', {
  description: 'Input for sendVerificationEmail.',
  fields: (t) => ({ userId: t.id({ required: true, description: 'The ID of the user.' }) }),
});

const VerifyEmailInput = builder.inputType('VerifyEmailInput', {
  description: 'Input for verifyEmail.',
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
  sendVerificationEmail: t.field({
    type: SendVerificationEmailPayload,
    ...requires('emailVerifications.sendVerificationEmail'),
    description:
      'Emails a new one-time code to a user. The previous code becomes invalid. Returns before the email is sent.',
    args: {
      input: t.arg({
        type: SendVerificationEmailInput,
        required: true,
        description: 'Parameters for sendVerificationEmail.',
      }),
    },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.emailVerifications.sendVerificationEmail(viewer, input.userId)),
  }),
  verifyEmail: t.field({
    type: VerifyEmailPayload,
    ...requires('emailVerifications.verifyEmail'),
    extensions: oncePerOperation,
    description: [
      'Verifies the email address of a user with the newest code. A code is valid for ten minutes, five attempts',
      'and a single use.',
    ].join(' '),
    args: { input: t.arg({ type: VerifyEmailInput, required: true, description: 'Parameters for verifyEmail.' }) },
    resolve: (_, { input: { userId, code } }, context) =>
      answer(context, (viewer) => context.services.emailVerifications.verifyEmail(viewer, userId, code)),
  }),
}));
