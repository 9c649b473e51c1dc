import { authorize } from '../auth/policy.js';
import type { Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import { MutationFailure } from '../domain/errors.js';
import type { EventLog } from '../events/event.service.js';
import type { MailQueue } from '../mail/mail.service.js';
import type { MailWorker } from '../mail/mail-worker.js';
import { alreadyUsed, incorrect, type OneTimeCode } from '../one-time-codes/one-time-code.js';
import type { OneTimeCodeService } from '../one-time-codes/one-time-code.service.js';
import { normalizeEmail, type User } from '../users/user.js';
import type { UserUnits } from '../users/user.service.js';
import { EmailAlreadyVerifiedError, type EmailVerification } from './email-verification.js';

export interface EmailVerificationService {
  /**
   * Issues a new code, which invalidates the previous one, and queues an email to the user's address. Returns when both
   * are committed. The verification contains the delivery status of the email.
   *
   * @throws {MutationFailure} USER_NOT_FOUND, EMAIL_ALREADY_VERIFIED, TOO_MANY_REQUESTS or DAILY_QUOTA_EXCEEDED
   */
  sendVerificationEmail(viewer: Viewer, userId: string): Promise<{ user: User; emailVerification: OneTimeCode }>;
  /**
   * Verifies the user's address with the newest code. Each call uses up one of the code's five guesses, even when it
   * fails, unless the text is malformed.
   *
   * @throws {MutationFailure} INVALID_INPUT, USER_NOT_FOUND, EMAIL_ALREADY_VERIFIED, VERIFICATION_CODE_… or
   *   TOO_MANY_REQUESTS
   */
  verifyEmail(viewer: Viewer, userId: string, code: string): Promise<User>;
  /** Returns the six digits, for callers that send the email themselves, or null when the code is no longer valid. */
  codeOf(viewer: Viewer, verification: OneTimeCode): string | null;
}

export function createEmailVerificationService(deps: {
  db: Database;
  events: EventLog;
  users: UserUnits;
  codes: OneTimeCodeService;
  mails: MailQueue;
  mailWorker: MailWorker;
}): EmailVerificationService {
  const { db, events, users, codes, mails, mailWorker } = deps;
  return {
    async sendVerificationEmail(viewer, userId) {
      authorize(viewer, 'emailVerifications.sendVerificationEmail');
      const sent = await db.transaction(async (trx) => {
        const user = await users.require(trx, viewer, userId);
        if (user.emailVerified) throw new MutationFailure(new EmailAlreadyVerifiedError());
        const code = await codes.issue(trx, viewer, 'EMAIL_VERIFICATION', user.id, user.email);
        await mails.enqueueCode(trx, viewer.environmentId, 'email-verification', code);
        const { id, email, expiresAt, createdAt } = code;
        const data: EmailVerification = { id, userId: user.id, email, expiresAt, createdAt };
        await events.append(trx, viewer, { name: 'email_verification.created', data });
        return { user, emailVerification: code };
      });
      await mailWorker.committed();
      return sent;
    },

    async verifyEmail(viewer, userId, text) {
      authorize(viewer, 'emailVerifications.verifyEmail');
      const { user, guess } = await codes.guess(viewer, 'EMAIL_VERIFICATION', userId, text);
      if (user.emailVerified) {
        // Contract A30: a used code is reported as used; in all other cases the address is already verified.
        const isUsed = guess.kind === 'used' && isFor(guess.code, user);
        throw new MutationFailure(isUsed ? alreadyUsed() : new EmailAlreadyVerifiedError());
      }
      if (guess.kind === 'none') throw new MutationFailure(incorrect('No code was sent to this user.', null));
      if ('code' in guess && !isFor(guess.code, user)) throw new MutationFailure(addressChanged(guess.remaining));
      const { code, remaining } = codes.requireRight(guess, 'sendVerificationEmail');
      return db.transaction(async (trx) => {
        const current = await users.require(trx, viewer, userId);
        if (!isFor(code, current)) throw new MutationFailure(addressChanged(remaining));
        await codes.consume(trx, viewer, code);
        return users.markEmailVerified(trx, viewer, current);
      });
    },

    codeOf(viewer, verification) {
      authorize(viewer, 'emailVerifications.codeOf');
      return codes.digitsOf(viewer.environmentId, verification);
    },
  };
}

/** Returns whether the code was sent to the current address of the user. It does not verify any other address. */
function isFor(code: OneTimeCode, user: User): boolean {
  return normalizeEmail(code.email) === normalizeEmail(user.email);
}

function addressChanged(remaining: number) {
  return incorrect('The code was sent to a previous address of the user.', remaining);
}
