import { sql } from 'kysely';
import type { Transaction } from './handle.js';
import { rowsOf } from './lists.js';
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
  const values = columns.map((column) => sql`value ->> ${sql.lit(column)}`);
  await sql`insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})
    select ${sql.join(values)} from ${rowsOf(rows)}`.execute(trx);
}
