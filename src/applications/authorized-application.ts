import type { Instant } from '../clock.js';
import { DomainError } from '../errors.js';
import type { NewEvent } from '../events/event.js';
import type { ApplicationId, AuthorizedApplicationId, UserId } from '../ids.js';

/** A grant: the user allowed an application to act for them (WorkOS contract, section 3). */
export interface AuthorizedApplication {
  readonly id: AuthorizedApplicationId;
  readonly userId: UserId;
  readonly applicationId: ApplicationId;
  readonly grantedScopes: readonly string[];
  /** Resource indicator asked for in the grant (RFC 8707). */
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

/** The event of what happened to a grant. */
export function grantEvent(
  name: `authorized_application.${'created' | 'updated' | 'deleted'}`,
  grant: AuthorizedApplication,
) {
  return { name, userId: grant.userId, organizationId: null, data: grant } satisfies NewEvent;
}
