import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { DomainError, InvalidInputError, MutationFailure, RateLimitedError } from '../domain/errors.js';
import type { EnvironmentId, Id, UserId } from '../domain/ids.js';
import { addSeconds, type Instant, secondsUntil } from '../runtime/clock.js';

/** The purposes of codes, with their id prefixes. A code is valid for its own purpose only. */
export const CODE_PURPOSES = {
  EMAIL_VERIFICATION: 'email_verification',
  EMAIL_CHANGE: 'email_change',
} as const;

export type CodePurpose = keyof typeof CODE_PURPOSES;
export type OneTimeCodeId = Id<(typeof CODE_PURPOSES)[CodePurpose]>;

/** A code that was issued for an address. The six digits are not stored: they are derived when needed. */
export interface OneTimeCode {
  readonly id: OneTimeCodeId;
  readonly purpose: CodePurpose;
  readonly userId: UserId;
  /** The address that the code was issued for. It does not verify any other address. */
  readonly email: string;
  /** Number of guesses made. */
  readonly attempts: number;
  readonly expiresAt: Instant;
  /** When the code was used; null when it was not. */
  readonly consumedAt: Instant | null;
  /** Whether it is the newest code of its user and purpose and was not invalidated by a change of address. */
  readonly isNewest: boolean;
  readonly createdAt: Instant;
}

export const CODE_LENGTH = 6;
/** Contract, section 5: a code expires after ten minutes and allows five guesses. */
export const CODE_TTL_SECONDS = 600;
export const MAX_CODE_ATTEMPTS = 5;
/** WorkOS contract, section 8: three emails per user in 60 seconds. The same limit applies per address. */
export const MAX_CODES_PER_WINDOW = 3;
export const CODE_WINDOW_SECONDS = 60;
/** The contract requires a daily quota without a number. With five guesses per code, 20 codes allow 100 guesses. */
export const MAX_CODES_PER_DAY = 20;
export const CODE_DAY_SECONDS = 86_400;

/**
 * Derives the six digits of a code from SECRET_KEY and the row. The digits are stored nowhere, and the mail worker
 * derives them itself. Reducing 64 bits modulo a million biases a digit by less than 10^-13.
 */
export function deriveCode(
  key: string,
  environmentId: EnvironmentId,
  code: Pick<OneTimeCode, 'id' | 'purpose'>,
): string {
  const mac = createHmac('sha256', key).update(`one-time-code|${code.purpose}|${environmentId}|${code.id}`).digest();
  return String(mac.readBigUInt64BE() % 10n ** BigInt(CODE_LENGTH)).padStart(CODE_LENGTH, '0');
}

/** Characters that copying and pasting adds to a code: whitespace, invisible characters, hyphens and dashes. */
const AROUND_DIGITS = /[\p{White_Space}\p{Cf}\p{Dash}]/gu;

/**
 * Normalizes a pasted code, e.g. ` 123-456 ` or full-width digits to `123456`.
 *
 * @throws {MutationFailure} INVALID_INPUT when the text is not six digits. Only the form is checked, so that a
 *   malformed text does not use up a guess and reveals nothing.
 */
export function parseCode(text: string): string {
  const digits = text.replace(AROUND_DIGITS, '').replace(/\p{Nd}/gu, toAsciiDigit);
  if (digits.length === CODE_LENGTH && /^\d+$/.test(digits)) return digits;
  const message = `A code has ${CODE_LENGTH} digits. Enter the code of the newest email. No attempt was used up.`;
  throw new MutationFailure(new InvalidInputError('INVALID_INPUT', message, ['code']));
}

/** Unicode encodes the decimal digits of each script as ten consecutive code points, 0 to 9 (Unicode, 4.6). */
function toAsciiDigit(digit: string): string {
  const point = digit.codePointAt(0) ?? 0;
  let first = point;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--;
  return String((point - first) % 10);
}

/** Compares a guess with a code in constant time. */
export function isSameCode(code: string, guess: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(code), digest(guess));
}

/** Returns why a code is no longer valid, or null when it is valid. */
export function invalidReasonOf(
  code: OneTimeCode,
  now: Instant,
): 'CODE_USED' | 'CODE_SUPERSEDED' | 'CODE_EXPIRED' | null {
  if (code.consumedAt !== null || code.attempts >= MAX_CODE_ATTEMPTS) return 'CODE_USED';
  if (!code.isNewest) return 'CODE_SUPERSEDED';
  return code.expiresAt <= now ? 'CODE_EXPIRED' : null;
}

/**
 * Returns the error of the rate limit that another code at `now` would exceed, or null when it is allowed.
 *
 * @param times when the last codes were issued, newest first, at most `MAX_CODES_PER_DAY`
 * @param whom who the limit applies to, for the message, e.g. `one user`
 */
export function rateLimitErrorOf(times: readonly Instant[], now: Instant, whom: string): RateLimitedError | null {
  const wait = (limit: number, seconds: number) => {
    const oldest = times[limit - 1];
    return oldest === undefined ? 0 : secondsUntil(now, addSeconds(oldest, seconds));
  };
  const [day, minute] = [wait(MAX_CODES_PER_DAY, CODE_DAY_SECONDS), wait(MAX_CODES_PER_WINDOW, CODE_WINDOW_SECONDS)];
  if (day > 0) {
    const message = `At most ${MAX_CODES_PER_DAY} code emails are sent to ${whom} in 24 hours.`;
    return new RateLimitedError(message, Math.max(day, minute), 'DAILY_QUOTA_EXCEEDED');
  }
  if (minute === 0) return null;
  const message = `At most ${MAX_CODES_PER_WINDOW} code emails are sent to ${whom} in ${CODE_WINDOW_SECONDS} seconds.`;
  return new RateLimitedError(message, minute);
}

/** The code was not accepted. */
export class VerificationCodeError extends DomainError {
  constructor(
    code:
      | 'VERIFICATION_CODE_INCORRECT'
      | 'VERIFICATION_CODE_EXPIRED'
      | 'VERIFICATION_CODE_ALREADY_USED'
      | 'NO_PENDING_EMAIL_CHANGE',
    message: string,
    /** Number of guesses left for the newest code; null when there is no pending code. */
    readonly attemptsRemaining: number | null,
  ) {
    super(code, message, ['code']);
  }
}

export function alreadyUsed(): VerificationCodeError {
  return new VerificationCodeError('VERIFICATION_CODE_ALREADY_USED', 'This code has already been used.', null);
}

export function incorrect(message: string, remaining: number | null): VerificationCodeError {
  return new VerificationCodeError('VERIFICATION_CODE_INCORRECT', message, remaining);
}
