import {
  DummyDriver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawNode,
  type SqlBool,
  sql,
} from 'kysely';
import { type Engine, type Syntax, written } from '../engine.js';
import { count, countUpTo } from '../finding/count.js';
import { page } from '../finding/page.js';
import { searchIndex } from './search-index.js';

/** The planner of PostgreSQL takes no orders: its statistics choose the indexes. */
const syntax: Syntax = {
  index: () => sql``,
  primaryKey: () => sql``,
  nestedJoin: () => sql`join`,
  // Whatever it expects to find, the planner does not sort all rows of a table for the first of them.
  indexOrder: (columns) =>
    columns.length === 0 ? sql`` : sql`order by ${sql.join(columns.map((column) => sql.ref(column)))}`,
  // The planner does not look through `offset`.
  foundFirst: (query) => sql`select users.* from (${query} offset 0) as users`,
  withoutIndex: (column) => sql.ref(column),
  contains: (text, part) => sql<SqlBool>`strpos(${text}, ${part}) > 0`,
  hasMember: (column, name) => sql<SqlBool>`jsonb_exists(${sql.ref(column)}::jsonb, ${name})`,
  // An array is one value to the planner, which then uses an index whatever it takes the number of elements for.
  isIn: (value, json) => sql<SqlBool>`${value} = any (array(select json_array_elements_text(${json}::json)))`,
  slices: ({ parents, rows }) =>
    sql`json_array_elements_text(${parents}::json) as parent join lateral (select slice.* ${rows}) as item on true`,
  elements: (json) => sql`json_array_elements_text(${json}::json)`,
  cell: (position) => sql`(value::json ->> ${sql.lit(position)})`,
  records: (table, json) => sql`json_populate_recordset(null::${sql.table(table)}, ${json}::json) as given`,
  member: (column) => sql.ref(`given.${column}`),
  larger: (a, b) => sql`greatest(${a}, ${b})`,
  lockedUnlessTaken: (table) => sql`for update of ${sql.ref(table)} skip locked`,
  lastCommit: (environment) =>
    sql`(select number from environment_commits as c where c.environment_id = ${sql.ref(environment)})`,
  isBeyondAscii: (column) => sql<SqlBool>`${sql.ref(column)} ~ '[^ -~]'`,
};

class Compiler extends PostgresQueryCompiler {
  protected override visitRaw(node: RawNode): void {
    super.visitRaw(written(node, syntax));
  }
}

/** Only one process migrates a database. The number is arbitrary, and nothing else takes advisory locks. */
const MIGRATION_LOCK = 7_360_175;

/** PostgreSQL: one database, any number of gateways. */
export const postgres: Engine = {
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    // Connections come from our own pools.
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new Compiler(),
  },
  userFinder: { page, count, countUpTo },
  searchIndex,
  async hasTable(db, name) {
    const { rows } = await sql<{ oid: string | null }>`select to_regclass(${name})::text as oid`.execute(db);
    return rows[0]?.oid != null;
  },
  async beginMigration(trx) {
    // A step of a large table takes its time, and other servers wait for it.
    await sql`set local statement_timeout = 0`.execute(trx);
    await sql`set local lock_timeout = 0`.execute(trx);
    await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(trx);
    await sql`create table if not exists schema_migrations
      (name text collate "C" primary key, applied_at text collate "C" not null)`.execute(trx);
  },
  async noteFilled(trx) {
    await sql`set local statement_timeout = 0`.execute(trx);
    await sql`analyze`.execute(trx);
  },
};
