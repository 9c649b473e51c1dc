/**
 * Number of database rows that a request may examine for one point. An object of a response also costs one point.
 * Examining this many rows takes several times as long as returning one object, so the budget bounds both.
 */
export const ROWS_PER_POINT = 40;

/** Points for a write in addition to what it returns, because it commits to disk (as in Apollo's demand control). */
export const WRITE_POINTS = 10;

/** Minimum charge of a request, in points. */
export const MIN_CHARGE = 1;

/** Returns the cost, in points, of examining `rows` rows. */
export function pointsOf(rows: number): number {
  return Math.ceil(rows / ROWS_PER_POINT);
}

/**
 * Returns the cost, in points, of a request that has ended.
 *
 * @param points its charge
 * @param examination the part of `points` for rows that it might have examined
 * @param examined the number of rows that it did examine
 */
export function actualCost(points: number, examination: number, examined: number): number {
  return Math.max(points - examination + pointsOf(examined), MIN_CHARGE);
}
