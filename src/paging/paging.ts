/** The position of a row in a list: the values of its order columns. It remains valid after the row is deleted. */
export type Position = readonly [string, ...string[]];

/** Selects a slice of a list. `after` and `before` are exclusive bounds in the order of the list. */
export interface PageRequest {
  /** `forward` takes the first `limit` rows after `after`, `backward` the last `limit` rows before `before`. */
  readonly direction: 'forward' | 'backward';
  readonly limit: number;
  readonly after: Position | null;
  readonly before: Position | null;
}

/** A page of rows in list order, and whether rows precede or follow it. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly hasPreviousPage: boolean;
  readonly hasNextPage: boolean;
  /**
   * Set when the page is incomplete because the limit of examined rows was reached. The next page continues at this
   * position instead of at the first or last item.
   */
  readonly stop?: { readonly end: 'start' | 'end'; readonly position: Position };
}

/** The page of an empty list. */
export const EMPTY_PAGE: Page<never> = { items: [], hasPreviousPage: false, hasNextPage: false };

/**
 * Makes a page from up to `limit + 1` rows in the direction of the request. The extra row tells that there are more.
 *
 * In the opposite direction, the request's cursor tells that there are rows, which the Relay Cursor Connections
 * specification permits where an exact answer would be expensive.
 */
export function cutPage<T>(rows: readonly T[], request: PageRequest): Page<T> {
  const hasMore = rows.length > request.limit;
  const kept = rows.slice(0, request.limit);
  return request.direction === 'forward'
    ? { items: kept, hasNextPage: hasMore, hasPreviousPage: request.after !== null }
    : { items: kept.reverse(), hasNextPage: request.before !== null, hasPreviousPage: hasMore };
}
