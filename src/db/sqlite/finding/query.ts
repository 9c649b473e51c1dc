import type { EnvironmentId } from '../../../domain/ids.js';
import { toUser, type UserRow } from '../../../users/user.table.js';
import { type Condition, partsOf } from '../../../users/user-condition.js';
import type { UserQuery } from '../../../users/user-query.js';
import { isFound, type Search, searchableText } from '../../../users/user-search.js';
import type { Handle } from '../../handle.js';
import { SPACE } from './search-entry.js';
import { findSpace, matchOf } from './search-index.js';

/** A query that is ready to be planned: its conditions, and its search in the terms of the search index. */
export interface ResolvedQuery {
  readonly environmentId: EnvironmentId;
  /** Conditions that must all hold. */
  readonly conditions: readonly Condition[];
  /** The FTS5 query; null without a search. */
  readonly match: string | null;
  readonly search: Search | null;
  /** The search entries of the environment have numbers above this one. */
  readonly base: number;
}

/** Resolves a query. Returns null when no user can match it, which is known without reading users. */
export async function resolveQuery(
  db: Handle,
  environmentId: EnvironmentId,
  { condition, search }: UserQuery,
): Promise<ResolvedQuery | null> {
  const conditions = partsOf(condition);
  if (conditions.some((one) => one.kind === 'any' && one.of.length === 0)) return null;
  if (!search) return { environmentId, conditions, match: null, search: null, base: 0 };
  const space = await findSpace(db, environmentId);
  if (space === null || search.words.length === 0) return null;
  return { environmentId, conditions, match: matchOf(space, search.words), search, base: space * SPACE };
}

/** Whether the search matches the user. Used when a condition has found few enough users to check each of them. */
export function matchesSearch({ search }: ResolvedQuery, row: UserRow): boolean {
  return search === null || isFound(search, searchableText(toUser(row)));
}
