import type { Cause } from '../auth/viewer.js';
import { DomainError } from '../domain/errors.js';

/** Input of a sign-in. */
export interface Credentials {
  readonly environmentId: string;
  readonly email: string;
  readonly password: string;
  /** The requested scopes. */
  readonly scopes: readonly string[];
}

/** The origin of a sign-in. A field is null when the server cannot determine it. */
export interface Origin extends Cause {
  readonly networkAddress: string | null;
  readonly userAgent: string | null;
}

/** The address or the password is wrong. The error does not reveal which one. */
export class InvalidCredentialsError extends DomainError {
  constructor(path: readonly string[] | null = null) {
    super('INVALID_CREDENTIALS', 'The email address or the password is wrong.', path);
  }
}
