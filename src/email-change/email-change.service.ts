import { confinedTo } from '../auth/person-access.js';
import type { Viewer } from '../auth/viewer.js';
import type { Instant } from '../clock.js';
import type { Database } from '../db/database.js';
import { InvalidInputError, MutationFailure, refuseIfAny } from '../errors.js';
import type { MailQueue } from '../mail/mail.service.js';
import type { MailWorker } from '../mail/mail-worker.js';
import { VerificationCodeError } from '../one-time-codes/one-time-code.js';
import type { OneTimeCodeService } from '../one-time-codes/one-time-code.service.js';
import { EmailNotAvailableError, normalizeEmail, parseEmail, type User } from '../users/user.js';
import type { UserService } from '../users/user.service.js';

/** A change of address that waits for its code. */
export interface PendingEmailChange {
  readonly user: User;
  readonly newEmail: string;
  readonly expiresAt: Instant;
}

/** Changes of an address that the new address itself confirms (WorkOS contract, section 2.11). */
export interface EmailChangeService {
  /**
   * Makes a code and queues its mail to the new address; a change that waited before is over. The user stays as they
   * are until it is confirmed.
   *
   * @throws {MutationFailure} USER_NOT_FOUND, INVALID_EMAIL, EMAIL_CHANGE_NOT_NEEDED, EMAIL_NOT_AVAILABLE,
   *   TOO_MANY_REQUESTS or DAILY_QUOTA_EXCEEDED
   */
  sendEmailChange(viewer: Viewer, userId: string, newEmail: string): Promise<PendingEmailChange>;
  /**
   * Gives the user the address that the code was sent to, as a verified one, and tells the one before. Each call spends
   * one of the code's five guesses, whatever becomes of the call, unless the text cannot be a code.
   *
   * @throws {MutationFailure} INVALID_INPUT, USER_NOT_FOUND, NO_PENDING_EMAIL_CHANGE, VERIFICATION_CODE_…, EMAIL_NOT_AVAILABLE or
   *   TOO_MANY_REQUESTS
   */
  confirmEmailChange(viewer: Viewer, userId: string, code: string): Promise<User>;
}

export function createEmailChangeService(deps: {
  db: Database;
  users: UserService;
  codes: OneTimeCodeService;
  mails: MailQueue;
  mailWorker: MailWorker;
}): EmailChangeService {
  const { db, users, codes, mails, mailWorker } = deps;
  return {
    async sendEmailChange(viewer, userId, newEmail) {
      const problems: InvalidInputError[] = [];
      const email = parseEmail(newEmail, problems, 'newEmail');
      const pending = await db.transaction(async (trx) => {
        const user = await users.require(trx, viewer, userId);
        refuseIfAny(problems);
        if (normalizeEmail(email) === normalizeEmail(user.email)) throw new MutationFailure(notNeeded());
        // A kindness only: the address may be taken until the code comes back, and then the index says no.
        const isFree = await users.isEmailFree(trx, viewer, email);
        // A person must not learn who else has an account: the answer is the same, and no mail has the code.
        if (!isFree && confinedTo(viewer) === null) {
          throw new MutationFailure(new EmailNotAvailableError(email, ['newEmail']));
        }
        const code = await codes.issue(trx, viewer, 'EMAIL_CHANGE', user.id, email);
        if (isFree) await mails.enqueueCode(trx, viewer.environmentId, 'email-change', code);
        return { user, newEmail: email, expiresAt: code.expiresAt };
      });
      await mailWorker.committed();
      return pending;
    },

    async confirmEmailChange(viewer, userId, text) {
      const { guess } = await codes.guess(viewer, 'EMAIL_CHANGE', userId, text);
      if (guess.kind === 'none') throw new MutationFailure(nonePending());
      const { code } = codes.requireRight(guess, 'sendEmailChange');
      const user = await users.changeEmail(viewer, userId, code.email, async (trx, before) => {
        await codes.consume(trx, viewer, code);
        await mails.enqueueNotice(trx, viewer.environmentId, 'email-changed', before.id, before.email);
      });
      await mailWorker.committed();
      return user;
    },
  };
}

function notNeeded(): InvalidInputError {
  return new InvalidInputError('EMAIL_CHANGE_NOT_NEEDED', 'The user has this address already.', ['newEmail']);
}

function nonePending(): VerificationCodeError {
  const message = 'No change of the address waits for a code. Ask for one with sendEmailChange.';
  return new VerificationCodeError('NO_PENDING_EMAIL_CHANGE', message, null);
}
