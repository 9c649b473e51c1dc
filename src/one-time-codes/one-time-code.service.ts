import type { Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import type { Handle, Transaction } from '../db/handle.js';
import { MutationFailure, RateLimitedError } from '../domain/errors.js';
import { createdAtOf, type EnvironmentId, type Ids, type UserId } from '../domain/ids.js';
import { addSeconds, type Clock, secondsUntil } from '../runtime/clock.js';
import type { User } from '../users/user.js';
import type { UserHook, UserRemoval, UserUnits } from '../users/user.service.js';
import {
  alreadyUsed,
  CODE_PURPOSES,
  CODE_TTL_SECONDS,
  CODE_WINDOW_SECONDS,
  type CodePurpose,
  deriveCode,
  incorrect,
  invalidReasonOf,
  isSameCode,
  MAX_CODE_ATTEMPTS,
  type OneTimeCode,
  type OneTimeCodeId,
  parseCode,
  rateLimitErrorOf,
  VerificationCodeError,
} from './one-time-code.js';
import * as store from './one-time-code.store.js';

/** The result of a guess. `remaining` is the number of guesses left. */
export type Guess =
  | { readonly kind: 'none' }
  | { readonly kind: 'exhausted'; readonly newest: OneTimeCode }
  | { readonly kind: 'wrong'; readonly remaining: number }
  | { readonly kind: 'used' | 'expired' | 'right'; readonly code: OneTimeCode; readonly remaining: number };

/** Issues, checks and consumes one-time codes of every purpose. */
export interface OneTimeCodeService {
  /**
   * Issues a code for a user and purpose. The previous code becomes invalid.
   *
   * @throws {MutationFailure} TOO_MANY_REQUESTS or DAILY_QUOTA_EXCEEDED, for the user or for the address
   */
  issue(trx: Transaction, viewer: Viewer, purpose: CodePurpose, userId: UserId, email: string): Promise<OneTimeCode>;
  /**
   * Uses up one of the five guesses of the user's newest code and compares the text with it. The guess is counted in
   * its own transaction, so that it stays counted when the call fails. A malformed text does not use up a guess.
   *
   * @throws {MutationFailure} INVALID_INPUT for a malformed text (see `parseCode`), or USER_NOT_FOUND
   */
  guess(viewer: Viewer, purpose: CodePurpose, userId: string, text: string): Promise<{ user: User; guess: Guess }>;
  /**
   * Returns the code of a correct guess.
   *
   * @param resend name of the mutation that sends a new code, for the message
   * @throws {MutationFailure} VERIFICATION_CODE_… or TOO_MANY_REQUESTS
   */
  requireRight(guess: Exclude<Guess, { kind: 'none' }>, resend: string): { code: OneTimeCode; remaining: number };
  /** Marks a code as used. @throws {MutationFailure} VERIFICATION_CODE_ALREADY_USED when it can no longer be used */
  consume(trx: Transaction, viewer: Viewer, code: OneTimeCode): Promise<void>;
  find(db: Handle, environmentId: EnvironmentId, id: OneTimeCodeId): Promise<OneTimeCode | null>;
  /** Returns the six digits of a code, or null when the code is no longer valid. */
  digitsOf(environmentId: EnvironmentId, code: OneTimeCode): string | null;
}

export function createOneTimeCodeService(deps: {
  db: Database;
  clock: Clock;
  ids: Ids;
  users: UserUnits;
  /** Key of the HMAC that codes are derived with. */
  secretKey: string;
}): OneTimeCodeService {
  const { db, clock, ids, users, secretKey } = deps;

  function checkGuess(viewer: Viewer, code: OneTimeCode, digits: string): Guess {
    const remaining = MAX_CODE_ATTEMPTS - code.attempts;
    if (!isSameCode(deriveCode(secretKey, viewer.environmentId, code), digits)) return { kind: 'wrong', remaining };
    if (code.consumedAt !== null) return { kind: 'used', code, remaining };
    return { kind: code.expiresAt <= clock.now() ? 'expired' : 'right', code, remaining };
  }

  return {
    async issue(trx, viewer, purpose, userId, email) {
      const now = clock.now();
      const limits = [
        rateLimitErrorOf(await store.lastIssuedAt(trx, viewer.environmentId, { userId }), now, 'one user'),
        rateLimitErrorOf(await store.lastIssuedAt(trx, viewer.environmentId, { email }), now, 'one address'),
      ].filter((limit) => limit !== null);
      // The caller has to wait for both limits, so the error names the longer wait.
      const [longest] = limits.sort((a, b) => b.retryAfterSeconds - a.retryAfterSeconds);
      if (longest) throw new MutationFailure(longest);
      const id = ids.next(CODE_PURPOSES[purpose]);
      const createdAt = createdAtOf(id);
      const expiresAt = addSeconds(createdAt, CODE_TTL_SECONDS);
      const made = { id, purpose, userId, email, expiresAt, createdAt };
      const code: OneTimeCode = { ...made, attempts: 0, consumedAt: null, isNewest: true };
      await store.insertNewest(trx, viewer.environmentId, code);
      return code;
    },

    async guess(viewer, purpose, userId, text) {
      const digits = parseCode(text);
      const { user, code, newest } = await db.transaction(viewer.environmentId, async (trx) => {
        const user = await users.require(trx, viewer, userId);
        const code = await store.spendAttempt(trx, viewer.environmentId, user.id, purpose);
        return { user, code, newest: code ?? (await store.findNewest(trx, viewer.environmentId, user.id, purpose)) };
      });
      if (newest === null) return { user, guess: { kind: 'none' } };
      if (code === null) return { user, guess: { kind: 'exhausted', newest } };
      return { user, guess: checkGuess(viewer, code, digits) };
    },

    requireRight(guess, resend) {
      switch (guess.kind) {
        case 'right':
          return guess;
        case 'wrong':
          throw new MutationFailure(incorrect('The code does not match the code that was sent last.', guess.remaining));
        case 'used':
          throw new MutationFailure(alreadyUsed());
        case 'expired': {
          const message = `This code has expired. Request a new one with ${resend}.`;
          throw new MutationFailure(new VerificationCodeError('VERIFICATION_CODE_EXPIRED', message, guess.remaining));
        }
        case 'exhausted': {
          const nextMail = addSeconds(guess.newest.createdAt, CODE_WINDOW_SECONDS);
          const message = `All five attempts for this code are used up. Request a new one with ${resend}.`;
          throw new MutationFailure(new RateLimitedError(message, Math.max(1, secondsUntil(clock.now(), nextMail))));
        }
      }
    },

    async consume(trx, viewer, code) {
      const isMine = await store.consume(trx, viewer.environmentId, code.id, clock.now());
      if (!isMine) throw new MutationFailure(alreadyUsed());
    },

    find: async (handle, environmentId, id) => (await store.findMany(handle, environmentId, [id])).get(id) ?? null,

    digitsOf: (environmentId, code) =>
      invalidReasonOf(code, clock.now()) === null ? deriveCode(secretKey, environmentId, code) : null,
  };
}

/** Deletes the codes of a user before the user is deleted. */
export const removeCodes: UserRemoval = (trx, viewer, userId) => store.removeByUser(trx, viewer.environmentId, userId);

/** Invalidates the codes of a user whose address has changed. They were issued for the previous address. */
export const endCodes: UserHook = (trx, viewer, userId) => store.endByUser(trx, viewer.environmentId, userId);
