import type { InterfaceRef, ObjectRef } from '@pothos/core';
import { RequestError } from '../../domain/errors.js';
import { decodeCursor, encodeCursor } from '../../paging/cursor.js';
import type { Page, PageRequest, Position } from '../../paging/paging.js';
import { builder, type Types } from './builder.js';
import { isConnection } from './reads.js';

export const DEFAULT_PAGE_SIZE = 20;
export const MAX_PAGE_SIZE = 100;

/** A paginated list: the name of its order, and the position of an item in that order. */
export interface Listing<T> {
  /** E.g. `users:EMAIL:ASC`. */
  readonly order: string;
  position(item: T): Position;
}

/** One page of a list, as the source object of the connection types. */
export interface Connection<T> {
  readonly page: Page<T>;
  readonly listing: Listing<T>;
  /** Counts the whole list. Runs only when `totalCount` is selected, and once for all its aliases. */
  totalCount(): Promise<number>;
}

export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/**
 * Validates the arguments of a connection (Relay, "Cursor Connections").
 *
 * @param length number of values in a position of this list
 * @throws {RequestError} BAD_USER_INPUT when a page size is out of range, when both `first` and `last` are given, or
 *   when a cursor does not belong to this list
 */
export function toPageRequest(args: PageArgs, order: string, length = 1): PageRequest {
  const { first, last, after, before } = args;
  if (first != null && last != null) {
    throw new RequestError('BAD_USER_INPUT', 'Pass either first or last, not both.');
  }
  const limit = first ?? last ?? DEFAULT_PAGE_SIZE;
  if (limit < 1 || limit > MAX_PAGE_SIZE) {
    const name = first != null ? 'first' : 'last';
    throw new RequestError('BAD_USER_INPUT', `${name} must be from 1 to ${MAX_PAGE_SIZE}; ${limit} was given.`);
  }
  return {
    direction: last != null ? 'backward' : 'forward',
    limit,
    after: after == null ? null : decodeCursor(order, length, after),
    before: before == null ? null : decodeCursor(order, length, before),
  };
}

/** Creates a connection from a page. A list without `totalCount` needs no `count`. */
export function connect<T>(
  page: Page<T>,
  listing: Listing<T>,
  count: () => Promise<number> = async () => page.items.length,
): Connection<T> {
  let total: Promise<number> | undefined;
  return {
    page,
    listing,
    totalCount: () => {
      total ??= count();
      return total;
    },
  };
}

/** `@listSize` of a field that returns a connection. Routers and this server estimate the cost of the field with it. */
export const listSize = {
  assumedSize: DEFAULT_PAGE_SIZE,
  slicingArguments: ['first', 'last'],
  sizedFields: ['edges', 'nodes'],
  requireOneSlicingArgument: false,
};

/** The arguments of a connection. */
export const pageArgs = builder.args((t) => ({
  first: t.int({
    description: [
      `Returns the first _n_ items: 1 to ${MAX_PAGE_SIZE}. Defaults to ${DEFAULT_PAGE_SIZE} when last is not given`,
      'either.',
    ].join(' '),
  }),
  after: t.string({ description: 'Returns the items that come after this cursor.' }),
  last: t.int({ description: `Returns the last _n_ items: 1 to ${MAX_PAGE_SIZE}. Cannot be combined with first.` }),
  before: t.string({ description: 'Returns the items that come before this cursor.' }),
}));

const PageInfo = builder.objectRef<Connection<unknown>>('PageInfo').implement({
  description: 'Information about pagination in a connection.',
  shareable: true,
  fields: (t) => ({
    hasNextPage: t.boolean({
      description: 'Whether there are more items after this page.',
      resolve: ({ page }) => page.hasNextPage,
    }),
    hasPreviousPage: t.boolean({
      description: 'Whether there are more items before this page.',
      resolve: ({ page }) => page.hasPreviousPage,
    }),
    startCursor: t.string({
      nullable: true,
      description: 'When paginating backwards, the cursor to pass as `before`. Can be null on an empty page.',
      resolve: (connection) => stopAt(connection, 'start') ?? cursorOf(connection, connection.page.items.at(0)),
    }),
    endCursor: t.string({
      nullable: true,
      description: 'When paginating forwards, the cursor to pass as `after`. Can be null on an empty page.',
      resolve: (connection) => stopAt(connection, 'end') ?? cursorOf(connection, connection.page.items.at(-1)),
    }),
  }),
});

/** Defines `XConnection` and `XEdge` for the node type `X`. `plural` is the name of the items in descriptions. */
export function connectionType<T>(node: ObjectRef<Types, T>, plural: string) {
  const { connection } = feedTypes<T>(node, plural);
  builder.objectField(connection, 'totalCount', (t) =>
    t.int({
      description: [
        `The exact total number of ${plural} in the connection, across all pages. Computed only when selected.`,
      ].join(' '),
      cost: 10,
      resolve: ({ totalCount }) => totalCount(),
    }),
  );
  return connection;
}

/** An item together with the connection that contains it. */
interface Edge<T> {
  readonly connection: Connection<T>;
  readonly item: T;
}

/** Defines `XEdge` and an `XConnection` without `totalCount`, for lists whose total is of no use, such as logs. */
export function feedTypes<T>(node: ObjectRef<Types, T> | InterfaceRef<Types, T>, plural: string) {
  const edge = builder.objectRef<Edge<T>>(`${node.name}Edge`).implement({
    description: `An edge in a connection of ${plural}.`,
    fields: (t) => ({
      cursor: t.string({
        description: 'A cursor for use in pagination: pass it as `after` or `before`.',
        resolve: ({ connection, item }) => cursorOf(connection, item) ?? '',
      }),
      node: t.field({
        type: node,
        description: 'The item at the end of the edge.',
        resolve: ({ item }) => item as never,
      }),
    }),
  });
  const connection = builder.objectRef<Connection<T>>(`${node.name}Connection`).implement({
    description: `A page of a list of ${plural}.`,
    extensions: isConnection,
    fields: (t) => ({
      edges: t.field({
        type: [edge],
        description: 'A list of edges: the items with their cursors.',
        resolve: (connection) => connection.page.items.map((item) => ({ connection, item })),
      }),
      nodes: t.field({
        type: [node],
        description: 'A list of the items, without their cursors.',
        resolve: ({ page }) => page.items as never,
      }),
      pageInfo: t.field({
        type: PageInfo,
        description: 'Information to aid in pagination.',
        resolve: (connection) => connection as Connection<unknown>,
      }),
    }),
  });
  return { connection, edge };
}

function stopAt<T>({ page: { stop }, listing }: Connection<T>, end: 'start' | 'end'): string | null {
  return stop?.end === end ? encodeCursor(listing.order, stop.position) : null;
}

function cursorOf<T>({ listing }: Connection<T>, item: T | undefined): string | null {
  return item === undefined ? null : encodeCursor(listing.order, listing.position(item));
}
