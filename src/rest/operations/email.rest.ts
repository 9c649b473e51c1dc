import { z } from 'zod';
import { isId } from '../../domain/ids.js';
import { oneTimeCodeLoaders } from '../../one-time-codes/one-time-code.loaders.js';
import { dateTime } from '../objects/common.js';
import { toUserObject, UserObject } from '../objects/user.js';
import { notFound } from '../protocol/failure.js';
import { WRITE } from '../protocol/failures.js';
import { operation } from '../protocol/operation.js';

const TAG = 'Email addresses';

const EmailVerificationObject = z
  .object({
    object: z.literal('email_verification'),
    id: z.string(),
    user_id: z.string(),
    email: z.string(),
    expires_at: dateTime(),
    code: z.string().meta({ description: 'Six digits; empty when the code is no longer valid.' }),
    created_at: dateTime(),
    updated_at: dateTime(),
  })
  .meta({ id: 'EmailVerification', description: 'A code that verifies the email address of a user.' });

const EmailChangeObject = z
  .object({
    object: z.literal('email_change'),
    user: UserObject,
    new_email: z.string(),
    expires_at: dateTime(),
    created_at: dateTime(),
  })
  .meta({ id: 'EmailChange', description: 'A change of an email address that waits for its code.' });

const CodeBody = z.object({ code: z.string() });
const UserResponse = z.object({ user: UserObject });

export const emailOperations = [
  operation(
    {
      id: 'getEmailVerification',
      method: 'GET',
      path: '/user_management/email_verification/{id}',
      tag: TAG,
      summary: 'Get an email verification',
      description: 'Requires the scope email_verifications:read_code.',
      errors: [404],
      success: { status: 200, body: EmailVerificationObject },
    },
    async ({ loaders, services, viewer }, { path: { id = '' } }) => {
      const codes = loaders.of(oneTimeCodeLoaders);
      const verification = isId('email_verification', id) ? await codes.byId.load(id) : null;
      if (!verification) throw notFound('Email verification', id);
      return {
        object: 'email_verification',
        id: verification.id,
        user_id: verification.userId,
        email: verification.email,
        expires_at: verification.expiresAt,
        code: services.emailVerifications.codeOf(viewer, verification) ?? '',
        created_at: verification.createdAt,
        updated_at: verification.consumedAt ?? verification.createdAt,
      };
    },
  ),
  operation(
    {
      id: 'sendVerificationEmail',
      method: 'POST',
      path: '/user_management/users/{id}/email_verification/send',
      tag: TAG,
      summary: 'Send a verification email',
      errors: [400, 404, 422, 429],
      success: { status: 200, body: UserResponse },
      isIdempotent: true,
      price: WRITE,
    },
    async ({ services, viewer, idempotencyKey }, { path: { id = '' } }) => {
      const { user } = await services.emailVerifications.sendVerificationEmail(viewer, id, idempotencyKey);
      return { user: toUserObject(user) };
    },
  ),
  operation(
    {
      id: 'verifyEmail',
      method: 'POST',
      path: '/user_management/users/{id}/email_verification/confirm',
      tag: TAG,
      summary: 'Verify an email address',
      body: CodeBody,
      errors: [400, 404, 422, 429],
      success: { status: 200, body: UserResponse },
      failures: { EMAIL_ALREADY_VERIFIED: [400, 'email_previously_verified'] },
      isIdempotent: true,
      price: WRITE,
    },
    async ({ services, viewer, idempotencyKey }, { path: { id = '' }, body: { code } }) => {
      const user = await services.emailVerifications.verifyEmail(viewer, id, code, idempotencyKey);
      return { user: toUserObject(user) };
    },
  ),
  operation(
    {
      id: 'sendEmailChange',
      method: 'POST',
      path: '/user_management/users/{id}/email_change/send',
      tag: TAG,
      summary: 'Send an email change code',
      body: z.object({ new_email: z.string() }),
      errors: [404, 409, 422, 429],
      success: { status: 200, body: EmailChangeObject },
      failures: { EMAIL_NOT_AVAILABLE: [409, 'email_not_available'], INVALID_EMAIL: [422, 'invalid_email'] },
      isIdempotent: true,
      price: WRITE,
    },
    async ({ services, viewer, idempotencyKey }, { path: { id = '' }, body: { new_email: newEmail } }) => {
      const pending = await services.emailChanges.sendEmailChange(viewer, id, newEmail, idempotencyKey);
      return {
        object: 'email_change',
        user: toUserObject(pending.user),
        new_email: pending.newEmail,
        expires_at: pending.expiresAt,
        created_at: pending.createdAt,
      };
    },
  ),
  operation(
    {
      id: 'confirmEmailChange',
      method: 'POST',
      path: '/user_management/users/{id}/email_change/confirm',
      tag: TAG,
      summary: 'Confirm an email change',
      body: CodeBody,
      errors: [400, 404, 409, 422, 429],
      success: {
        status: 200,
        body: z.object({ object: z.literal('email_change_confirmation'), user: UserObject }),
      },
      failures: {
        EMAIL_NOT_AVAILABLE: [409, 'email_not_available'],
        VERIFICATION_CODE_INCORRECT: [400, 'email_change_code_incorrect'],
        VERIFICATION_CODE_EXPIRED: [400, 'email_change_code_expired'],
        VERIFICATION_CODE_ALREADY_USED: [409, 'email_change_code_previously_used'],
        TOO_MANY_REQUESTS: [429, 'email_change_too_many_attempts'],
      },
      isIdempotent: true,
      price: WRITE,
    },
    async ({ services, viewer, idempotencyKey }, { path: { id = '' }, body: { code } }) => {
      const user = await services.emailChanges.confirmEmailChange(viewer, id, code, idempotencyKey);
      return { object: 'email_change_confirmation', user: toUserObject(user) };
    },
  ),
];
