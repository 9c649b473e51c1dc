import { RequestError } from '../domain/errors.js';
import type { Position } from './paging.js';

/** The version of the cursor format. Cursors of another version are rejected. */
const VERSION = 1;

/**
 * Encodes the opaque cursor of a row: the format version, the order of the list and the position of the row. The server
 * keeps no state for it, so a cursor remains valid across restarts and after the row is deleted.
 *
 * @param order names the order, e.g. `users:EMAIL:ASC`; the cursor is valid in that order only
 */
export function encodeCursor(order: string, position: Position): string {
  return Buffer.from(JSON.stringify([VERSION, order, ...position])).toString('base64url');
}

/**
 * @param length the number of values in a position of this order
 * @throws {RequestError} BAD_USER_INPUT when the text is not a cursor, or belongs to another order
 */
export function decodeCursor(order: string, length: number, cursor: string): Position {
  const content = parse(cursor);
  if (!Array.isArray(content) || content[0] !== VERSION || !content.every((part, index) => isPart(part, index))) {
    throw new RequestError('BAD_USER_INPUT', 'This is not a valid cursor: use one from a page of this list.');
  }
  if (content[1] !== order) {
    const message = 'This cursor belongs to another order: keep orderBy while paging, or start from the first page.';
    throw new RequestError('BAD_USER_INPUT', message);
  }
  const [first, ...rest] = content.slice(2);
  if (first === undefined || rest.length !== length - 1) {
    throw new RequestError('BAD_USER_INPUT', 'This is not a valid cursor: use one from a page of this list.');
  }
  return [first, ...rest];
}

function isPart(part: unknown, index: number): boolean {
  return index === 0 || (typeof part === 'string' && part.isWellFormed() && !part.includes('\0'));
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return null;
  }
}
