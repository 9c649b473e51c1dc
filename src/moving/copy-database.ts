import { sql } from 'kysely';
import type { Database } from '../db/database.js';
import { engineOf } from '../db/engine.js';
import { type Handle, leaveUnit, type Transaction } from '../db/handle.js';
import { OperatorError } from '../domain/operator-error.js';
import { takeTurn } from '../scheduling/turns.js';
import { COPIED_TABLES, type CopiedTable } from './copied-tables.js';
import { indexUsers, PortableRows, type Row, type Value } from './portable-rows.js';

/** Rows that are read and written in one go. With 30 columns they stay below the limits of both engines. */
const BATCH = 500;

/** The databases differ after the copy, or the source cannot be copied. */
export class CopyError extends OperatorError {
  override readonly name = 'CopyError';
}

export interface Copied {
  /** Rows of each table. */
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Copies a database into an empty one of either engine. Everything is written in one transaction of the target, so that it
 * has all of it or nothing, and then compared row by row. IDs, sequence numbers and epochs stay, so cursors and
 * tokens stay valid. Nothing may write to the source meanwhile.
 *
 * @param onRow called with the number of rows that were copied or compared, and of those that will be
 * @throws {CopyError} when the target has data, when a text cannot be stored, or when a row differs
 */
export async function copyDatabase(
  from: Database,
  to: Database,
  onRow: (done: number, total: number) => void,
): Promise<Copied> {
  const [existing] = await to.reader.selectFrom('environments').select('id').limit(1).execute();
  if (existing) throw new CopyError('The target has environments: copy into a new database.');
  const totals = await countRows(from.reader);
  const total = 2 * [...totals.values()].reduce((sum, rows) => sum + rows, 0);
  let done = 0;
  const count = (rows: number) => {
    done += rows;
    onRow(done, Math.max(total, done));
  };
  await to.transaction(null, async (trx) => {
    const target = new PortableRows(trx);
    for (const table of COPIED_TABLES) {
      const pages = pagesOf(from, table);
      // The source is another database, which this unit does not lock.
      for (let page = await leaveUnit(pages); page.length > 0; page = await leaveUnit(pages)) {
        refuseNul(table, page);
        await insert(trx, table, await target.stored(table.name, page));
        count(page.length);
      }
    }
    await engineOf(trx).noteFilled(trx);
  });
  for (const table of COPIED_TABLES) await compare(from, to, table, count);
  return { rows: Object.fromEntries(totals) };
}

async function countRows(db: Handle): Promise<Map<string, number>> {
  const totals = new Map<string, number>();
  for (const { name } of COPIED_TABLES) {
    const { rows } = await sql<{ total: number }>`select count(*) as total from ${sql.table(name)}`.execute(db);
    totals.set(name, rows[0]?.total ?? 0);
  }
  return totals;
}

/** Returns a function that reads the next rows in the order of the key; none after the last. */
function pagesOf({ reader }: Database, { name, key }: CopiedTable): () => Promise<readonly Row[]> {
  const portable = new PortableRows(reader);
  const columns = sql.join(key.map((column) => sql.ref(column)));
  let after: readonly Value[] | null = null;
  return async () => {
    await takeTurn();
    const rest = after === null ? sql`` : sql`where (${columns}) > (${sql.join(after)})`;
    const { rows } =
      await sql<Row>`select * from ${sql.table(name)} ${rest} order by ${columns} limit ${BATCH}`.execute(reader);
    const last = rows.at(-1);
    if (last) after = key.map((column) => last[column] ?? null);
    return portable.read(name, rows);
  };
}

async function insert(trx: Transaction, { name }: CopiedTable, rows: readonly Row[]): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first);
  const values = rows.map((row) => sql`(${sql.join(columns.map((column) => row[column] ?? null))})`);
  const names = sql.join(columns.map((column) => sql.ref(column)));
  await sql`insert into ${sql.table(name)} (${names}) values ${sql.join(values)}`.execute(trx);
  if (name === 'users') await indexUsers(trx, rows);
}

/** Databases of 0.1.0 can have this character; PostgreSQL cannot. */
function refuseNul(table: CopiedTable, rows: readonly Row[]): void {
  const found = rows.find((row) =>
    Object.values(row).some((value) => typeof value === 'string' && /\0|\\u0000/.test(value)),
  );
  if (found) throw new CopyError(`${placeOf(table, found)} has a text with the character U+0000: change it first.`);
}

async function compare(from: Database, to: Database, table: CopiedTable, count: (rows: number) => void): Promise<void> {
  const [read, readCopy] = [pagesOf(from, table), pagesOf(to, table)];
  for (;;) {
    const [rows, copies] = [await read(), await readCopy()];
    for (let index = 0; index < Math.max(rows.length, copies.length); index++) {
      const [row, copy] = [rows[index], copies[index]];
      if (row && copy && textOf(row) === textOf(copy)) continue;
      const place = placeOf(table, row ?? copy ?? {});
      throw new CopyError(`${place} differs after the copy. Did a server write meanwhile? Stop all, and copy again.`);
    }
    if (rows.length === 0) return;
    count(rows.length);
  }
}

function placeOf({ name, key }: CopiedTable, row: Row): string {
  return `The row ${key.map((column) => String(row[column])).join(', ')} of ${name}`;
}

/** A row as a text that is the same for the same values, whatever the order of the columns is. */
function textOf(row: Row): string {
  const entries = Object.entries(row).map(([name, value]) => [
    name,
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  ]);
  return JSON.stringify(entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}
