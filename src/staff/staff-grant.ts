import type { Scope } from '../auth/scope.js';
import type { Instant } from '../clock.js';
import type { UserId } from '../ids.js';

/** Scopes that a user may ask for when they sign in: what makes them staff. */
export interface StaffGrant {
  readonly userId: UserId;
  readonly scopes: readonly Scope[];
  readonly createdAt: Instant;
}

/** Grants that a list of them shows. */
export const MAX_STAFF_LISTED = 1_000;
