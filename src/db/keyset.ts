import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { PageRequest, Position } from '../paging/paging.js';

/** The order of a list: columns that together are unique in it, all in one direction. */
export interface ListOrder {
  readonly columns: readonly string[];
  readonly descending: boolean;
}

/** What a page adds to its query: bounds for `where`, terms for `order by`, and one row more than asked for. */
export interface Keyset {
  readonly bounds: readonly RawBuilder<SqlBool>[];
  readonly orderBy: RawBuilder<unknown>;
  readonly limit: number;
}

/**
 * Pages by position instead of by offset: the cost of a page does not grow with its number, and rows that come and go
 * shift nothing.
 */
export function keyset(order: ListOrder, request: PageRequest): Keyset {
  const columns = order.columns.map((column) => sql.ref(column));
  const beyond = (position: Position, operator: '<' | '>') =>
    sql<SqlBool>`(${sql.join(columns)}) ${sql.raw(operator)} (${sql.join(position)})`;
  const [afterIs, beforeIs] = order.descending ? (['<', '>'] as const) : (['>', '<'] as const);
  const descends = order.descending !== (request.direction === 'backward');
  return {
    bounds: [
      ...(request.after ? [beyond(request.after, afterIs)] : []),
      ...(request.before ? [beyond(request.before, beforeIs)] : []),
    ],
    orderBy: sql.join(columns.map((column) => sql`${column} ${sql.raw(descends ? 'desc' : 'asc')}`)),
    limit: request.limit + 1,
  };
}
