import { sql } from 'kysely';
import type { EnvironmentId } from '../domain/ids.js';
import { type Compiled, compiled } from './compiled.js';
import type { Handle } from './handle.js';
import { byIndex, byPrimaryKey, isIn } from './syntax.js';
import type { Row, Tables } from './tables.js';

/** A unique key of a table: the column beside the environment, and the index on both. */
export interface Key<Table extends keyof Tables> {
  readonly table: Table;
  readonly column: keyof Tables[Table] & string;
  /** Null for the primary key. */
  readonly index: string | null;
}

/** The key of a table whose primary key is the environment and this column. */
export function primaryKey<Table extends keyof Tables>(table: Table, column: keyof Tables[Table] & string): Key<Table> {
  return { table, column, index: null };
}

/**
 * The rows of an environment that have one of these values, in no order. The index is named, because a planner scans a table
 * that was small when statistics were made of it.
 */
export async function findRows<Table extends keyof Tables>(
  db: Handle,
  { table, column, index }: Key<Table>,
  environmentId: EnvironmentId,
  values: readonly string[],
): Promise<Row<Table>[]> {
  const name = `${table} ${index}`;
  const find = finds.get(name) ?? compileFind(table, column, index);
  finds.set(name, find);
  const { rows } = await find(db, { environmentId, list: JSON.stringify(values) });
  return rows as Row<Table>[]; // of the table that the statement names
}

/** By table and index, of which there are a few. */
const finds = new Map<string, Compiled<Wanted, unknown>>();

interface Wanted {
  readonly environmentId: EnvironmentId;
  /** A JSON list. */
  readonly list: string;
}

function compileFind(table: keyof Tables, column: string, index: string | null): Compiled<Wanted, unknown> {
  return compiled(
    (value) => sql`select * from ${sql.table(table)} ${index === null ? byPrimaryKey(table) : byIndex(index)}
    where environment_id = ${value('environmentId')} and ${isIn(sql.ref(column), value('list'))}`,
  );
}
