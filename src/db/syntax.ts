import type { RawBuilder, SqlBool } from 'kysely';
import type { AsOf } from '../domain/as-of.js';
import type { EnvironmentId } from '../domain/ids.js';
import { inSyntax, type ParentSlice } from './engine.js';
import type { Tables } from './tables.js';

/** Follows a table in a statement: forces the access path by this index. The planner is told, not trusted. */
export function byIndex(name: string): RawBuilder<unknown> {
  return inSyntax((syntax) => syntax.index(name));
}

/** Follows a table in a statement: forces the access path by its primary key. */
export function byPrimaryKey(table: keyof Tables): RawBuilder<unknown> {
  return inSyntax((syntax) => syntax.primaryKey(table));
}

/** Joins the next table as the inner loop of the one before; `on` follows. */
export const nestedJoin = inSyntax((syntax) => syntax.nestedJoin());

/** A column whose index must not be used. */
export function withoutIndex<T>(column: string): RawBuilder<T> {
  return inSyntax((syntax) => syntax.withoutIndex(column) as RawBuilder<T>); // the column's type is the caller's to know
}

/** Whether a text contains another one. */
export function contains(text: RawBuilder<string>, part: string): RawBuilder<SqlBool> {
  return inSyntax((syntax) => syntax.contains(text, part));
}

/** Whether the JSON object in a text column has this member. */
export function hasMember(column: string, name: string): RawBuilder<SqlBool> {
  return inSyntax((syntax) => syntax.hasMember(column, name));
}

/**
 * Whether a value is one of these texts. They are bound as one parameter: any number of them is one and the same prepared
 * statement, and no number of them meets the engine's limit of parameters.
 */
export function isOneOf(value: RawBuilder<unknown>, texts: readonly string[]): RawBuilder<SqlBool> {
  return isIn(value, JSON.stringify(texts));
}

/** The same with a bound JSON array. */
export function isIn(value: RawBuilder<unknown>, json: string): RawBuilder<SqlBool> {
  return inSyntax((syntax) => syntax.isIn(value, json));
}

/** A table `item`: the rows of a list that belong to each parent. */
export function slicesOfParents(slice: ParentSlice): RawBuilder<unknown> {
  return inSyntax((syntax) => syntax.slices(slice));
}

/** A table with a column `value`: the elements of a JSON array, which is bound or in a column. */
export function elementsOf(json: string | RawBuilder<unknown>): RawBuilder<unknown> {
  return inSyntax((syntax) => syntax.elements(json));
}

/** Rows bound as one parameter: a table with a column `value`, a JSON array, for each of them. */
export function rowsOf(rows: readonly (readonly unknown[])[]): RawBuilder<unknown> {
  return elementsOf(textOfRows(rows));
}

/** An element of the array in the column `value` of `rowsOf`, as a text. */
export function cell(position: number): RawBuilder<unknown> {
  return inSyntax((syntax) => syntax.cell(position));
}

/** Rows for a table, from a bound JSON array of objects with the names of its columns. */
export function recordsOf(table: keyof Tables, json: string): RawBuilder<unknown> {
  return inSyntax((syntax) => syntax.records(table, json));
}

/** A column of `recordsOf`. */
export function member(column: string): RawBuilder<unknown> {
  return inSyntax((syntax) => syntax.member(column));
}

/** The larger one of two values. */
export function larger(a: RawBuilder<unknown>, b: RawBuilder<unknown>): RawBuilder<unknown> {
  return inSyntax((syntax) => syntax.larger(a, b));
}

/** Ends a query: no other unit may change the rows of this table before this one has ended. Leaves out locked rows. */
export function lockedUnlessTaken(table: string): RawBuilder<unknown> {
  return inSyntax((syntax) => syntax.lockedUnlessTaken(table));
}

/** The number of the last commit in the environment that a column names; null when reads see every commit anyway. */
export function lastCommit(environment: string): RawBuilder<number | null> {
  return inSyntax((syntax) => syntax.lastCommit(environment));
}

/** What `lastCommit` adds to the row of a credential. */
export interface LastCommit {
  readonly last_commit: number | null;
}

/** What the reads of a request with this credential must see; null when they see everything anyway. */
export function toAsOf(row: { readonly environment_id: EnvironmentId } & LastCommit): AsOf | null {
  const { environment_id: environmentId, last_commit: commit } = row;
  return commit === null ? null : { environmentId, commit };
}

/** Whether a text column has a character outside printable ASCII. */
export function isBeyondAscii(column: string): RawBuilder<SqlBool> {
  return inSyntax((syntax) => syntax.isBeyondAscii(column));
}

/**
 * What `rowsOf` binds. Texts that callers give are Unicode (see `illFormedTexts`). A lone surrogate that gets here all the
 * same becomes U+FFFD, as it does in a text that is bound by itself: an engine would store bytes that are not UTF-8.
 */
export function textOfRows(rows: readonly unknown[]): string {
  const text = JSON.stringify(rows);
  // Only a lone surrogate is written so (ECMA-262, 25.5.2.3), and a text that has a backslash before these letters.
  if (!text.includes('\\ud')) return text;
  return JSON.stringify(rows, (_, value) => (typeof value === 'string' ? value.toWellFormed() : value));
}

/** Ends a query that reads one index in the order of these columns, where the engine takes no name of an index. */
export function indexOrder(columns: readonly string[]): RawBuilder<unknown> {
  return inSyntax((syntax) => syntax.indexOrder(columns));
}

/** A query of users whose rows are found first, and put in order afterwards. */
export function foundFirst(query: RawBuilder<unknown>): RawBuilder<unknown> {
  return inSyntax((syntax) => syntax.foundFirst(query));
}
