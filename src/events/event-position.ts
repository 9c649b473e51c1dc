import { RequestError } from '../errors.js';
import type { PageRequest, Position } from '../paging.js';
import type { LoggedEvent } from './event.js';

/** What every list of events is ordered by; one cursor is good for all of them, in either direction. */
export const EVENT_ORDER = 'events';

/** Values in the position of an event: the log's epoch, and the event's number in it. */
export const EVENT_POSITION_LENGTH = 2;

export function positionOf(epoch: string, sequence: LoggedEvent['sequence']): Position {
  return [epoch, String(sequence)];
}

/**
 * The same slice with positions that hold the number alone.
 *
 * @throws {RequestError} CURSOR_EXPIRED when a cursor is of another epoch, BAD_USER_INPUT when it holds no number
 */
export function withinEpoch(request: PageRequest, epoch: string): PageRequest {
  const within = (position: Position | null): Position | null => position && [String(sequenceIn(position, epoch))];
  return { ...request, after: within(request.after), before: within(request.before) };
}

/**
 * The number a position of the log stands for.
 *
 * @throws {RequestError} CURSOR_EXPIRED when it is of another epoch, BAD_USER_INPUT when it holds no number
 */
export function sequenceIn([cursorEpoch, sequence = '']: Position, epoch: string): LoggedEvent['sequence'] {
  if (!/^\d{1,15}$/.test(sequence)) {
    throw new RequestError('BAD_USER_INPUT', 'This is not a cursor: use one from a page of this list.');
  }
  if (cursorEpoch !== epoch) {
    const message = 'This cursor is of a log that a restored backup has replaced: read the events from the start.';
    throw new RequestError('CURSOR_EXPIRED', message);
  }
  return Number(sequence);
}
