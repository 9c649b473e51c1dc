import { DomainError, type InputPath } from '../domain/errors.js';

/** Observed minimum of WorkOS's default policy (contract, section 2.4). Counted in UTF-16 units, as browsers count. */
export const MIN_PASSWORD_LENGTH = 10;
/** NIST SP 800-63B requires at least 64. The limit bounds the cost of hashing and of the strength estimate. */
export const MAX_PASSWORD_LENGTH = 256;

/** The password violates the password policy. */
export class PasswordError extends DomainError {
  constructor(
    code: 'PASSWORD_TOO_SHORT' | 'PASSWORD_TOO_LONG' | 'PASSWORD_TOO_WEAK',
    message: string,
    readonly details: { minimumLength?: number; suggestions?: readonly string[] } = {},
  ) {
    super(code, message, PATH);
  }
}

const PATH: InputPath = ['password'];
