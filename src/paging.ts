/** Where a row stands in its list: the values of the list's order columns, first to last. Survives the row itself. */
export type Position = readonly [string, ...string[]];

/** A slice of a list, in the list's own order. `after` and `before` are bounds; the rows at them are left out. */
export interface PageRequest {
  /** `forward` takes the first `limit` rows after `after`, `backward` the last `limit` rows before `before`. */
  readonly direction: 'forward' | 'backward';
  readonly limit: number;
  readonly after: Position | null;
  readonly before: Position | null;
}

/** Rows in list order, and whether there are more on either side. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly hasPreviousPage: boolean;
  readonly hasNextPage: boolean;
  /**
   * Where the reading stopped, if that is not at the item on this end: it had examined as many rows as it may. The page
   * is then not full, and the list goes on behind this place.
   */
  readonly stop?: { readonly end: 'start' | 'end'; readonly position: Position };
}

/** The page of a list with nothing in it. */
export const EMPTY_PAGE: Page<never> = { items: [], hasPreviousPage: false, hasNextPage: false };

/**
 * Makes a page of `limit + 1` rows read in the direction of the request: one row too many is how we know of more.
 *
 * Behind the reader's back a page has a neighbour when the request says so by its cursor (Relay, "Cursor
 * Connections", 4.2: cheap knowledge only).
 */
export function cutPage<T>(rows: readonly T[], request: PageRequest): Page<T> {
  const hasMore = rows.length > request.limit;
  const kept = rows.slice(0, request.limit);
  return request.direction === 'forward'
    ? { items: kept, hasNextPage: hasMore, hasPreviousPage: request.after !== null }
    : { items: kept.reverse(), hasNextPage: request.before !== null, hasPreviousPage: hasMore };
}
