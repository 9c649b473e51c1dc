import type { Scope } from '../auth/scope.js';
import type { UserId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';

/** The scopes that a user can request at sign-in. A user with a grant is a member of staff. */
export interface StaffGrant {
  readonly userId: UserId;
  readonly scopes: readonly Scope[];
  readonly createdAt: Instant;
}

/** Maximum number of grants that a list returns. */
export const MAX_STAFF_LISTED = 1_000;
