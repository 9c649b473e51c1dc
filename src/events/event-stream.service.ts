import type { Viewer } from '../auth/viewer.js';
import { Commits } from '../db/commits.js';
import type { Database } from '../db/database.js';
import { RequestError } from '../errors.js';
import type { Position } from '../paging.js';
import { nextTurn } from '../scheduling/turns.js';
import { type EventFilter, type EventLogState, type EventName, isEventOf, type LoggedEvent } from './event.js';
import type { EventService } from './event.service.js';
import * as store from './event.store.js';
import { positionOf, resumeAt } from './event-position.js';
import { RecentEvents } from './recent-events.js';

/** Streams that one process feeds at most; each holds a socket and a little memory. */
export const MAX_STREAMS = 10_000;
/** Events that are read at once from the log by who is far behind. */
const PAGE = 100;
/** How long nobody is asked again whether they may still read: keys and tokens also end by time. */
const ACCESS_SECONDS = 5;
/** After one of these somebody who might read may not any more. */
const ACCESS_EVENTS: readonly EventName[] = ['api_key.revoked', 'api_key.updated', 'session.revoked', 'user.deleted'];

/** One event of a stream, and the epoch its cursor is of. */
export interface StreamedEvent {
  readonly event: LoggedEvent;
  readonly epoch: string;
}

export interface EventStreams {
  /**
   * Events as they are committed, in the order of the log: with `after` everything behind that place first, without it
   * from now on. Each comes at least once and none is left out. They are read when the reader is ready for them, so a
   * slow one costs nothing.
   *
   * @param assertAccess asked again when access may have ended; what it throws ends the stream
   * @throws {RequestError} CURSOR_EXPIRED or BAD_USER_INPUT for `after`, SERVICE_UNAVAILABLE when there are too many
   *   streams, and by the stream when the server stops
   */
  follow(
    viewer: Viewer,
    filter: EventFilter,
    after: Position | null,
    assertAccess: () => Promise<void>,
  ): Promise<AsyncGenerator<StreamedEvent, void, undefined>>;
  /** How many there are. */
  count(): number;
  /** Ends all of them; their readers are told to come back. */
  close(): void;
}

export function createEventStreams({ db, events }: { db: Database; events: EventService }): EventStreams {
  const commits = new Commits(db);
  const recent = new RecentEvents((environmentId, after, limit) =>
    store.newestAfter(db.reader, environmentId, after, limit),
  );
  let isClosed = false;
  let streams = 0;

  /** The next events behind a number and the number that is known up to; in pages of the log, by its indexes. */
  async function catchUp(viewer: Viewer, filter: EventFilter, epoch: string, position: number): Promise<Batch> {
    // Read first: whatever is committed up to it, the pages below see.
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
        // A fast reader takes event after event without a turn of the event loop in between.
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
    throw new RequestError('SERVICE_UNAVAILABLE', 'The server stops: subscribe again, after the last cursor you have.');
  }

  return {
    async follow(viewer, filter, after, assertAccess) {
      assertOpen();
      if (streams >= MAX_STREAMS) {
        const message = `This process feeds ${MAX_STREAMS} streams already: try again later, or at another one.`;
        throw new RequestError('SERVICE_UNAVAILABLE', message);
      }
      const { environmentId } = viewer;
      const log = await store.findLog(db.reader, environmentId);
      const start = after ? resumeAt(after, log) : log.last;
      const access = new Access(assertAccess);
      return stream(viewer, filter, log, start, access);
    },
    count: () => streams,
    close: () => {
      isClosed = true;
      commits.wakeAll();
    },
  };
}

/** Events, and the number up to which there are no others. */
interface Batch {
  readonly events: readonly LoggedEvent[];
  readonly upTo: number;
}

/** Whether the reader may still read: asked when something in the log may have ended it, and every few seconds. */
class Access {
  #askedAt = performance.now();

  constructor(private readonly ask: () => Promise<void>) {}

  async before({ name }: LoggedEvent): Promise<void> {
    if (ACCESS_EVENTS.includes(name)) this.#askedAt = Number.NEGATIVE_INFINITY;
    await this.assert();
  }

  async assert(): Promise<void> {
    if (performance.now() - this.#askedAt < ACCESS_SECONDS * 1000) return;
    await this.ask();
    this.#askedAt = performance.now();
  }
}
