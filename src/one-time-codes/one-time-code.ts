import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { addSeconds, type Instant, secondsUntil } from '../clock.js';
import { DomainError, InvalidInputError, MutationFailure, RateLimitedError } from '../errors.js';
import type { EnvironmentId, Id, UserId } from '../ids.js';

/** What a code is good for, and the prefix of the ids of such codes. A code of one purpose serves no other. */
export const CODE_PURPOSES = {
  EMAIL_VERIFICATION: 'email_verification',
  EMAIL_CHANGE: 'email_change',
} as const;

export type CodePurpose = keyof typeof CODE_PURPOSES;
export type OneTimeCodeId = Id<(typeof CODE_PURPOSES)[CodePurpose]>;

/** A code that was made for an address. The six digits are not in it: they are derived when they are needed. */
export interface OneTimeCode {
  readonly id: OneTimeCodeId;
  readonly purpose: CodePurpose;
  readonly userId: UserId;
  /** The address it was made for; it proves no other. */
  readonly email: string;
  /** Guesses made. */
  readonly attempts: number;
  readonly expiresAt: Instant;
  /** When it was used. */
  readonly consumedAt: Instant | null;
  /** Whether it is the newest of its user and purpose, and was not ended by a change of the address. */
  readonly isNewest: boolean;
  readonly createdAt: Instant;
}

export const CODE_LENGTH = 6;
/** Product and contract, section 5: a code lives ten minutes and bears five guesses. */
export const CODE_TTL_SECONDS = 600;
export const MAX_CODE_ATTEMPTS = 5;
/** WorkOS contract, section 8: three mails in 60 seconds for one user. The same for one address. */
export const MAX_CODES_PER_WINDOW = 3;
export const CODE_WINDOW_SECONDS = 60;
/** The contract has a daily quota and no figure. With five guesses each, a day has 100 chances in a million. */
export const MAX_CODES_PER_DAY = 20;
export const CODE_DAY_SECONDS = 86_400;

/**
 * The six digits of a code, from the key of the server and the row alone: nothing at rest tells them, and the worker
 * that mails them needs no copy. 64 bits modulo a million: a digit is likelier than another by less than 10^-13.
 */
export function deriveCode(
  key: string,
  environmentId: EnvironmentId,
  code: Pick<OneTimeCode, 'id' | 'purpose'>,
): string {
  const mac = createHmac('sha256', key).update(`one-time-code|${code.purpose}|${environmentId}|${code.id}`).digest();
  return String(mac.readBigUInt64BE() % 10n ** BigInt(CODE_LENGTH)).padStart(CODE_LENGTH, '0');
}

/** What comes along when a code is copied: blanks of every kind, signs that cannot be seen, and hyphens and dashes. */
const AROUND_DIGITS = /[\p{White_Space}\p{Cf}\p{Dash}]/gu;

/**
 * The digits of a code as people paste it, e.g. `123456` for ` 123-456 ` or for the same in full-width digits.
 *
 * @throws {MutationFailure} INVALID_INPUT when the text cannot be a code. It is refused for its form alone: nothing is
 *   looked up or compared, so it costs no guess and tells nothing.
 */
export function parseCode(text: string): string {
  const digits = text.replace(AROUND_DIGITS, '').replace(/\p{Nd}/gu, toAsciiDigit);
  if (digits.length === CODE_LENGTH && /^\d+$/.test(digits)) return digits;
  const message = `A code has ${CODE_LENGTH} digits: give those of the newest mail. This costs none of the tries.`;
  throw new MutationFailure(new InvalidInputError('INVALID_INPUT', message, ['code']));
}

/** Unicode has the decimal digits of each script in a row, 0 to 9, and rows that touch have ten each (Unicode, 4.6). */
function toAsciiDigit(digit: string): string {
  const point = digit.codePointAt(0) ?? 0;
  let first = point;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--;
  return String((point - first) % 10);
}

/** Compares in a time that does not depend on where the two differ, nor on how long the guess is. */
export function isSameCode(code: string, guess: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(code), digest(guess));
}

/** Why a code is worth nothing any more; null when it can be used. */
export function endOf(code: OneTimeCode, now: Instant): 'CODE_USED' | 'CODE_SUPERSEDED' | 'CODE_EXPIRED' | null {
  if (code.consumedAt !== null || code.attempts >= MAX_CODE_ATTEMPTS) return 'CODE_USED';
  if (!code.isNewest) return 'CODE_SUPERSEDED';
  return code.expiresAt <= now ? 'CODE_EXPIRED' : null;
}

/**
 * Whether one more code may be made at `now`.
 *
 * @param times when the last ones were made, newest first, `MAX_CODES_PER_DAY` of them at most
 * @param whom for the message, e.g. `one user`
 */
export function floodOf(times: readonly Instant[], now: Instant, whom: string): RateLimitedError | null {
  const wait = (limit: number, seconds: number) => {
    const oldest = times[limit - 1];
    return oldest === undefined ? 0 : secondsUntil(now, addSeconds(oldest, seconds));
  };
  const [day, minute] = [wait(MAX_CODES_PER_DAY, CODE_DAY_SECONDS), wait(MAX_CODES_PER_WINDOW, CODE_WINDOW_SECONDS)];
  if (day > 0) {
    const message = `At most ${MAX_CODES_PER_DAY} mails with a code go to ${whom} in 24 hours.`;
    return new RateLimitedError(message, Math.max(day, minute), 'DAILY_QUOTA_EXCEEDED');
  }
  if (minute === 0) return null;
  const message = `At most ${MAX_CODES_PER_WINDOW} mails with a code go to ${whom} in ${CODE_WINDOW_SECONDS} seconds.`;
  return new RateLimitedError(message, minute);
}

/** The code does not do what it was given for. */
export class VerificationCodeError extends DomainError {
  constructor(
    code:
      | 'VERIFICATION_CODE_INCORRECT'
      | 'VERIFICATION_CODE_EXPIRED'
      | 'VERIFICATION_CODE_ALREADY_USED'
      | 'NO_PENDING_EMAIL_CHANGE',
    message: string,
    /** Guesses left for the newest code; null when no code is waiting. */
    readonly attemptsRemaining: number | null,
  ) {
    super(code, message, ['code']);
  }
}

export function alreadyUsed(): VerificationCodeError {
  return new VerificationCodeError('VERIFICATION_CODE_ALREADY_USED', 'This code has been used before.', null);
}

export function incorrect(message: string, remaining: number | null): VerificationCodeError {
  return new VerificationCodeError('VERIFICATION_CODE_INCORRECT', message, remaining);
}
