import { sql } from 'kysely';
import type { EnvironmentId } from '../domain/ids.js';
import { template } from './compiled.js';
import type { Cells } from './database.js';
import type { Storage } from './mapping.js';
import { byIndex, byPrimaryKey } from './syntax.js';
import type { Tables } from './tables.js';

/** Where rows are read from. */
export interface Source {
  readonly table: keyof Tables;
  /** Null for the primary key. */
  readonly index: string | null;
}

/** The columns of a statement, separated by commas. */
export const refs = (columns: readonly string[], alias?: string) =>
  sql.join(columns.map((column) => sql.ref(alias === undefined ? column : `${alias}.${column}`)));

/** The index of a source, forced. */
export const along = ({ table, index }: Source) => (index === null ? byPrimaryKey(table) : byIndex(index));

/** The row that has this value in a unique column. */
export function rowByKey(source: Source, column: string, columns: readonly string[]) {
  return template<{ readonly environmentId: EnvironmentId; readonly key: string }, unknown>(
    (value) => sql`select ${refs(columns)} from ${sql.table(source.table)} ${along(source)}
      where environment_id = ${value('environmentId')} and ${sql.ref(column)} = ${value('key')}`,
  );
}

type Cell = Cells[number];

/** Characters that JSON escapes, and halves of surrogate pairs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the expression matches control characters.
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

/** Writes a text as JSON, as `JSON.stringify` does. */
export function quote(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** Writes the JSON text of a value that is not null. */
export function writeValue(storage: Storage, value: Exclude<Cell, null>): string {
  switch (storage) {
    case 'text':
      return typeof value === 'string' ? quote(value) : `"${value}"`;
    case 'flag':
      return value === 1 ? 'true' : 'false';
    // The store wrote JSON with `JSON.stringify`.
    case 'number':
    case 'json':
      return String(value);
  }
}
