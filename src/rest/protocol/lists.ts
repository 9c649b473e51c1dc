import { z } from 'zod';
import type { Page, PageRequest } from '../../paging/paging.js';
import { invalid } from './failure.js';

export const MAX_LIST_LIMIT = 100;
const DEFAULT_LIST_LIMIT = 10;

const ORDERS = ['normal', 'desc', 'asc'] as const;

/** A whole number in a query string. */
function integer(number: z.ZodInt) {
  return z
    .string()
    .regex(/^-?\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(number);
}

/** The parameters of every list (WorkOS contract, section 2.0). */
export const LIST_PARAMETERS = {
  limit: integer(z.int().min(1).max(MAX_LIST_LIMIT).meta({ description: 'The number of objects in a page.' })).default(
    DEFAULT_LIST_LIMIT,
  ),
  order: z
    .enum(ORDERS)
    .default('desc')
    .meta({
      description:
        'desc: newest first. asc: oldest first. normal: newest first, where before leads to older objects and after to ' +
        'newer ones.',
    }),
  before: z.string().optional().meta({ description: 'An ID: returns the objects that precede it in the list.' }),
  after: z.string().optional().meta({ description: 'An ID: returns the objects that follow it in the list.' }),
};

/** Parsed parameters of a list. */
export interface ListQuery {
  readonly limit: number;
  readonly order: (typeof ORDERS)[number];
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

/** Points of a list: one, and one for each object that it can return. */
export function priceOfList(query: Readonly<Record<string, unknown>>): { points: number; rows: number } {
  return { points: 1 + Number(query.limit ?? DEFAULT_LIST_LIMIT), rows: 0 };
}

/**
 * Converts the parameters to a page of a list whose items are ordered by ID, newest first. A cursor stays valid after its
 * object is deleted.
 *
 * @param isCursor whether a text is the ID of an item of the list
 * @throws {RestFailure} 422 when a cursor is not an ID of the list
 */
export function toPageRequest(query: ListQuery, isCursor: (id: string) => boolean): PageRequest {
  const { limit, order } = query;
  const position = (name: 'before' | 'after') => {
    const id = query[name];
    if (id === undefined) return null;
    if (!isCursor(id)) throw invalid(`${name} is not an ID of this list.`);
    return [id] as const;
  };
  const [before, after] = [position('before'), position('after')];
  const [newer, older] = order === 'desc' ? [before, after] : [after, before];
  return { direction: directionOf(order, before !== null, after !== null), limit, after: older, before: newer };
}

/** Which end of the list a page starts from, in the order newest first. */
function directionOf(order: ListQuery['order'], hasBefore: boolean, hasAfter: boolean): PageRequest['direction'] {
  const isBackward = hasBefore && !hasAfter;
  if (order === 'desc') return isBackward ? 'backward' : 'forward';
  // Ascending, the first page is the end of the list, and a page before an object is the part that follows it here.
  if (order === 'asc') return isBackward ? 'forward' : 'backward';
  return hasAfter && !hasBefore ? 'backward' : 'forward';
}

/** A page as REST lists it. */
export function toList<Item>(
  { items, hasPreviousPage, hasNextPage }: Page<Item>,
  { order }: Pick<ListQuery, 'order'>,
  idOf: (item: Item) => string,
  toObject: (item: Item) => object,
) {
  const newer = hasPreviousPage ? idOrNull(items[0], idOf) : null;
  const older = hasNextPage ? idOrNull(items.at(-1), idOf) : null;
  const [before, after] = order === 'desc' ? [newer, older] : [older, newer];
  const listed = order === 'asc' ? items.toReversed() : items;
  return { object: 'list', data: listed.map(toObject), list_metadata: { before, after } };
}

function idOrNull<Item>(item: Item | undefined, idOf: (item: Item) => string): string | null {
  return item === undefined ? null : idOf(item);
}
