import { RequestError } from '../domain/errors.js';
import type { UserOrderField } from './user.js';
import { type Condition, EVERYBODY, labelOf } from './user-condition.js';
import type { Search } from './user-search.js';

/** The maximum number of rows that a page may examine beyond those an index selects. */
export const MAX_ROWS_EXAMINED = 10_000;

/** The maximum number of rows whose words are compared one by one, if a condition is more selective than the search. */
export const MAX_ROWS_SEARCHED = 1_000;

/** The maximum limit of `usersCount`. */
export const MAX_COUNT = 10_000;

/** The cost of comparing the words of one user, in examined rows: it runs in JavaScript. */
export const ROWS_OF_WORDS = 10;

/** Selects users by a condition and a search. */
export interface UserQuery {
  readonly condition: Condition;
  readonly search: Search | null;
}

export const EVERY_USER: UserQuery = { condition: EVERYBODY, search: null };

/** A number of users. */
export interface Count {
  readonly value: number;
  /** False when counting stopped before the end. */
  readonly isExact: boolean;
}

const ADVICE =
  'Add a condition that has an index and that few users match: id, email, emailDomain, a name or externalId by eq, ' +
  'in or startsWith, organizationId, metadata eq, or a short time range';

/** A page would have to examine too many users. */
export class NotSelectiveError extends RequestError {
  constructor(conditions: readonly Condition[], order: UserOrderField, searches: boolean) {
    const names = [...new Set(conditions.map(labelOf)), ...(searches ? ['search'] : [])].join(', ');
    super(
      'FILTER_NOT_SELECTIVE',
      `More than ${MAX_ROWS_EXAMINED} users would have to be examined for ${names} in the order ${order}. ${ADVICE}; ` +
        (searches ? 'or search for longer words, or order by CREATED_AT.' : 'or use search.'),
    );
  }
}

/** The advice in the error for a count that would examine too many users. */
export const COUNT_ADVICE = `${ADVICE}; or use usersCount, which stops at a limit.`;

/** The columns of an order, which together are unique, and the index that has all users in this order. */
export interface StoredOrder {
  readonly columns: readonly string[];
  /** Null for the primary key. */
  readonly index: string | null;
}

/** IDs ascend in the order of creation. */
export const USER_ORDERS: Readonly<Record<UserOrderField, StoredOrder>> = {
  CREATED_AT: { columns: ['id'], index: null },
  EMAIL: { columns: ['email_normal'], index: 'users_email_unique' },
  UPDATED_AT: { columns: ['updated_at', 'id'], index: 'users_by_updated' },
  LAST_SIGN_IN_AT: { columns: ['last_sign_in_order', 'id'], index: 'users_by_last_sign_in' },
  NAME: { columns: ['name_normal', 'id'], index: 'users_by_name' },
};
