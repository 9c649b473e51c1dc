import type { Viewer } from '../auth/viewer.js';
import { addSeconds, type Clock, secondsUntil } from '../clock.js';
import type { Database } from '../db/database.js';
import { MutationFailure, RateLimitedError } from '../errors.js';
import type { EventLog } from '../events/event.service.js';
import { createdAtOf, type Ids } from '../ids.js';
import type { Mailer } from '../mail/mailer.js';
import type { Random } from '../random.js';
import { normalizeEmail, type User } from '../users/user.js';
import type { UserRemoval, UserService } from '../users/user.service.js';
import {
  CODE_TTL_SECONDS,
  createCode,
  EmailAlreadyVerifiedError,
  type EmailVerification,
  hashCode,
  isSameHash,
  MAX_CODE_ATTEMPTS,
  MAX_SENDS_PER_WINDOW,
  SEND_WINDOW_SECONDS,
  VerificationCodeError,
} from './email-verification.js';
import * as store from './email-verification.store.js';
import type { EmailVerificationRow } from './email-verification.table.js';
import { verificationMail } from './verification-mail.js';

export interface EmailVerificationService {
  /**
   * Makes a new code, which ends the one before, and mails it to the user's address.
   *
   * @throws {MutationFailure} USER_NOT_FOUND, EMAIL_ALREADY_VERIFIED or TOO_MANY_REQUESTS
   * @throws {RequestError} SERVICE_UNAVAILABLE when the mail server does not take the mail
   */
  sendVerificationEmail(viewer: Viewer, userId: string): Promise<{ user: User; emailVerification: EmailVerification }>;
  /**
   * Verifies the user's address with the newest code. Each call spends one of the code's five guesses, whatever
   * becomes of the call.
   *
   * @throws {MutationFailure} USER_NOT_FOUND, EMAIL_ALREADY_VERIFIED, VERIFICATION_CODE_… or TOO_MANY_REQUESTS
   */
  verifyEmail(viewer: Viewer, userId: string, code: string): Promise<User>;
}

export function createEmailVerificationService(deps: {
  db: Database;
  clock: Clock;
  random: Random;
  ids: Ids;
  events: EventLog;
  users: UserService;
  mailer: Mailer;
  /** Key of the HMAC over codes. */
  secretKey: string;
}): EmailVerificationService {
  const { db, clock, random, ids, events, users, mailer, secretKey } = deps;

  function fits(viewer: Viewer, user: User, row: EmailVerificationRow, code: string): boolean {
    const isSame = isSameHash(row.code_hash, hashCode(secretKey, viewer.environmentId, row.id, code));
    // A code proves the address it was sent to, and no later one.
    return isSame && normalizeEmail(row.email) === normalizeEmail(user.email);
  }

  /** The guess was refused before any comparison: its code has had its five. */
  function exhausted(row: EmailVerificationRow): MutationFailure {
    const nextMail = addSeconds(row.created_at, SEND_WINDOW_SECONDS);
    const message = 'This code has had its five tries. Ask for a new one with sendVerificationEmail.';
    return new MutationFailure(new RateLimitedError(message, Math.max(1, secondsUntil(clock.now(), nextMail))));
  }

  return {
    async sendVerificationEmail(viewer, userId) {
      const code = createCode(random);
      const sent = await db.transaction(async (trx) => {
        const user = await users.require(trx, viewer, userId);
        if (user.emailVerified) throw new MutationFailure(new EmailAlreadyVerifiedError());
        const now = clock.now();
        const since = addSeconds(now, -SEND_WINDOW_SECONDS);
        const recent = await store.sentSince(trx, viewer.environmentId, user.id, since, MAX_SENDS_PER_WINDOW);
        const [oldest] = recent;
        if (oldest !== undefined && recent.length >= MAX_SENDS_PER_WINDOW) {
          const wait = Math.max(1, secondsUntil(now, addSeconds(oldest, SEND_WINDOW_SECONDS)));
          const message = `At most ${MAX_SENDS_PER_WINDOW} mails in ${SEND_WINDOW_SECONDS} seconds go to one user.`;
          throw new MutationFailure(new RateLimitedError(message, wait));
        }
        const id = ids.next('email_verification');
        const createdAt = createdAtOf(id);
        const expiresAt = addSeconds(createdAt, CODE_TTL_SECONDS);
        const emailVerification = { id, userId: user.id, email: user.email, expiresAt, createdAt };
        const hash = hashCode(secretKey, viewer.environmentId, id, code);
        await store.insertNewest(trx, viewer.environmentId, emailVerification, hash);
        await events.append(trx, viewer, {
          name: 'email_verification.created',
          userId: user.id,
          organizationId: null,
          data: emailVerification,
        });
        return { user, emailVerification };
      });
      await mailer.send(verificationMail(sent.emailVerification.email, code));
      return sent;
    },

    async verifyEmail(viewer, userId, code) {
      // A transaction of its own: the guess stays spent when the rest of the call fails.
      const guess = await db.transaction(async (trx) => {
        const user = await users.require(trx, viewer, userId);
        const row = await store.spendAttempt(trx, viewer.environmentId, user.id);
        return { user, row, newest: row ?? (await store.findNewest(trx, viewer.environmentId, user.id)) };
      });
      const { user, row, newest } = guess;
      const isRight = row !== null && fits(viewer, user, row, code);
      if (user.emailVerified) throw new MutationFailure(refusalOfVerified(isRight && row.consumed_at !== null));
      if (newest === null) throw new MutationFailure(incorrect('No code was sent to this user.', null));
      if (row === null) throw exhausted(newest);
      const remaining = MAX_CODE_ATTEMPTS - row.attempts;
      if (!isRight) throw new MutationFailure(incorrect('The code is not the newest one sent.', remaining));
      if (row.expires_at <= clock.now()) throw new MutationFailure(expired(remaining));
      return db.transaction(async (trx) => {
        const current = await users.require(trx, viewer, userId);
        if (!fits(viewer, current, row, code))
          throw new MutationFailure(incorrect('The address has changed.', remaining));
        if (!(await store.consume(trx, viewer.environmentId, row.id, clock.now()))) {
          throw new MutationFailure(alreadyUsed());
        }
        return users.markEmailVerified(trx, viewer, current);
      });
    },
  };
}

/** Forgets the codes of a user who is about to be deleted. */
export const removeVerifications: UserRemoval = (trx, viewer, userId) =>
  store.removeByUser(trx, viewer.environmentId, userId);

/** Contract A30: a used code is named as such, everything else is "already verified". */
function refusalOfVerified(isUsedCode: boolean) {
  return isUsedCode ? alreadyUsed() : new EmailAlreadyVerifiedError();
}

function alreadyUsed(): VerificationCodeError {
  return new VerificationCodeError('VERIFICATION_CODE_ALREADY_USED', 'This code has been used before.', null);
}

function incorrect(message: string, remaining: number | null): VerificationCodeError {
  return new VerificationCodeError('VERIFICATION_CODE_INCORRECT', message, remaining);
}

function expired(remaining: number): VerificationCodeError {
  const message = 'The time of this code is over. Ask for a new one with sendVerificationEmail.';
  return new VerificationCodeError('VERIFICATION_CODE_EXPIRED', message, remaining);
}
