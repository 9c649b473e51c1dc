import { type RawBuilder, sql } from 'kysely';

/** Rows to write, bound as one parameter: a table with a column `value`, a JSON list, for each of them. */
export function rowsOf(rows: readonly unknown[]): RawBuilder<unknown> {
  // SQLite would store half of a surrogate pair as bytes that are not UTF-8.
  const text = JSON.stringify(rows, (_, value) => (typeof value === 'string' ? value.toWellFormed() : value));
  return sql`json_each(${text})`;
}
