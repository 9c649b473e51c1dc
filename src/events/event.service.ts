import { authorize } from '../auth/policy.js';
import type { Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import type { Transaction } from '../db/handle.js';
import { createdAtOf, type EnvironmentId, type Ids, isId } from '../domain/ids.js';
import { cutPage, EMPTY_PAGE, type Page, type PageRequest, type Position } from '../paging/paging.js';
import type { Random } from '../runtime/random.js';
import { noteExamined } from '../scheduling/request-life.js';
import { type EventFilter, type InstantRange, type LoggedEvent, MAX_EVENTS_EXAMINED, type NewEvent } from './event.js';
import * as store from './event.store.js';
import type { EventName } from './event-data.js';
import type { EventDescriptors } from './event-descriptor.js';
import { positionOf, resumeAt, withinLog } from './event-position.js';

/** Events that one statement examines: some milliseconds of work when they are not in memory. */
const EXAMINED_AT_ONCE = 250;

/** An event, and who caused it. */
export interface CausedEvent {
  readonly viewer: Viewer;
  readonly event: NewEvent;
}

/** The event log. It is also the transactional outbox: it contains exactly the events of committed changes. */
export interface EventLog {
  /** Appends events in the transaction that makes the change. */
  append(trx: Transaction, viewer: Viewer, ...events: NewEvent[]): Promise<void>;
  /** Appends events of several viewers of one environment, in the order given. */
  appendAll(trx: Transaction, events: readonly CausedEvent[]): Promise<void>;
}

/** @param descriptors determine the user and the organization of an event */
export function createEventLog(ids: Ids, descriptors: EventDescriptors): EventLog {
  async function appendAll(trx: Transaction, events: readonly CausedEvent[]): Promise<void> {
    const [one] = events;
    if (!one) return;
    const { environmentId } = one.viewer;
    const rows = events.map(({ viewer, event }) => ({
      environment_id: environmentId,
      id: ids.next('event'),
      name: event.name,
      ...subjectsOf(descriptors, event),
      actor_source: viewer.actor.source,
      actor_id: viewer.actor.id,
      actor_name: viewer.actor.name,
      request_id: viewer.requestId,
      api: viewer.api,
      data: JSON.stringify(event.data),
      previous: event.previous ? JSON.stringify(event.previous) : null,
    }));
    await store.append(trx, environmentId, rows, createdAtOf(rows.at(-1)?.id ?? ids.next('event')));
  }

  return {
    append: (trx, viewer, ...events) =>
      appendAll(
        trx,
        events.map((event) => ({ viewer, event })),
      ),
    appendAll,
  };
}

function subjectsOf<Name extends EventName>(descriptors: EventDescriptors, { name, data }: NewEvent<Name>) {
  const { user, organizationId } = descriptors[name];
  return { user_id: user ? user.idOf(data) : null, organization_id: organizationId(data) };
}

/** A page of the log, and the epoch of its cursors. */
export interface EventPage {
  readonly page: Page<LoggedEvent>;
  readonly epoch: string;
}

export interface EventService {
  /**
   * Lists events in log order. A page examines at most `MAX_EVENTS_EXAMINED` rows. When it reaches that limit, it can
   * have fewer events than requested, and `stop` is set.
   *
   * @throws {RequestError} CURSOR_EXPIRED when a cursor belongs to another epoch, or the events after it were removed
   */
  listEvents(viewer: Viewer, filter: EventFilter, descending: boolean, request: PageRequest): Promise<EventPage>;
  /** The position of an event in the log; null when the log does not have it. */
  positionOf(viewer: Viewer, id: string): Promise<Position | null>;
  /** The position just before the oldest event in the log. */
  startOf(environmentId: EnvironmentId): Promise<Position>;
  /** Up to `limit` events after a sequence number that match the filter, in log order. */
  readAfter(
    environmentId: EnvironmentId,
    filter: Pick<EventFilter, 'names' | 'userId'>,
    after: LoggedEvent['sequence'],
    limit: number,
  ): Promise<LoggedEvent[]>;
  /** The number of events with these names after a sequence number; counts up to `most`. */
  countAfter(
    trx: Transaction,
    viewer: Viewer,
    names: readonly EventName[],
    after: LoggedEvent['sequence'],
    most: number,
  ): Promise<number>;
  /** The sequence number after which reading continues. @throws {RequestError} CURSOR_EXPIRED or BAD_USER_INPUT */
  resume(trx: Transaction, viewer: Viewer, after: Position): Promise<LoggedEvent['sequence']>;
  /** The last assigned sequence number; 0 when there is no event. */
  lastOf(trx: Transaction, viewer: Viewer): Promise<LoggedEvent['sequence']>;
  /** Call this after the database was restored to an earlier state. Cursors of the previous epoch become invalid. */
  startEpoch(): Promise<void>;
}

export function createEventService({ db, random }: { db: Database; random: Random }): EventService {
  /** Converts a time range to bounds of sequence numbers; null when no event is in the range. */
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

  /**
   * Examines events in steps, because each step is a statement, and a statement blocks all other requests. Returns the
   * events of the filter, and the sequence number at which the examination stopped, or null at the end of the log.
   */
  async function examine({ environmentId }: Viewer, filter: EventFilter, request: PageRequest, descending: boolean) {
    const ascends = descending === (request.direction === 'backward');
    const found: LoggedEvent[] = [];
    let reach = request;
    for (let examined = 0; ; ) {
      const edge = await store.edgeOf(db.reader, environmentId, filter, reach, descending, EXAMINED_AT_ONCE);
      const upTo = edge === null ? UNBOUND : ascends ? upToInclusive(edge) : fromInclusive(edge);
      const step = narrow(reach, upTo, descending);
      found.push(...(await store.walk(db.reader, environmentId, filter, step, descending)));
      noteExamined(EXAMINED_AT_ONCE);
      examined += EXAMINED_AT_ONCE;
      if (edge === null || found.length > request.limit || examined >= MAX_EVENTS_EXAMINED) {
        return { found: found.slice(0, request.limit + 1), edge };
      }
      reach = narrow(reach, ascends ? { after: edge, before: null } : { after: null, before: edge }, descending);
    }
  }

  return {
    async listEvents(viewer, filter, descending, request) {
      authorize(viewer, 'events.listEvents');
      const log = await store.findLog(db.reader, viewer.environmentId);
      const { epoch } = log;
      const asked = withinLog(request, log, descending);
      const bounds = filter.createdAt ? await boundsOf(viewer, filter.createdAt) : UNBOUND;
      if (!bounds || filter.names?.length === 0) return { page: EMPTY_PAGE, epoch };
      const reach = narrow(asked, bounds, descending);
      const isIndexed = [filter.names, filter.userId, filter.organizationId].filter(Boolean).length <= 1;
      const { found, edge } = isIndexed
        ? { found: await store.walk(db.reader, viewer.environmentId, filter, reach, descending), edge: null }
        : await examine(viewer, filter, reach, descending);
      const page = cutPage(found, asked);
      if (edge === null || found.length > request.limit) return { page, epoch };
      const position = positionOf(epoch, edge);
      return request.direction === 'forward'
        ? { page: { ...page, hasNextPage: true, stop: { end: 'end', position } }, epoch }
        : { page: { ...page, hasPreviousPage: true, stop: { end: 'start', position } }, epoch };
    },
    async positionOf(viewer, id) {
      authorize(viewer, 'events.positionOf');
      if (!isId('event', id)) return null;
      const { epoch } = await store.findLog(db.reader, viewer.environmentId);
      const event = (await store.findMany(db.reader, viewer.environmentId, [id])).get(id);
      return event ? positionOf(epoch, event.sequence) : null;
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
    startEpoch: () => db.transaction(null, (trx) => store.startEpoch(trx, random.bytes(8).toString('hex'))),
  };
}

/** Exclusive bounds of sequence numbers. */
interface Bounds {
  readonly after: number | null;
  readonly before: number | null;
}

const UNBOUND: Bounds = { after: null, before: null };
const upToInclusive = (sequence: number): Bounds => ({ after: null, before: sequence + 1 });
const fromInclusive = (sequence: number): Bounds => ({ after: sequence - 1, before: null });

/**
 * Restricts the request to these bounds. Each side keeps one condition: given two, SQLite seeks by one of them and
 * examines all rows up to the other.
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
