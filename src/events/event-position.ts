import { RequestError } from '../errors.js';
import { decodeCursor, encodeCursor } from '../graphql/cursor.js';
import type { PageRequest, Position } from '../paging.js';
import type { EventLogState, LoggedEvent } from './event.js';

/** What every list of events is ordered by; one cursor is good for all of them, in either direction. */
export const EVENT_ORDER = 'events';

/** Values in the position of an event: the log's epoch, and the event's number in it. */
export const EVENT_POSITION_LENGTH = 2;

export function positionOf(epoch: string, sequence: LoggedEvent['sequence']): Position {
  return [epoch, String(sequence)];
}

/** The cursor of a place in the log. */
export function cursorAt(epoch: string, sequence: LoggedEvent['sequence']): string {
  return encodeCursor(EVENT_ORDER, positionOf(epoch, sequence));
}

/** The place a cursor stands for. @throws {RequestError} BAD_USER_INPUT when it is none of the log */
export function positionAt(cursor: string): Position {
  return decodeCursor(EVENT_ORDER, EVENT_POSITION_LENGTH, cursor);
}

/**
 * The same slice with positions that hold the number alone.
 *
 * @throws {RequestError} CURSOR_EXPIRED when a cursor is of another epoch, or of what was removed and more than what it
 *   is of is gone; BAD_USER_INPUT when it holds no number
 */
export function withinLog(request: PageRequest, log: EventLogState, descending: boolean): PageRequest {
  const { after, before } = request;
  const older = descending ? before : after;
  if (older) resumeAt(older, log);
  const within = (position: Position | null): Position | null => position && [String(sequenceIn(position, log))];
  return { ...request, after: within(after), before: within(before) };
}

/**
 * The number behind which somebody reads on, of whom nothing in between was removed.
 *
 * @throws {RequestError} as `withinLog`
 */
export function resumeAt(position: Position, log: EventLogState): LoggedEvent['sequence'] {
  const sequence = sequenceIn(position, log);
  if (sequence >= log.removed) return sequence;
  const oldestCursor = cursorAt(log.epoch, log.removed);
  const message = 'Events behind this cursor were removed: oldestCursor leads on with the oldest that are kept.';
  throw new RequestError('CURSOR_EXPIRED', message, { oldestCursor });
}

function sequenceIn([cursorEpoch, sequence = '']: Position, { epoch }: EventLogState): LoggedEvent['sequence'] {
  if (!/^\d{1,15}$/.test(sequence)) {
    throw new RequestError('BAD_USER_INPUT', 'This is not a cursor: use one from a page of this list.');
  }
  if (cursorEpoch !== epoch) {
    const message = 'This cursor is of a log that a restored backup has replaced: read the events from the start.';
    throw new RequestError('CURSOR_EXPIRED', message);
  }
  return Number(sequence);
}
