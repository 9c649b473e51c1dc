import { authorize } from '../auth/policy.js';
import type { Viewer } from '../auth/viewer.js';
import { Commits } from '../db/commits.js';
import type { Database } from '../db/database.js';
import { RequestError } from '../domain/errors.js';
import type { Position } from '../paging/paging.js';
import { nextTurn } from '../scheduling/turns.js';
import { type EventFilter, type EventLogState, isEventOf, type LoggedEvent } from './event.js';
import type { EventService } from './event.service.js';
import * as store from './event.store.js';
import type { EventDescriptors } from './event-descriptor.js';
import { positionOf, resumeAt } from './event-position.js';
import { RecentEvents } from './recent-events.js';

/** The maximum number of streams per process. Each one needs a socket and a little memory. */
export const MAX_STREAMS = 10_000;
/** The number of events that a lagging stream reads from the log at a time. */
const PAGE = 100;
/** The interval between access checks: keys and tokens also expire, which appends no event. */
const ACCESS_SECONDS = 5;

/** One event of a stream, and the epoch of its cursor. */
export interface StreamedEvent {
  readonly event: LoggedEvent;
  readonly epoch: string;
}

export interface EventStreams {
  /**
   * Streams events in log order as they are committed. With `after` it starts with the events after that position,
   * otherwise with new events. Delivery is at least once, without gaps. Events are read on demand, so a slow reader
   * needs no buffer.
   *
   * @param assertAccess called when access may have ended; what it throws ends the stream
   * @throws {RequestError} CURSOR_EXPIRED or BAD_USER_INPUT for `after`; SERVICE_UNAVAILABLE when there are too many
   *   streams. The stream throws SERVICE_UNAVAILABLE when the server stops.
   */
  follow(
    viewer: Viewer,
    filter: EventFilter,
    after: Position | null,
    assertAccess: () => Promise<void>,
  ): Promise<AsyncGenerator<StreamedEvent, void, undefined>>;
  /** The number of open streams. */
  count(): number;
  /** Ends all streams with SERVICE_UNAVAILABLE, which tells readers to subscribe again. */
  close(): void;
}

export function createEventStreams(deps: {
  db: Database;
  events: EventService;
  /** Determine which events can end access. */
  descriptors: EventDescriptors;
}): EventStreams {
  const { db, events, descriptors } = deps;
  const commits = new Commits(db);
  const recent = new RecentEvents((environmentId, after, limit) =>
    store.newestAfter(db.reader, environmentId, after, limit),
  );
  let isClosed = false;
  let streams = 0;

  /** Reads the next page of matching events from the log, by its indexes. */
  async function catchUp(viewer: Viewer, filter: EventFilter, epoch: string, position: number): Promise<Batch> {
    // Read this first: the page then includes everything that is committed up to `last`.
    const { last } = await store.findLog(db.reader, viewer.environmentId);
    const { page } = await events.listEvents(viewer, filter, false, {
      direction: 'forward',
      limit: PAGE,
      after: positionOf(epoch, position),
      before: null,
    });
    const read = page.items.at(-1)?.sequence ?? position;
    const upTo = page.stop ? Number(page.stop.position[1]) : page.hasNextPage ? read : Math.max(last, read);
    return { events: page.items, upTo };
  }

  async function nextOf(
    viewer: Viewer,
    filter: EventFilter,
    epoch: string,
    position: number,
    version: number,
  ): Promise<Batch> {
    const kept = await recent.after(viewer.environmentId, position, version);
    return kept ? { events: kept, upTo: kept.at(-1)?.sequence ?? position } : catchUp(viewer, filter, epoch, position);
  }

  async function* stream(
    viewer: Viewer,
    filter: EventFilter,
    log: EventLogState,
    start: number,
    access: Access,
  ): AsyncGenerator<StreamedEvent, void, undefined> {
    const { epoch, last } = log;
    const unfollow = recent.follow(viewer.environmentId, last);
    streams++;
    try {
      for (let position = start; ; ) {
        const version = commits.version();
        const batch = await nextOf(viewer, filter, epoch, position, version);
        for (const event of batch.events) {
          assertOpen();
          await access.before(event);
          position = event.sequence;
          if (isEventOf(filter, event)) yield { event, epoch };
        }
        // A fast reader can take many events in one turn of the event loop, which would block other work.
        await nextTurn();
        const isAtEnd = batch.upTo === position && batch.events.length === 0;
        position = batch.upTo;
        assertOpen();
        await access.assert();
        if (isAtEnd) await commits.after(version, ACCESS_SECONDS * 1000);
      }
    } finally {
      unfollow();
      streams--;
    }
  }

  function assertOpen(): void {
    if (!isClosed) return;
    throw new RequestError(
      'SERVICE_UNAVAILABLE',
      'The server is stopping: subscribe again after the last cursor you received.',
    );
  }

  return {
    async follow(viewer, filter, after, assertAccess) {
      authorize(viewer, 'eventStreams.follow');
      assertOpen();
      if (streams >= MAX_STREAMS) {
        const message = `This process already has ${MAX_STREAMS} streams: try again later, or use another process.`;
        throw new RequestError('SERVICE_UNAVAILABLE', message);
      }
      const { environmentId } = viewer;
      const log = await store.findLog(db.reader, environmentId);
      const start = after ? resumeAt(after, log) : log.last;
      const access = new Access(assertAccess, descriptors);
      return stream(viewer, filter, log, start, access);
    },
    count: () => streams,
    close: () => {
      isClosed = true;
      commits.wakeAll();
    },
  };
}

/** The matching events up to a sequence number. */
interface Batch {
  readonly events: readonly LoggedEvent[];
  readonly upTo: number;
}

/** Checks the access of a reader every few seconds, and after each event that can end access. */
class Access {
  #askedAt = performance.now();

  constructor(
    private readonly ask: () => Promise<void>,
    private readonly descriptors: EventDescriptors,
  ) {}

  async before({ name }: LoggedEvent): Promise<void> {
    if (this.descriptors[name].endsAccess) this.#askedAt = Number.NEGATIVE_INFINITY;
    await this.assert();
  }

  async assert(): Promise<void> {
    if (performance.now() - this.#askedAt < ACCESS_SECONDS * 1000) return;
    await this.ask();
    this.#askedAt = performance.now();
  }
}
