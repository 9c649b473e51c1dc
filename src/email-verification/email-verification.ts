import { DomainError } from '../errors.js';
import type { OneTimeCode } from '../one-time-codes/one-time-code.js';

/** What the event of a new code tells of it (WorkOS contract, section 4: without the code). */
export type EmailVerification = Pick<OneTimeCode, 'id' | 'userId' | 'email' | 'expiresAt' | 'createdAt'>;

/** The address of the user is verified already. */
export class EmailAlreadyVerifiedError extends DomainError {
  constructor() {
    super('EMAIL_ALREADY_VERIFIED', 'The address of this user is verified already.', null);
  }
}
