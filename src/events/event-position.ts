import { RequestError } from '../domain/errors.js';
import { decodeCursor, encodeCursor } from '../paging/cursor.js';
import type { PageRequest, Position } from '../paging/paging.js';
import type { EventLogState, LoggedEvent } from './event.js';

/** The order of every list of events. A cursor is valid in all of these lists, in either direction. */
export const EVENT_ORDER = 'events';

/** The number of values in the position of an event: the epoch of the log and the sequence number. */
export const EVENT_POSITION_LENGTH = 2;

export function positionOf(epoch: string, sequence: LoggedEvent['sequence']): Position {
  return [epoch, String(sequence)];
}

/** The cursor of a position in the log. */
export function cursorAt(epoch: string, sequence: LoggedEvent['sequence']): string {
  return encodeCursor(EVENT_ORDER, positionOf(epoch, sequence));
}

/** Decodes a cursor of the log. @throws {RequestError} BAD_USER_INPUT when it is not one */
export function positionAt(cursor: string): Position {
  return decodeCursor(EVENT_ORDER, EVENT_POSITION_LENGTH, cursor);
}

/**
 * Converts the positions of a request to positions with only the sequence number.
 *
 * @throws {RequestError} CURSOR_EXPIRED when a cursor belongs to another epoch or events after it were removed;
 *   BAD_USER_INPUT when it has no valid sequence number
 */
export function withinLog(request: PageRequest, log: EventLogState, descending: boolean): PageRequest {
  const { after, before } = request;
  const older = descending ? before : after;
  if (older) resumeAt(older, log);
  const within = (position: Position | null): Position | null => position && [String(sequenceIn(position, log))];
  return { ...request, after: within(after), before: within(before) };
}

/**
 * The sequence number after which reading continues without missing an event.
 *
 * @throws {RequestError} as `withinLog`
 */
export function resumeAt(position: Position, log: EventLogState): LoggedEvent['sequence'] {
  const sequence = sequenceIn(position, log);
  if (sequence >= log.removed) return sequence;
  const oldestCursor = cursorAt(log.epoch, log.removed);
  const message =
    'Events after this cursor were removed: continue with oldestCursor, which precedes the oldest event in the log.';
  throw new RequestError('CURSOR_EXPIRED', message, { oldestCursor });
}

function sequenceIn([cursorEpoch, sequence = '']: Position, { epoch }: EventLogState): LoggedEvent['sequence'] {
  if (!/^\d{1,15}$/.test(sequence)) {
    throw new RequestError('BAD_USER_INPUT', 'This is not a valid cursor: use one from a page of this list.');
  }
  if (cursorEpoch !== epoch) {
    const message =
      'This cursor belongs to a log that was replaced by a restored backup: read the events from the start.';
    throw new RequestError('CURSOR_EXPIRED', message);
  }
  return Number(sequence);
}
