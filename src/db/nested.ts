import { sql } from 'kysely';
import type { EnvironmentId } from '../ids.js';
import { cutPage, type Page, type PageRequest } from '../paging.js';
import { primaryIndex } from './find-rows.js';
import type { Handle } from './handle.js';
import { keyset } from './keyset.js';
import { parentsOf } from './lists.js';
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
 * The plan is forced, because without statistics, or with old ones, SQLite makes `item` the outer loop and so reads the
 * whole environment once for each parent, and with those of a small table it scans it. `cross join` keeps the parents
 * outside, and `indexed by` keeps each slice in the order of its own index, and each row to a look by primary key.
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
  const { rows } = await sql<Row>`
    select item.* from ${parentsOf(parents)}
    cross join ${sql.table(table)} as item indexed by ${sql.ref(primaryIndex(table))}
      on item.environment_id = ${environmentId} and ${sql.ref(`item.${position}`)} in (
      select ${slice(position)} from ${sql.table(table)} as slice indexed by ${sql.ref(index)}
      where ${sql.join(conditions, sql` and `)} order by ${orderBy} limit ${limit}
    )`.execute(db);
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

/** Puts rows into the order the request reads them in. */
export function sortSlices<Row>(rows: Row[], { position, descending }: NestedList, request: PageRequest): Row[] {
  const column = position as keyof Row; // the list's columns are the row's
  const sign = descending === (request.direction === 'forward') ? 1 : -1;
  return rows.sort((a, b) => (a[column] < b[column] ? sign : -sign));
}
