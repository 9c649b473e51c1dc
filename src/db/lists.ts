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

/**
 * Rows to write, bound as one parameter: a table with a column `value`, a JSON object or list, for each of them. Texts
 * that callers give are Unicode (see `illFormedTexts`). Should half of a surrogate pair come here all the same, it
 * becomes U+FFFD, as it does in a text that is bound by itself: SQLite would make bytes of it that are not UTF-8.
 */
export function rowsOf(rows: readonly unknown[]): RawBuilder<unknown> {
  return sql`json_each(${textOfRows(rows)})`;
}

/** What `rowsOf` binds. */
export function textOfRows(rows: readonly unknown[]): string {
  return JSON.stringify(rows, (_, value) => (typeof value === 'string' ? value.toWellFormed() : value));
}
