import { sql } from 'kysely';
import { type Compiled, compiled } from './compiled.js';
import type { Transaction } from './handle.js';
import { textOfRows } from './lists.js';
import type { Tables } from './tables.js';

/**
 * Writes rows in the order given, in one statement however many there are; compiled once for each table. All of them
 * have the same columns, and values that JSON can hold.
 */
export async function insertRows<Table extends keyof Tables>(
  trx: Transaction,
  table: Table,
  rows: readonly { readonly [Column in keyof Tables[Table]]: string | number | null }[],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first);
  const key = `${table} ${columns.join()}`;
  const insert = inserts.get(key) ?? compileInsert(table, columns);
  inserts.set(key, insert);
  await insert(trx, { rows: textOfRows(rows) });
}

/** By table and columns, of which there are a few. */
const inserts = new Map<string, Compiled<{ rows: string }, unknown>>();

function compileInsert(table: keyof Tables, columns: readonly string[]): Compiled<{ rows: string }, unknown> {
  const values = columns.map((column) => sql`value ->> ${sql.lit(column)}`);
  return compiled(
    (value) => sql`insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})
    select ${sql.join(values)} from json_each(${value('rows')})`,
  );
}
