import { sql } from 'kysely';
import type { EnvironmentId } from '../domain/ids.js';
import { cutPage, type Page, type PageRequest } from '../paging/paging.js';
import type { Handle, Transaction } from './handle.js';
import { keyset } from './keyset.js';
import { byIndex, byPrimaryKey, isOneOf, slicesOfParents } from './syntax.js';
import type { Tables } from './tables.js';

/** A list that belongs to each of many parents. */
export interface NestedList {
  readonly table: keyof Tables;
  /** The column that names the parent. */
  readonly parent: string;
  /** The index on environment, parent and position. */
  readonly index: string;
  /** The column the list is ordered by, unique in the environment. */
  readonly position: string;
  readonly descending: boolean;
}

/**
 * Reads the same slice of every parent's list in one statement, in no order. Each parent reads only its own first rows
 * of the index: the cost is parents times page, however long the lists are.
 *
 * The plan is forced. Without statistics, or with old ones, SQLite makes `item` the outer loop and reads the whole
 * environment once for each parent; with statistics of a small table it scans that table. The nested join keeps the
 * parents outside, each slice is read in the order of its own index, and each row is looked up by primary key.
 *
 * @typeParam Row what a row of the table is
 */
export async function slicesOf<Row>(
  db: Handle,
  { table, parent, index, position, descending }: NestedList,
  environmentId: EnvironmentId,
  parents: readonly string[],
  request: PageRequest,
): Promise<Row[]> {
  const slice = (column: string) => sql.ref(`slice.${column}`);
  const { bounds, orderBy, limit } = keyset({ columns: [`slice.${position}`], descending }, request);
  const conditions = [sql`slice.environment_id = ${environmentId}`, sql`${slice(parent)} = parent.value`, ...bounds];
  const source = slicesOfParents({
    table,
    position,
    environmentId,
    parents: JSON.stringify(parents),
    rows: sql`from ${sql.table(table)} as slice ${byIndex(index)}
      where ${sql.join(conditions, sql` and `)} order by ${orderBy} limit ${limit}`,
  });
  const { rows } = await sql<Row>`select item.* from ${source}`.execute(db);
  return rows;
}

/** The same slice of every parent's list, each in the list's order. */
export async function pageByParents<Parent extends string, Row, Item>(
  db: Handle,
  list: NestedList,
  environmentId: EnvironmentId,
  parents: readonly Parent[],
  request: PageRequest,
  toItem: (row: Row) => Item,
): Promise<Map<Parent, Page<Item>>> {
  const rows = sortSlices(await slicesOf<Row>(db, list, environmentId, parents, request), list, request);
  const byParent = new Map(parents.map((parent) => [parent, [] as Item[]]));
  // The list's columns are the row's.
  for (const row of rows) byParent.get(row[list.parent as keyof Row] as Parent)?.push(toItem(row));
  return new Map([...byParent].map(([parent, items]) => [parent, cutPage(items, request)]));
}

/** The number of rows of each parent. */
export async function countByParents<Parent extends string>(
  db: Handle,
  { table, parent, index }: NestedList,
  environmentId: EnvironmentId,
  parents: readonly Parent[],
): Promise<Map<Parent, number>> {
  const { rows } = await sql<{ parent: Parent; total: number }>`
    select ${sql.ref(parent)} as parent, count(*) as total from ${sql.table(table)} ${byIndex(index)}
    where environment_id = ${environmentId} and ${isOneOf(sql.ref(parent), parents)}
    group by ${sql.ref(parent)}`.execute(db);
  return new Map(rows.map((row) => [row.parent, row.total]));
}

/** Deletes every row of a parent. Returns what was deleted. */
export async function removeByParent<Row, Item>(
  trx: Transaction,
  { table, parent, index }: NestedList,
  environmentId: EnvironmentId,
  parentId: string,
  toItem: (row: Row) => Item,
): Promise<Item[]> {
  const { rows } = await sql<Row>`delete from ${sql.table(table)} ${byIndex(index)}
    where environment_id = ${environmentId} and ${sql.ref(parent)} = ${parentId} returning *`.execute(trx);
  return rows.map(toItem);
}

/** Deletes up to `limit` rows of a parent, the first ones by position. Returns what was deleted, in that order. */
export async function removeFirstByParent<Row, Item>(
  trx: Transaction,
  { table, parent, index, position }: NestedList,
  environmentId: EnvironmentId,
  parentId: string,
  limit: number,
  toItem: (row: Row) => Item,
): Promise<Item[]> {
  const { rows } = await sql<Row>`
    delete from ${sql.table(table)} ${byPrimaryKey(table)}
    where environment_id = ${environmentId} and ${sql.ref(position)} in (
      select ${sql.ref(`one.${position}`)} from ${sql.table(table)} as one ${byIndex(index)}
      where one.environment_id = ${environmentId} and ${sql.ref(`one.${parent}`)} = ${parentId}
      order by ${sql.ref(`one.${position}`)} limit ${limit})
    returning *`.execute(trx);
  const column = position as keyof Row; // the list's columns are the row's
  return rows.sort((a, b) => (a[column] < b[column] ? -1 : 1)).map(toItem);
}

/** Puts rows into the order the request reads them in. */
export function sortSlices<Row>(rows: Row[], { position, descending }: NestedList, request: PageRequest): Row[] {
  const column = position as keyof Row; // the list's columns are the row's
  const sign = descending === (request.direction === 'forward') ? 1 : -1;
  return rows.sort((a, b) => (a[column] < b[column] ? sign : -sign));
}
