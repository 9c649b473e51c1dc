import { type RawBuilder, sql } from 'kysely';

/**
 * A list of texts for `in`, bound as one parameter: any number of values is one and the same prepared statement, and
 * no number of them meets SQLite's limit of parameters.
 */
export function listOf<T extends string>(values: readonly T[]): RawBuilder<T> {
  return sql<T>`(select value from json_each(${JSON.stringify(values)}))`;
}

/** The same list as a table `parent` with one column `value`, to join what hangs on each of them. */
export function parentsOf<T extends string>(values: readonly T[]) {
  return sql<{ value: T }>`json_each(${JSON.stringify(values)})`.as('parent');
}
