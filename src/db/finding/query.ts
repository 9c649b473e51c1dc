import type { EnvironmentId } from '../../domain/ids.js';
import type { FoundEntries } from '../../users/search-index.js';
import { toUser, type UserRow } from '../../users/user.table.js';
import { type Condition, partsOf } from '../../users/user-condition.js';
import type { UserQuery } from '../../users/user-query.js';
import { isFound, type Search, searchableText } from '../../users/user-search.js';
import { engineOf } from '../engine.js';
import type { Handle } from '../handle.js';

/** A query that is ready to be planned: its conditions, and its search in the terms of the search index. */
export interface ResolvedQuery {
  readonly environmentId: EnvironmentId;
  /** Conditions that must all hold. */
  readonly conditions: readonly Condition[];
  /** Null without a search. */
  readonly search: Search | null;
  /** The entries of the search index that match the search; null without a search. */
  readonly found: FoundEntries | null;
}

/** Resolves a query. Returns null when no user can match it, which is known without reading users. */
export async function resolveQuery(
  db: Handle,
  environmentId: EnvironmentId,
  { condition, search }: UserQuery,
): Promise<ResolvedQuery | null> {
  const conditions = partsOf(condition);
  if (conditions.some((one) => one.kind === 'any' && one.of.length === 0)) return null;
  if (!search) return { environmentId, conditions, search: null, found: null };
  if (search.words.length === 0) return null;
  const found = await engineOf(db).searchIndex.find(db, environmentId, search.words);
  return found && { environmentId, conditions, search, found };
}

/** Whether the search matches the user. Used when a condition has found few enough users to check each of them. */
export function matchesSearch({ search }: ResolvedQuery, row: UserRow): boolean {
  return search === null || isFound(search, searchableText(toUser(row)));
}
