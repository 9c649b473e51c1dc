import type { InterfaceRef, ObjectRef } from '@pothos/core';
import { RequestError } from '../errors.js';
import type { Page, PageRequest, Position } from '../paging.js';
import { builder, type Types } from './builder.js';
import { decodeCursor, encodeCursor } from './cursor.js';

export const DEFAULT_PAGE_SIZE = 20;
export const MAX_PAGE_SIZE = 100;

/** A list that is paged: the name of its order, and where an item stands in it. */
export interface Listing<T> {
  /** E.g. `users:EMAIL:ASC`. */
  readonly order: string;
  position(item: T): Position;
}

/** One page, as the fields of a connection need it. */
export interface Connection<T> {
  readonly page: Page<T>;
  readonly listing: Listing<T>;
  /** Counts the whole list; called only when `totalCount` is selected, and once for all its aliases. */
  totalCount(): Promise<number>;
}

export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/**
 * Reads the arguments of a connection (Relay, "Cursor Connections").
 *
 * @param length how many values a position of this list has
 * @throws {RequestError} BAD_USER_INPUT when a size is out of range, both are given, or a cursor is not of this list
 */
export function toPageRequest(args: PageArgs, order: string, length = 1): PageRequest {
  const { first, last, after, before } = args;
  if (first != null && last != null) {
    throw new RequestError('BAD_USER_INPUT', 'Give first or last, not both.');
  }
  const limit = first ?? last ?? DEFAULT_PAGE_SIZE;
  if (limit < 1 || limit > MAX_PAGE_SIZE) {
    const name = first != null ? 'first' : 'last';
    throw new RequestError('BAD_USER_INPUT', `${name} is from 1 to ${MAX_PAGE_SIZE}; ${limit} was given.`);
  }
  return {
    direction: last != null ? 'backward' : 'forward',
    limit,
    after: after == null ? null : decodeCursor(order, length, after),
    before: before == null ? null : decodeCursor(order, length, before),
  };
}

/** Makes a connection of a page; a feed has nothing to count. */
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

/** What a field that answers a connection adds to its options: the estimate of its size, for routers and for us. */
export const listSize = {
  assumedSize: DEFAULT_PAGE_SIZE,
  slicingArguments: ['first', 'last'],
  sizedFields: ['edges', 'nodes'],
  requireOneSlicingArgument: false,
};

/** The arguments of a connection. */
export const pageArgs = builder.args((t) => ({
  first: t.int({
    description: `How many from the start: 1 to ${MAX_PAGE_SIZE}, ${DEFAULT_PAGE_SIZE} if neither is given.`,
  }),
  after: t.string({ description: 'Only what comes after this cursor.' }),
  last: t.int({ description: `How many from the end: 1 to ${MAX_PAGE_SIZE}. Not together with first.` }),
  before: t.string({ description: 'Only what comes before this cursor.' }),
}));

const PageInfo = builder.objectRef<Connection<unknown>>('PageInfo').implement({
  description: 'Position of a page in its list.',
  shareable: true,
  fields: (t) => ({
    hasNextPage: t.boolean({
      description: 'Whether the list goes on behind this page.',
      resolve: ({ page }) => page.hasNextPage,
    }),
    hasPreviousPage: t.boolean({
      description: 'Whether there is something in the list before this page.',
      resolve: ({ page }) => page.hasPreviousPage,
    }),
    startCursor: t.string({
      nullable: true,
      description: 'Cursor of the first item: hand it to `before`. Null on an empty page.',
      resolve: (connection) => stopAt(connection, 'start') ?? cursorOf(connection, connection.page.items.at(0)),
    }),
    endCursor: t.string({
      nullable: true,
      description: 'Cursor of the last item: hand it to `after`. Null on an empty page.',
      resolve: (connection) => stopAt(connection, 'end') ?? cursorOf(connection, connection.page.items.at(-1)),
    }),
  }),
});

/** Defines `XConnection` and `XEdge` over a node type; `plural` names the items in the descriptions. */
export function connectionType<T>(node: ObjectRef<Types, T>, plural: string) {
  const { connection } = feedTypes<T>(node, plural);
  builder.objectField(connection, 'totalCount', (t) =>
    t.int({
      description: `Exact number of ${plural} in the whole list; counted only when asked for.`,
      cost: 10,
      resolve: ({ totalCount }) => totalCount(),
    }),
  );
  return connection;
}

/** An item of a list, beside the list it is of. */
interface Edge<T> {
  readonly connection: Connection<T>;
  readonly item: T;
}

/** The same without `totalCount`, for of a feed no total is useful; and the type of its edges. */
export function feedTypes<T>(node: ObjectRef<Types, T> | InterfaceRef<Types, T>, plural: string) {
  const edge = builder.objectRef<Edge<T>>(`${node.name}Edge`).implement({
    description: `One of the ${plural} of a page, with its cursor.`,
    fields: (t) => ({
      cursor: t.string({
        description: 'Where the item stands in the list: hand it to `after` or `before`.',
        resolve: ({ connection, item }) => cursorOf(connection, item) ?? '',
      }),
      node: t.field({ type: node, description: 'The item itself.', resolve: ({ item }) => item as never }),
    }),
  });
  const connection = builder.objectRef<Connection<T>>(`${node.name}Connection`).implement({
    description: `A page of ${plural}.`,
    fields: (t) => ({
      edges: t.field({
        type: [edge],
        description: 'The items, each with its cursor.',
        resolve: (connection) => connection.page.items.map((item) => ({ connection, item })),
      }),
      nodes: t.field({
        type: [node],
        description: 'The items, without their cursors.',
        resolve: ({ page }) => page.items as never,
      }),
      pageInfo: t.field({
        type: PageInfo,
        description: 'Where this page stands in the list.',
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
