import type { Viewer } from '../auth/viewer.js';
import { addSeconds, type Clock, secondsUntil } from '../clock.js';
import type { Database } from '../db/database.js';
import type { Handle, Transaction } from '../db/handle.js';
import { MutationFailure, RateLimitedError } from '../errors.js';
import { createdAtOf, type EnvironmentId, type Ids, type UserId } from '../ids.js';
import type { User } from '../users/user.js';
import type { UserHook, UserRemoval, UserService } from '../users/user.service.js';
import {
  alreadyUsed,
  CODE_PURPOSES,
  CODE_TTL_SECONDS,
  CODE_WINDOW_SECONDS,
  type CodePurpose,
  deriveCode,
  endOf,
  floodOf,
  incorrect,
  isSameCode,
  MAX_CODE_ATTEMPTS,
  type OneTimeCode,
  type OneTimeCodeId,
  parseCode,
  VerificationCodeError,
} from './one-time-code.js';
import * as store from './one-time-code.store.js';

/** What became of a guess. `remaining` are the guesses left. */
export type Guess =
  | { readonly kind: 'none' }
  | { readonly kind: 'exhausted'; readonly newest: OneTimeCode }
  | { readonly kind: 'wrong'; readonly remaining: number }
  | { readonly kind: 'used' | 'expired' | 'right'; readonly code: OneTimeCode; readonly remaining: number };

/** One-time codes, whatever they are good for: made, guessed, used. */
export interface OneTimeCodeService {
  /**
   * Makes the newest code of a user for a purpose, which ends the one before.
   *
   * @throws {MutationFailure} TOO_MANY_REQUESTS or DAILY_QUOTA_EXCEEDED, for the user or for the address
   */
  issue(trx: Transaction, viewer: Viewer, purpose: CodePurpose, userId: UserId, email: string): Promise<OneTimeCode>;
  /**
   * Spends one of the five guesses of the user's newest code and then compares, in a transaction of its own: it stays
   * spent whatever becomes of the call. A text that cannot be a code spends none.
   *
   * @throws {MutationFailure} USER_NOT_FOUND; before anything is looked up, INVALID_INPUT as `parseCode`
   */
  guess(viewer: Viewer, purpose: CodePurpose, userId: string, text: string): Promise<{ user: User; guess: Guess }>;
  /**
   * The code that was guessed right.
   *
   * @param resend the mutation that sends a new one
   * @throws {MutationFailure} VERIFICATION_CODE_… or TOO_MANY_REQUESTS
   */
  requireRight(guess: Exclude<Guess, { kind: 'none' }>, resend: string): { code: OneTimeCode; remaining: number };
  /** Uses a code up. @throws {MutationFailure} VERIFICATION_CODE_ALREADY_USED when somebody was faster */
  consume(trx: Transaction, viewer: Viewer, code: OneTimeCode): Promise<void>;
  find(db: Handle, environmentId: EnvironmentId, id: OneTimeCodeId): Promise<OneTimeCode | null>;
  /** The six digits, for the mail and for those who may read them; null when they are worth nothing any more. */
  digitsOf(environmentId: EnvironmentId, code: OneTimeCode): string | null;
}

export function createOneTimeCodeService(deps: {
  db: Database;
  clock: Clock;
  ids: Ids;
  users: UserService;
  /** Key of the HMAC that codes are derived by. */
  secretKey: string;
}): OneTimeCodeService {
  const { db, clock, ids, users, secretKey } = deps;

  function judge(viewer: Viewer, code: OneTimeCode, digits: string): Guess {
    const remaining = MAX_CODE_ATTEMPTS - code.attempts;
    if (!isSameCode(deriveCode(secretKey, viewer.environmentId, code), digits)) return { kind: 'wrong', remaining };
    if (code.consumedAt !== null) return { kind: 'used', code, remaining };
    return { kind: code.expiresAt <= clock.now() ? 'expired' : 'right', code, remaining };
  }

  return {
    async issue(trx, viewer, purpose, userId, email) {
      const now = clock.now();
      const floods = [
        floodOf(await store.lastMade(trx, viewer.environmentId, { userId }), now, 'one user'),
        floodOf(await store.lastMade(trx, viewer.environmentId, { email }), now, 'one address'),
      ].filter((flood) => flood !== null);
      // One of them is enough to say, but the caller has to wait for both.
      const [longest] = floods.sort((a, b) => b.retryAfterSeconds - a.retryAfterSeconds);
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
      const { user, code, newest } = await db.transaction(async (trx) => {
        const user = await users.require(trx, viewer, userId);
        const code = await store.spendAttempt(trx, viewer.environmentId, user.id, purpose);
        return { user, code, newest: code ?? (await store.findNewest(trx, viewer.environmentId, user.id, purpose)) };
      });
      if (newest === null) return { user, guess: { kind: 'none' } };
      if (code === null) return { user, guess: { kind: 'exhausted', newest } };
      return { user, guess: judge(viewer, code, digits) };
    },

    requireRight(guess, resend) {
      switch (guess.kind) {
        case 'right':
          return guess;
        case 'wrong':
          throw new MutationFailure(incorrect('The code is not the newest one sent.', guess.remaining));
        case 'used':
          throw new MutationFailure(alreadyUsed());
        case 'expired': {
          const message = `The time of this code is over. Ask for a new one with ${resend}.`;
          throw new MutationFailure(new VerificationCodeError('VERIFICATION_CODE_EXPIRED', message, guess.remaining));
        }
        case 'exhausted': {
          const nextMail = addSeconds(guess.newest.createdAt, CODE_WINDOW_SECONDS);
          const message = `This code has had its five tries. Ask for a new one with ${resend}.`;
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
      endOf(code, clock.now()) === null ? deriveCode(secretKey, environmentId, code) : null,
  };
}

/** Forgets the codes of a user who is about to be deleted. */
export const removeCodes: UserRemoval = (trx, viewer, userId) => store.removeByUser(trx, viewer.environmentId, userId);

/** Ends the codes of a user whose address has changed: they were made for the one before. */
export const endCodes: UserHook = (trx, viewer, userId) => store.endByUser(trx, viewer.environmentId, userId);
