import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Instant } from '../clock.js';
import { DomainError } from '../errors.js';
import type { EmailVerificationId, EnvironmentId, UserId } from '../ids.js';
import { type Random, randomText } from '../random.js';

/** A code sent to an address. The code itself is not in it: at rest there is only its HMAC. */
export interface EmailVerification {
  readonly id: EmailVerificationId;
  readonly userId: UserId;
  /** The address the code was sent to; it proves no other. */
  readonly email: string;
  readonly expiresAt: Instant;
  readonly createdAt: Instant;
}

export const CODE_LENGTH = 6;
/** Product and contract, section 5: a code lives ten minutes and bears five guesses. */
export const CODE_TTL_SECONDS = 600;
export const MAX_CODE_ATTEMPTS = 5;
/** WorkOS contract, section 8: three mails in 60 seconds to one user. */
export const MAX_SENDS_PER_WINDOW = 3;
export const SEND_WINDOW_SECONDS = 60;

export function createCode(random: Random): string {
  return randomText(random, '0123456789', CODE_LENGTH);
}

/** Keyed, because six digits behind a plain hash are found in a second; bound to its row, so no hash fits another. */
export function hashCode(key: string, environmentId: EnvironmentId, id: EmailVerificationId, code: string): string {
  return createHmac('sha256', key).update(`${environmentId}|${id}|${code}`).digest('hex');
}

/** Compares in a time that does not depend on where the two differ. */
export function isSameHash(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a, 'hex'), Buffer.from(b, 'hex'));
}

/** The code does not verify the address. */
export class VerificationCodeError extends DomainError {
  constructor(
    code: 'VERIFICATION_CODE_INCORRECT' | 'VERIFICATION_CODE_EXPIRED' | 'VERIFICATION_CODE_ALREADY_USED',
    message: string,
    /** Guesses left for the newest code; null when no code is waiting. */
    readonly attemptsRemaining: number | null,
  ) {
    super(code, message, ['code']);
  }
}

/** The address of the user is verified already. */
export class EmailAlreadyVerifiedError extends DomainError {
  constructor() {
    super('EMAIL_ALREADY_VERIFIED', 'The address of this user is verified already.', null);
  }
}
