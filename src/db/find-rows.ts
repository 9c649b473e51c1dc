import { sql } from 'kysely';
import type { EnvironmentId } from '../ids.js';
import type { Handle } from './handle.js';
import { listOf } from './lists.js';
import type { Row, Tables } from './tables.js';

/** A unique key of a table: the column beside the environment, and the index on both. */
export interface Key<Table extends keyof Tables> {
  readonly table: Table;
  readonly column: keyof Tables[Table] & string;
  readonly index: string;
}

/** The key of a table whose primary key is the environment and this column. */
export function primaryKey<Table extends keyof Tables>(table: Table, column: keyof Tables[Table] & string): Key<Table> {
  return { table, column, index: primaryIndex(table) };
}

/** The index that SQLite makes for the primary key of a table. */
export function primaryIndex(table: keyof Tables): string {
  return `sqlite_autoindex_${table}_1`;
}

/**
 * The rows of an environment that have one of these values, in no order. The index is named, because SQLite scans a table
 * that was small when statistics were made of it.
 */
export async function findRows<Table extends keyof Tables>(
  db: Handle,
  { table, column, index }: Key<Table>,
  environmentId: EnvironmentId,
  values: readonly string[],
): Promise<Row<Table>[]> {
  const { rows } = await sql<Row<Table>>`select * from ${sql.table(table)} indexed by ${sql.ref(index)}
    where environment_id = ${environmentId} and ${sql.ref(column)} in ${listOf(values)}`.execute(db);
  return rows;
}
