import { DomainError } from '../domain/errors.js';
import type { ApplicationId, AuthorizedApplicationId, UserId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';

/** A grant: the user allowed an application to act for them (WorkOS contract, section 3). */
export interface AuthorizedApplication {
  readonly id: AuthorizedApplicationId;
  readonly userId: UserId;
  readonly applicationId: ApplicationId;
  readonly grantedScopes: readonly string[];
  /** Resource indicator requested with the grant (RFC 8707). */
  readonly resource: string | null;
  readonly createdAt: Instant;
}

/** Input of `authorizeApplication`. */
export interface NewAuthorization {
  readonly userId: string;
  /** Application id or client id. */
  readonly applicationId: string;
  readonly scopes: readonly string[];
  readonly resource?: string | null | undefined;
}

/** The user has not granted this application access. */
export class AuthorizedApplicationNotFoundError extends DomainError {
  constructor(readonly applicationId: string) {
    super('AUTHORIZED_APPLICATION_NOT_FOUND', `The user has not authorized '${applicationId}'.`, ['applicationId']);
  }
}
