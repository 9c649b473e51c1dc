import { RequestError } from '../errors.js';
import type { UserOrderField } from './user.js';
import { type Condition, EVERYBODY, labelOf } from './user-condition.js';
import type { Search } from './user-search.js';

/** Rows one page may look at that no index tells to be meant. Smaller environments never meet it. */
export const MAX_ROWS_EXAMINED = 10_000;

/** Rows whose words are looked at one by one, when a search finds too many and a condition leads to few. */
export const MAX_ROWS_SEARCHED = 1_000;

/** Where `usersCount` stops at the latest. */
export const MAX_COUNT = 10_000;

/** Looking at the words of one user takes as long as looking at so many rows: it is done in JavaScript. */
export const ROWS_OF_WORDS = 10;

/** Whom a list is of. */
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
  'Add a condition that an index serves and that few users meet: id, email, emailDomain, a name or externalId by eq, ' +
  'in or startsWith, organizationId, metadata eq, a short range of time';

/** A page would have to look at too many users to find the few that are meant. */
export class NotSelectiveError extends RequestError {
  constructor(conditions: readonly Condition[], order: UserOrderField, searches: boolean) {
    const names = [...new Set(conditions.map(labelOf)), ...(searches ? ['search'] : [])].join(', ');
    super(
      'FILTER_NOT_SELECTIVE',
      `More than ${MAX_ROWS_EXAMINED} users would have to be looked at for ${names} in the order ${order}. ${ADVICE}; ` +
        (searches ? 'or search for longer words, or order by CREATED_AT.' : 'or use search.'),
    );
  }
}

/** What to ask for in the place of a count that would look at too many users. */
export const COUNT_ADVICE = `${ADVICE}; or ask usersCount, which stops at a limit.`;
