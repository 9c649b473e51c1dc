import { DomainError } from '../domain/errors.js';
import type { OneTimeCode } from '../one-time-codes/one-time-code.js';

/** The data of the event of a new code (WorkOS contract, section 4). It does not contain the digits. */
export type EmailVerification = Pick<OneTimeCode, 'id' | 'userId' | 'email' | 'expiresAt' | 'createdAt'>;

/** The address of the user is already verified. */
export class EmailAlreadyVerifiedError extends DomainError {
  constructor() {
    super('EMAIL_ALREADY_VERIFIED', 'The address of this user is already verified.', null);
  }
}
