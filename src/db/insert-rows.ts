import { type RawBuilder, sql } from 'kysely';
import { type Compiled, compiled } from './compiled.js';
import type { Transaction } from './handle.js';
import { member, recordsOf, textOfRows } from './syntax.js';
import type { Tables } from './tables.js';

type Cell = string | number | null;
type Row = Readonly<Record<string, Cell>>;

/** A column whose value the database computes from what is given of the row. */
export interface ComputedColumn {
  readonly name: string;
  /** Returns the expression. `given` returns the given value of a column, also of this one. */
  readonly from: (given: (column: string) => RawBuilder<unknown>) => RawBuilder<unknown>;
}

/**
 * Writes rows in the order given, in one statement however many there are; compiled once for each table. All of them
 * have the same columns, and values that JSON can hold.
 */
export async function insertRows<Table extends keyof Tables>(
  trx: Transaction,
  table: Table,
  rows: readonly { readonly [Column in keyof Tables[Table]]?: Cell }[],
  computed: readonly ComputedColumn[] = [],
): Promise<void> {
  const [first, ...others] = rows;
  if (!first) return;
  const columns = Object.keys(first);
  const key = `${table} ${columns.join()} ${computed.map(({ name }) => name).join()}`;
  const insert = inserts.get(key) ?? compileInserts(table, columns, computed);
  inserts.set(key, insert);
  // Taking one row out of JSON would take longer than writing it.
  if (others.length === 0) await insert.one(trx, first as Row);
  else await insert.many(trx, { rows: textOfRows(rows) });
}

interface Inserts {
  readonly one: Compiled<Row, unknown>;
  readonly many: Compiled<{ rows: string }, unknown>;
}

/** By table, columns and computed columns, of which there are a few. */
const inserts = new Map<string, Inserts>();

function compileInserts(table: keyof Tables, columns: readonly string[], computed: readonly ComputedColumn[]): Inserts {
  const taken = columns.filter((column) => computed.every(({ name }) => name !== column));
  const names = [...taken, ...computed.map(({ name }) => name)];
  const into = sql`insert into ${sql.table(table)} (${sql.join(names.map((name) => sql.ref(name)))})`;
  const cells = (given: (column: string) => RawBuilder<unknown>) =>
    sql.join([...taken.map(given), ...computed.map(({ from }) => from(given))]);
  return {
    one: compiled((value) => sql`${into} values (${cells((column) => sql`${value(column)}`)})`),
    many: compiled(
      (value) => sql`${into}
    select ${cells(member)} from ${recordsOf(table, value('rows'))}`,
    ),
  };
}
