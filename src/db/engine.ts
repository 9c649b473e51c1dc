import {
  type CompiledQuery,
  type DatabaseConnection,
  DefaultQueryExecutor,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type QueryCompiler,
  type QueryResult,
  type RawBuilder,
  RawNode,
  type SqlBool,
  sql,
} from 'kysely';
import type { Handle, Transaction } from './handle.js';

/**
 * A database engine: what Kysely needs to compile statements for it, and what the stores cannot say in standard SQL.
 * Features add the interfaces they need of an engine by declaration merging, e.g. `UserFinder`.
 */
export interface Engine {
  readonly dialect: Dialect;
  /** Whether the database has this table. */
  hasTable(db: Handle, name: string): Promise<boolean>;
  /** Lets no other process migrate before the unit ends, and creates the table of applied migrations unless it is there. */
  beginMigration(trx: Transaction): Promise<void>;
  /** Called when a unit has filled the tables: tells the planner, if there is one that believes in statistics. */
  noteFilled(trx: Transaction): Promise<void>;
}

/** The same part of the list of each parent. */
export interface ParentSlice {
  readonly table: string;
  /** The column that is unique in the environment. */
  readonly position: string;
  readonly environmentId: unknown;
  /** A JSON array; each element is `parent.value`. */
  readonly parents: unknown;
  /** What follows `select` with columns of the alias `slice`: `from`, conditions that name `parent.value`, order and limit. */
  readonly rows: RawBuilder<unknown>;
}

/** The parts of statements that each engine writes in its own way. */
export interface Syntax {
  /** Follows a table: its rows are read by this index, whatever the planner's statistics say. */
  index(name: string): RawBuilder<unknown>;
  /** Follows a table: its rows are read by its primary key. */
  primaryKey(table: string): RawBuilder<unknown>;
  /** Joins the next table inside the one before; takes `on`. */
  nestedJoin(): RawBuilder<unknown>;
  /** Ends a query that reads one index in the order of these columns, where an index is not named. Empty for no columns. */
  indexOrder(columns: readonly string[]): RawBuilder<unknown>;
  /** A query of users whose rows are found first, and put in order afterwards. */
  foundFirst(query: RawBuilder<unknown>): RawBuilder<unknown>;
  /** A column whose index must not be used. */
  withoutIndex(column: string): RawBuilder<unknown>;
  /** Whether a text contains another one. */
  contains(text: RawBuilder<string>, part: string): RawBuilder<SqlBool>;
  /** Whether the JSON object in a text column has this member. */
  hasMember(column: string, name: string): RawBuilder<SqlBool>;
  /** Whether a value is one of the texts in a JSON array. */
  isIn(value: RawBuilder<unknown>, json: unknown): RawBuilder<SqlBool>;
  /** A table `item`: the rows of a list that belong to each of the parents in a JSON array. */
  slices(slice: ParentSlice): RawBuilder<unknown>;
  /** A table with one column `value`: the elements of a JSON array. */
  elements(json: unknown): RawBuilder<unknown>;
  /** An element of the JSON array in the column `value`, as a text. */
  cell(position: number): RawBuilder<unknown>;
  /** Rows for a table, from a JSON array of objects with the names of its columns. */
  records(table: string, json: unknown): RawBuilder<unknown>;
  /** A column of `records`. */
  member(column: string): RawBuilder<unknown>;
  /** The larger one of two values. */
  larger(a: RawBuilder<unknown>, b: RawBuilder<unknown>): RawBuilder<unknown>;
  /** Follows a query: no other unit may change the rows of this table before this one has ended. Leaves out locked rows. */
  lockedUnlessTaken(table: string): RawBuilder<unknown>;
  /** The number of the last commit in the environment that a column names. Null when every read sees every commit. */
  lastCommit(environment: string): RawBuilder<number | null>;
  /** Whether a text has a character outside printable ASCII. */
  isBeyondAscii(column: string): RawBuilder<SqlBool>;
}

/** A part of a statement that is written when the statement is compiled, in the syntax of the engine it runs on. */
interface SyntaxNode extends RawNode {
  readonly write: (syntax: Syntax) => RawBuilder<unknown>;
}

/** Leaves a part of a statement to the engine that runs it. */
export function inSyntax<T>(write: (syntax: Syntax) => RawBuilder<T>): RawBuilder<T> {
  const node: SyntaxNode = { ...RawNode.createWithSql(''), write };
  return sql<T>`${{ expressionType: undefined, toOperationNode: () => node }}`;
}

/** The node as the engine writes it; other nodes as they are. For the compilers of engines. */
export function written(node: RawNode, syntax: Syntax): RawNode {
  if (!('write' in node)) return node;
  // Only `inSyntax` makes such nodes, and raw SQL is made of raw nodes.
  return (node as SyntaxNode).write(syntax).toOperationNode() as RawNode;
}

/** Runs the statements of one engine on one connection, without the promises of Kysely's pools and plugins. */
export class EngineExecutor extends DefaultQueryExecutor {
  constructor(
    readonly engine: Engine,
    private readonly connection: DatabaseConnection,
  ) {
    const { compiler, adapter } = partsOf(engine);
    super(compiler, adapter, { provideConnection: (consumer) => consumer(connection) });
  }

  override executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.connection.executeQuery<R>(query);
  }
}

/** Refuses to stream rows: a connection has one statement at a time, which many requests share. */
// biome-ignore lint/correctness/useYield: DatabaseConnection asks for a generator; this one only refuses.
export async function* refuseToStream(): AsyncIterableIterator<never> {
  throw new Error('A stream would keep busy what others reuse: page through the rows instead.');
}

interface Parts {
  readonly compiler: QueryCompiler;
  readonly adapter: DialectAdapter;
  readonly driver: Driver;
}

const parts = new WeakMap<Engine, Parts>();

/** What all handles of an engine share. A compiler has no state between two statements. */
export function partsOf(engine: Engine): Parts {
  const { dialect } = engine;
  const known = parts.get(engine) ?? {
    compiler: dialect.createQueryCompiler(),
    adapter: dialect.createAdapter(),
    driver: dialect.createDriver(),
  };
  parts.set(engine, known);
  return known;
}

/** The engine behind a handle. @throws when the handle was not made by this program */
export function engineOf(db: Handle): Engine {
  const executor = db.getExecutor();
  if (executor instanceof EngineExecutor) return executor.engine;
  throw new Error('The handle belongs to no engine.');
}
