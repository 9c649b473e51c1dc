import { type RawNode, type SqlBool, SqliteDialect, SqliteQueryCompiler, sql } from 'kysely';
import { type Engine, type Syntax, written } from '../engine.js';
import { count, countUpTo } from '../finding/count.js';
import { page } from '../finding/page.js';
import { searchIndex } from './search-index.js';

/** The name that SQLite gives to the index of a primary key. */
export function primaryIndex(table: string): string {
  return `sqlite_autoindex_${table}_1`;
}

const syntax: Syntax = {
  index: (name) => sql`indexed by ${sql.ref(name)}`,
  primaryKey: (table) => sql`indexed by ${sql.ref(primaryIndex(table))}`,
  // SQLite never reorders the tables of a cross join (https://www.sqlite.org/optoverview.html, section 7.2).
  nestedJoin: () => sql`cross join`,
  indexOrder: () => sql``,
  foundFirst: (query) => query,
  withoutIndex: (column) => sql`+${sql.ref(column)}`,
  contains: (text, part) => sql<SqlBool>`instr(${text}, ${part}) > 0`,
  hasMember: (column, name) =>
    sql<SqlBool>`exists (select 1 from json_each(${sql.ref(column)}) as member where member.key = ${name})`,
  isIn: (value, json) => sql<SqlBool>`${value} in (select value from json_each(${json}))`,
  slices: ({ table, position, environmentId, parents, rows }) =>
    sql`json_each(${parents}) as parent cross join ${sql.table(table)} as item indexed by ${sql.ref(primaryIndex(table))}
      on item.environment_id = ${environmentId} and ${sql.ref(`item.${position}`)} in (
      select ${sql.ref(`slice.${position}`)} ${rows})`,
  elements: (json) => sql`json_each(${json})`,
  cell: (position) => sql`value ->> ${sql.lit(position)}`,
  records: (_, json) => sql`json_each(${json}) as given`,
  member: (column) => sql`given.value ->> ${sql.lit(column)}`,
  larger: (a, b) => sql`max(${a}, ${b})`,
  // A unit has the whole database for itself.
  lockedUnlessTaken: () => sql``,
  // A reader sees every commit of the file.
  lastCommit: () => sql`null`,
  isBeyondAscii: (column) => sql<SqlBool>`${sql.ref(column)} glob '*[^ -~]*'`,
};

class Compiler extends SqliteQueryCompiler {
  protected override visitRaw(node: RawNode): void {
    super.visitRaw(written(node, syntax));
  }
}

// Only its compiler and adapter are used; connections come from our own executor.
const dialect = new SqliteDialect({
  database: async () => {
    throw new Error('The dialect never opens a connection of its own.');
  },
});

/** SQLite: one file, one writer, any number of readers. */
export const sqlite: Engine = {
  dialect: {
    createAdapter: () => dialect.createAdapter(),
    createDriver: () => dialect.createDriver(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => new Compiler(),
  },
  userFinder: { page, count, countUpTo },
  searchIndex,
  async hasTable(db, name) {
    const { rows } = await sql`select 1 from sqlite_schema where name = ${name}`.execute(db);
    return rows.length > 0;
  },
  async beginMigration(trx) {
    await sql`create table if not exists schema_migrations (name text primary key, applied_at text not null) strict`.execute(
      trx,
    );
  },
  // Every statement names its index.
  noteFilled: async () => {},
};
