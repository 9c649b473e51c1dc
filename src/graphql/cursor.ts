import { RequestError } from '../errors.js';
import type { Position } from '../paging.js';

/** Changes when the content of cursors does; an older one is then refused instead of misread. */
const VERSION = 1;

/**
 * Makes the opaque cursor of a row: version, the list's order and the row's place in it. It needs nothing but itself
 * to be read again, so it works across restarts and when the row is gone.
 *
 * @param order names the order, e.g. `users:EMAIL:ASC`; a cursor is good for that order only
 */
export function encodeCursor(order: string, position: Position): string {
  return Buffer.from(JSON.stringify([VERSION, order, ...position])).toString('base64url');
}

/** @throws {RequestError} BAD_USER_INPUT when the text is no cursor, or one of another order */
export function decodeCursor(order: string, length: number, cursor: string): Position {
  const content = parse(cursor);
  if (!Array.isArray(content) || content[0] !== VERSION || !content.every((part, index) => isPart(part, index))) {
    throw new RequestError('BAD_USER_INPUT', 'This is not a cursor: use one from a page of this list.');
  }
  if (content[1] !== order) {
    const message = 'This cursor belongs to a list in another order: keep orderBy while paging, or start anew.';
    throw new RequestError('BAD_USER_INPUT', message);
  }
  const [first, ...rest] = content.slice(2);
  if (first === undefined || rest.length !== length - 1) {
    throw new RequestError('BAD_USER_INPUT', 'This is not a cursor: use one from a page of this list.');
  }
  return [first, ...rest];
}

function isPart(part: unknown, index: number): boolean {
  return index === 0 || (typeof part === 'string' && part.isWellFormed());
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return null;
  }
}
