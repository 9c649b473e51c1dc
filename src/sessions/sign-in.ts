import { DomainError } from '../errors.js';
import type { NewEvent } from '../events/event.js';
import type { User } from '../users/user.js';

/** What somebody signs in with. */
export interface Credentials {
  readonly environmentId: string;
  readonly email: string;
  readonly password: string;
  /** What they ask for beside what is theirs. */
  readonly scopes: readonly string[];
}

/** Where a sign-in comes from; null where the server cannot know. */
export interface Origin {
  readonly requestId: string;
  readonly networkAddress: string | null;
  readonly userAgent: string | null;
}

/** Address and password do not belong together; which of them is wrong is not told. */
export class InvalidCredentialsError extends DomainError {
  constructor(path: readonly string[] | null = null) {
    super('INVALID_CREDENTIALS', 'The address or the password is wrong.', path);
  }
}

/** What the contract's section 4 has of an authentication. */
export function authenticationEvent(status: 'succeeded' | 'failed', user: User, origin: Origin): NewEvent {
  const { networkAddress: ipAddress, userAgent } = origin;
  const data = { type: 'password', status, userId: user.id, email: user.email, ipAddress, userAgent };
  return { name: `authentication.password_${status}`, userId: user.id, organizationId: null, data };
}
