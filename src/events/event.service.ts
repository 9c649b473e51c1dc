import type { Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import type { Transaction } from '../db/handle.js';
import { createdAtOf, type EnvironmentId, type Ids } from '../ids.js';
import { cutPage, EMPTY_PAGE, type Page, type PageRequest, type Position } from '../paging.js';
import type { Random } from '../random.js';
import { noteExamined } from '../scheduling/request-life.js';
import {
  type EventFilter,
  type EventName,
  type InstantRange,
  type LoggedEvent,
  MAX_EVENTS_EXAMINED,
  type NewEvent,
} from './event.js';
import * as store from './event.store.js';
import { positionOf, resumeAt, withinLog } from './event-position.js';

/** The event log. It is the outbox too: what is in it happened, and what happened is in it. */
export interface EventLog {
  /** Appends, in the transaction that makes the change. The only way into the log. */
  append(trx: Transaction, viewer: Viewer, ...events: NewEvent[]): Promise<void>;
}

export function createEventLog(ids: Ids): EventLog {
  return {
    async append(trx, viewer, ...events) {
      if (events.length === 0) return;
      const drafts = events.map((event) => ({ event, id: ids.next('event') }));
      const now = createdAtOf(drafts.at(-1)?.id ?? ids.next('event'));
      const { first, at } = await store.takeSequence(trx, viewer.environmentId, events.length, now);
      const rows = drafts.map(({ event, id }, index) => ({
        environment_id: viewer.environmentId,
        sequence: first + index,
        id,
        name: event.name,
        user_id: event.userId,
        organization_id: event.organizationId,
        actor_source: viewer.actor.source,
        actor_id: viewer.actor.id,
        actor_name: viewer.actor.name,
        request_id: viewer.requestId,
        data: JSON.stringify(event.data),
        previous: event.previous ? JSON.stringify(event.previous) : null,
        created_at: at,
      }));
      await store.insert(trx, rows);
    },
  };
}

/** A page of the log, and the epoch its cursors are of. */
export interface EventPage {
  readonly page: Page<LoggedEvent>;
  readonly epoch: string;
}

export interface EventService {
  /**
   * Events in the order of the log. A page examines at most `MAX_EVENTS_EXAMINED` rows; one that has not found enough by
   * then is not full, and says where it stopped.
   *
   * @throws {RequestError} CURSOR_EXPIRED when a cursor is of another epoch, or what is behind it was removed
   */
  listEvents(viewer: Viewer, filter: EventFilter, descending: boolean, request: PageRequest): Promise<EventPage>;
  /** Where the oldest event that is kept follows. */
  startOf(environmentId: EnvironmentId): Promise<Position>;
  /** Up to `limit` events of these names, or of this user, behind a number, in the order of the log. */
  readAfter(
    environmentId: EnvironmentId,
    filter: Pick<EventFilter, 'names' | 'userId'>,
    after: LoggedEvent['sequence'],
    limit: number,
  ): Promise<LoggedEvent[]>;
  /** How many there are; no more than `most` are counted. */
  countAfter(
    trx: Transaction,
    viewer: Viewer,
    names: readonly EventName[],
    after: LoggedEvent['sequence'],
    most: number,
  ): Promise<number>;
  /** The number behind which somebody reads on. @throws {RequestError} CURSOR_EXPIRED or BAD_USER_INPUT */
  resume(trx: Transaction, viewer: Viewer, after: Position): Promise<LoggedEvent['sequence']>;
  /** The last number given out; 0 when there is no event. */
  lastOf(trx: Transaction, viewer: Viewer): Promise<LoggedEvent['sequence']>;
  /** To be called when the log was put back to an earlier state: cursors from before are refused from now on. */
  startEpoch(): Promise<void>;
}

export function createEventService({ db, random }: { db: Database; random: Random }): EventService {
  /** The part of the log a span of time is, as bounds on numbers; null when nothing is in it. */
  async function boundsOf(viewer: Viewer, { gte, gt, lte, lt }: InstantRange): Promise<Bounds | null> {
    const since = (at: typeof gte, strictly: boolean) =>
      at === undefined ? undefined : store.firstSince(db.reader, viewer.environmentId, at, strictly);
    const [from, behind] = [await since(gte, false), await since(gt, true)];
    if (from === null || behind === null) return null;
    const [until, past] = [await since(lt, false), await since(lte, true)];
    const starts = [from, behind].filter((start) => start !== undefined);
    const ends = [until, past].filter((end) => end != null);
    return {
      after: starts.length > 0 ? Math.max(...starts) - 1 : null,
      before: ends.length > 0 ? Math.min(...ends) : null,
    };
  }

  return {
    async listEvents(viewer, filter, descending, request) {
      const log = await store.findLog(db.reader, viewer.environmentId);
      const { epoch } = log;
      const asked = withinLog(request, log, descending);
      const bounds = filter.createdAt ? await boundsOf(viewer, filter.createdAt) : UNBOUND;
      if (!bounds || filter.names?.length === 0) return { page: EMPTY_PAGE, epoch };
      let reach = narrow(asked, bounds, descending);
      const isIndexed = [filter.names, filter.userId, filter.organizationId].filter(Boolean).length <= 1;
      if (!isIndexed) noteExamined(MAX_EVENTS_EXAMINED);
      const edge = isIndexed
        ? null
        : await store.edgeOf(db.reader, viewer.environmentId, filter, reach, descending, MAX_EVENTS_EXAMINED);
      const ascends = descending === (request.direction === 'backward');
      if (edge !== null) {
        const upTo = ascends ? { after: null, before: edge + 1 } : { after: edge - 1, before: null };
        reach = narrow(reach, upTo, descending);
      }
      const found = await store.walk(db.reader, viewer.environmentId, filter, reach, descending);
      const page = cutPage(found, asked);
      if (edge === null || found.length > request.limit) return { page, epoch };
      const position = positionOf(epoch, edge);
      return request.direction === 'forward'
        ? { page: { ...page, hasNextPage: true, stop: { end: 'end', position } }, epoch }
        : { page: { ...page, hasPreviousPage: true, stop: { end: 'start', position } }, epoch };
    },
    async startOf(environmentId) {
      const { epoch, removed } = await store.findLog(db.reader, environmentId);
      return positionOf(epoch, removed);
    },
    async readAfter(environmentId, filter, after, limit) {
      const request = { direction: 'forward', limit, after: [String(after)], before: null } as const;
      return (await store.walk(db.reader, environmentId, filter, request, false)).slice(0, limit);
    },
    countAfter: (trx, { environmentId }, names, after, most) =>
      store.countAfter(trx, environmentId, names, after, most),
    async resume(trx, { environmentId }, after) {
      const log = await store.findLog(trx, environmentId);
      return Math.min(resumeAt(after, log), log.last);
    },
    lastOf: async (trx, { environmentId }) => (await store.findLog(trx, environmentId)).last,
    startEpoch: () => db.transaction((trx) => store.startEpoch(trx, random.bytes(8).toString('hex'))),
  };
}

/** Numbers between which events are looked for; the events at them are left out. */
interface Bounds {
  readonly after: number | null;
  readonly before: number | null;
}

const UNBOUND: Bounds = { after: null, before: null };

/**
 * The request within these bounds. Two conditions on one side are made one: of two SQLite would seek by either, and
 * examine all rows up to the other.
 */
function narrow(request: PageRequest, bounds: Bounds, descending: boolean): PageRequest {
  const [low, high] = descending ? [request.before, request.after] : [request.after, request.before];
  const after = tighter(Math.max, low, bounds.after);
  const before = tighter(Math.min, high, bounds.before);
  return descending ? { ...request, after: before, before: after } : { ...request, after, before };
}

function tighter(choose: typeof Math.max, position: PageRequest['after'], bound: number | null): PageRequest['after'] {
  if (bound === null) return position;
  return [String(position === null ? bound : choose(Number(position[0]), bound))];
}
