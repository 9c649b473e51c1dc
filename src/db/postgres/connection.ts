import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely';
import type { ClientBase, QueryConfig } from 'pg';
import { codeOf } from '../../runtime/system-error.js';
import type { Cells, StatementObserver } from '../database.js';
import { refuseToStream } from '../engine.js';
import { isOutdated, translated } from './unavailable.js';

/** Names of prepared statements, by their text. */
const names = new Map<string, string>();
/** A part of the names. Another one makes all of them new, on every connection. */
let generation = 0;

/** Statements with a name. Beyond it, new ones are parsed each time: the texts of filters are many. */
const MAX_PREPARED_STATEMENTS = 500;

function nameOf(sql: string): string | undefined {
  const known = names.get(sql);
  if (known !== undefined || names.size >= MAX_PREPARED_STATEMENTS) return known;
  const name = `ug${generation}_${names.size}`;
  names.set(sql, name);
  return name;
}

/** SQLSTATE of statements in a transaction in which one has failed. */
const IN_FAILED_TRANSACTION = '25P02';

function forgetStatements(): void {
  names.clear();
  generation++;
}

/** How a connection sends statements. */
export interface Sending {
  readonly observe: StatementObserver | undefined;
  /** Whether the server keeps statements for the connection. A pooler gives the next statement to another connection. */
  readonly prepares: boolean;
}

/** Sends compiled queries through one client of the driver. */
export class PostgresConnection implements DatabaseConnection {
  #failure: unknown;

  constructor(
    readonly client: ClientBase,
    private readonly sending: Sending,
  ) {}

  /** The transaction was rolled back to where it had not failed. */
  recovered(): void {
    this.#failure = undefined;
  }

  /** Runs a query. Returns the rows as arrays of their columns. */
  async cells(query: CompiledQuery): Promise<readonly Cells[]> {
    const { rows } = await this.#send<Cells>(query, { rowMode: 'array' });
    return rows;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    // Kysely's own types say what a row of this query is; the driver cannot know.
    const { rows, rowCount, command } = await this.#send<R>(query, {});
    return command === 'SELECT' || rowCount === null ? { rows } : { rows, numAffectedRows: BigInt(rowCount) };
  }

  readonly streamQuery = refuseToStream;

  async #send<R>({ sql, parameters }: CompiledQuery, form: { rowMode?: 'array' }) {
    const done = this.sending.observe?.(sql, parameters);
    const name = this.sending.prepares ? nameOf(sql) : undefined;
    const config: QueryConfig = {
      text: sql,
      values: [...parameters],
      ...form,
      ...(name === undefined ? {} : { name }),
    };
    try {
      const result = await this.client.query(config);
      return { rows: result.rows as R[], rowCount: result.rowCount, command: result.command };
    } catch (error) {
      // After a failure all statements of the transaction fail, also those that were sent before it was known.
      if (this.#failure !== undefined && codeOf(error) === IN_FAILED_TRANSACTION) throw this.#failure;
      // A migration has changed a table: what was prepared before cannot be run any more.
      if (isOutdated(error)) forgetStatements();
      const failure = translated(error);
      this.#failure ??= failure;
      throw failure;
    } finally {
      done?.();
    }
  }
}
