import { authorize, confinedTo } from '../auth/policy.js';
import type { Viewer } from '../auth/viewer.js';
import type { Unit } from '../db/database.js';
import { InvalidInputError, MutationFailure, refuseIfAny } from '../domain/errors.js';
import type { Idempotency } from '../idempotency/idempotency.service.js';
import type { MailQueue } from '../mail/mail.service.js';
import type { MailWorker } from '../mail/mail-worker.js';
import { VerificationCodeError } from '../one-time-codes/one-time-code.js';
import type { OneTimeCodeService } from '../one-time-codes/one-time-code.service.js';
import type { Instant } from '../runtime/clock.js';
import { EmailNotAvailableError, normalizeEmail, parseEmail, type User } from '../users/user.js';
import type { UserUnits } from '../users/user.service.js';

/** A change of address that is not confirmed yet. */
export interface PendingEmailChange {
  readonly user: User;
  readonly newEmail: string;
  readonly expiresAt: Instant;
  readonly createdAt: Instant;
}

/** Changes a user's email address after the new address was confirmed by a code (WorkOS contract, section 2.11). */
export interface EmailChangeService {
  /**
   * Issues a code and queues an email to the new address. A change that was pending before is cancelled. The user is
   * not changed until the code is confirmed.
   *
   * @throws {MutationFailure} USER_NOT_FOUND, INVALID_EMAIL, EMAIL_CHANGE_NOT_NEEDED, EMAIL_NOT_AVAILABLE,
   *   TOO_MANY_REQUESTS or DAILY_QUOTA_EXCEEDED
   */
  sendEmailChange(
    viewer: Viewer,
    userId: string,
    newEmail: string,
    idempotencyKey?: string | null,
  ): Promise<PendingEmailChange>;
  /**
   * Sets the user's address to the one that the code was sent to, marks it as verified and notifies the previous
   * address. Each call uses up one of the code's five guesses, even when it fails, unless the text is malformed.
   *
   * @throws {MutationFailure} INVALID_INPUT, USER_NOT_FOUND, NO_PENDING_EMAIL_CHANGE, VERIFICATION_CODE_…,
   *   EMAIL_NOT_AVAILABLE or TOO_MANY_REQUESTS
   */
  confirmEmailChange(viewer: Viewer, userId: string, code: string, idempotencyKey?: string | null): Promise<User>;
}

export function createEmailChangeService(deps: {
  users: UserUnits;
  codes: OneTimeCodeService;
  mails: MailQueue;
  mailWorker: MailWorker;
  idempotency: Idempotency;
}): EmailChangeService {
  const { users, codes, mails, mailWorker, idempotency } = deps;
  return {
    async sendEmailChange(viewer, userId, newEmail, key) {
      authorize(viewer, 'emailChanges.sendEmailChange');
      const problems: InvalidInputError[] = [];
      const email = parseEmail(newEmail, problems, 'newEmail');
      const call = { operation: 'sendEmailChange', key, input: { userId, newEmail } } as const;
      const unit: Unit<PendingEmailChange> = async (trx) => {
        const user = await users.require(trx, viewer, userId);
        refuseIfAny(problems);
        if (normalizeEmail(email) === normalizeEmail(user.email)) throw new MutationFailure(notNeeded());
        // An early check only: the unique index rejects an address that is taken before the code is confirmed.
        const isFree = await users.isEmailFree(trx, viewer, email);
        // A signed-in user must not learn which addresses have accounts: the result is the same, but no email is sent.
        if (!isFree && confinedTo(viewer) === null) {
          throw new MutationFailure(new EmailNotAvailableError(email, ['newEmail']));
        }
        const code = await codes.issue(trx, viewer, 'EMAIL_CHANGE', user.id, email);
        if (isFree) await mails.enqueueCode(trx, viewer.environmentId, 'email-change', code);
        return { user, newEmail: email, expiresAt: code.expiresAt, createdAt: code.createdAt };
      };
      const pending = await idempotency.once<PendingEmailChange>(viewer, call, (transaction) => transaction(unit));
      await mailWorker.committed();
      return pending;
    },

    async confirmEmailChange(viewer, userId, text, key) {
      authorize(viewer, 'emailChanges.confirmEmailChange');
      const call = { operation: 'confirmEmailChange', key, input: { userId, code: text } } as const;
      const user = await idempotency.once<User>(viewer, call, async (transaction) => {
        const { guess } = await codes.guess(viewer, 'EMAIL_CHANGE', userId, text);
        if (guess.kind === 'none') throw new MutationFailure(nonePending());
        const { code } = codes.requireRight(guess, 'sendEmailChange');
        return users.changeEmail(transaction, viewer, userId, code.email, async (trx, before) => {
          await codes.consume(trx, viewer, code);
          await mails.enqueueNotice(trx, viewer.environmentId, 'email-changed', before.id, before.email);
        });
      });
      await mailWorker.committed();
      return user;
    },
  };
}

function notNeeded(): InvalidInputError {
  return new InvalidInputError('EMAIL_CHANGE_NOT_NEEDED', 'This is already the address of the user.', ['newEmail']);
}

function nonePending(): VerificationCodeError {
  const message = 'No change of address is pending. Request one with sendEmailChange.';
  return new VerificationCodeError('NO_PENDING_EMAIL_CHANGE', message, null);
}
