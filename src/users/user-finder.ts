import type { Handle } from '../db/handle.js';
import type { EnvironmentId, UserId } from '../domain/ids.js';
import type { Page, PageRequest, Position } from '../paging/paging.js';
import type { User, UserOrder } from './user.js';
import type { Count, UserQuery } from './user-query.js';

declare module '../db/engine.js' {
  interface Engine {
    readonly userFinder: UserFinder;
  }
}

/** A page of users with the position of each in the list. */
export interface UserPage extends Page<User> {
  readonly positions: ReadonlyMap<UserId, Position>;
}

/** Finds the users that match a query. Every method reads a bounded number of rows. */
export interface UserFinder {
  /** @throws {NotSelectiveError} when the page would have to examine more than `MAX_ROWS_EXAMINED` rows */
  page(
    db: Handle,
    environmentId: EnvironmentId,
    query: UserQuery,
    order: UserOrder,
    request: PageRequest,
  ): Promise<UserPage>;
  /**
   * Counts the users that match.
   *
   * @throws {NotCountableError} when the count would have to examine more than `MAX_ROWS_COUNTED` rows
   */
  count(db: Handle, environmentId: EnvironmentId, query: UserQuery): Promise<number>;
  /** Counts up to `limit`. The count is inexact when it stops there, or after `MAX_ROWS_COUNTED` rows. */
  countUpTo(db: Handle, environmentId: EnvironmentId, query: UserQuery, limit: number): Promise<Count>;
}
