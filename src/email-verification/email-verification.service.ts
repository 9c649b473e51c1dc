import { authorize } from '../auth/policy.js';
import type { Viewer } from '../auth/viewer.js';
import type { Unit } from '../db/database.js';
import { MutationFailure } from '../domain/errors.js';
import type { EventLog } from '../events/event.service.js';
import type { Idempotency, Transact } from '../idempotency/idempotency.service.js';
import type { MailQueue } from '../mail/mail.service.js';
import type { MailWorker } from '../mail/mail-worker.js';
import { alreadyUsed, incorrect, type OneTimeCode } from '../one-time-codes/one-time-code.js';
import type { OneTimeCodeService } from '../one-time-codes/one-time-code.service.js';
import { normalizeEmail, type User } from '../users/user.js';
import type { UserUnits } from '../users/user.service.js';
import { EmailAlreadyVerifiedError, type EmailVerification } from './email-verification.js';

/** A verification that was sent, and its user. */
export interface SentVerification {
  readonly user: User;
  readonly emailVerification: OneTimeCode;
}

export interface EmailVerificationService {
  /**
   * Issues a new code, which invalidates the previous one, and queues an email to the user's address. Returns when both
   * are committed. The verification contains the delivery status of the email.
   *
   * @throws {MutationFailure} USER_NOT_FOUND, EMAIL_ALREADY_VERIFIED, TOO_MANY_REQUESTS or DAILY_QUOTA_EXCEEDED
   */
  sendVerificationEmail(viewer: Viewer, userId: string, idempotencyKey?: string | null): Promise<SentVerification>;
  /**
   * Verifies the user's address with the newest code. Each call uses up one of the code's five guesses, even when it
   * fails, unless the text is malformed.
   *
   * @throws {MutationFailure} INVALID_INPUT, USER_NOT_FOUND, EMAIL_ALREADY_VERIFIED, VERIFICATION_CODE_… or
   *   TOO_MANY_REQUESTS
   */
  verifyEmail(viewer: Viewer, userId: string, code: string, idempotencyKey?: string | null): Promise<User>;
  /** Returns the six digits, for callers that send the email themselves, or null when the code is no longer valid. */
  codeOf(viewer: Viewer, verification: OneTimeCode): string | null;
}

export function createEmailVerificationService(deps: {
  events: EventLog;
  users: UserUnits;
  codes: OneTimeCodeService;
  mails: MailQueue;
  mailWorker: MailWorker;
  idempotency: Idempotency;
}): EmailVerificationService {
  const { events, users, codes, mails, mailWorker, idempotency } = deps;

  async function verify(transaction: Transact<User>, viewer: Viewer, userId: string, text: string): Promise<User> {
    const { user, guess } = await codes.guess(viewer, 'EMAIL_VERIFICATION', userId, text);
    if (user.emailVerified) {
      // Contract A30: a used code is reported as used; in all other cases the address is already verified.
      const isUsed = guess.kind === 'used' && isFor(guess.code, user);
      throw new MutationFailure(isUsed ? alreadyUsed() : new EmailAlreadyVerifiedError());
    }
    if (guess.kind === 'none') throw new MutationFailure(incorrect('No code was sent to this user.', null));
    if ('code' in guess && !isFor(guess.code, user)) throw new MutationFailure(addressChanged(guess.remaining));
    const { code, remaining } = codes.requireRight(guess, 'sendVerificationEmail');
    return transaction(async (trx) => {
      const current = await users.require(trx, viewer, userId);
      if (!isFor(code, current)) throw new MutationFailure(addressChanged(remaining));
      await codes.consume(trx, viewer, code);
      return users.markEmailVerified(trx, viewer, current);
    });
  }

  return {
    async sendVerificationEmail(viewer, userId, key) {
      authorize(viewer, 'emailVerifications.sendVerificationEmail');
      const call = { operation: 'sendVerificationEmail', key, input: { userId } } as const;
      const unit: Unit<SentVerification> = async (trx) => {
        const user = await users.require(trx, viewer, userId);
        if (user.emailVerified) throw new MutationFailure(new EmailAlreadyVerifiedError());
        const code = await codes.issue(trx, viewer, 'EMAIL_VERIFICATION', user.id, user.email);
        await mails.enqueueCode(trx, viewer.environmentId, 'email-verification', code);
        const { id, email, expiresAt, createdAt } = code;
        const data: EmailVerification = { id, userId: user.id, email, expiresAt, createdAt };
        await events.append(trx, viewer, { name: 'email_verification.created', data });
        return { user, emailVerification: code };
      };
      const sent = await idempotency.once<SentVerification>(viewer, call, (transaction) => transaction(unit));
      await mailWorker.committed();
      return sent;
    },

    async verifyEmail(viewer, userId, text, key) {
      authorize(viewer, 'emailVerifications.verifyEmail');
      const call = { operation: 'verifyEmail', key, input: { userId, code: text } } as const;
      return idempotency.once<User>(viewer, call, (transaction) => verify(transaction, viewer, userId, text));
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
