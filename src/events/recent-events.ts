import type { EnvironmentId } from '../domain/ids.js';
import { outsideRequest } from '../scheduling/request-life.js';
import type { LoggedEvent } from './event.js';

/** The number of events kept per followed environment. A reader who is further behind reads from the database. */
const MAX_RECENT_EVENTS = 256;

/** Reads the newest events after a sequence number, in log order. */
export type ReadEvents = (environmentId: EnvironmentId, after: number, limit: number) => Promise<LoggedEvent[]>;

interface Kept {
  /** All events after this sequence number are in `events`. */
  from: number;
  events: LoggedEvent[];
  /** The version of the database file at the last read. */
  version: number;
  reading: Promise<void> | null;
  followers: number;
}

/** Caches the newest events of each followed log, so that all followers share one read. */
export class RecentEvents {
  readonly #kept = new Map<EnvironmentId, Kept>();

  constructor(private readonly read: ReadEvents) {}

  /** Starts caching events after this sequence number. @returns a function that stops it */
  follow(environmentId: EnvironmentId, last: number): () => void {
    const kept = this.#kept.get(environmentId) ?? { from: last, events: [], version: -1, reading: null, followers: 0 };
    kept.followers++;
    this.#kept.set(environmentId, kept);
    return () => {
      kept.followers--;
      if (kept.followers === 0) this.#kept.delete(environmentId);
    };
  }

  /** The events after this sequence number, at this version of the file or later; null when the cache lacks some. */
  async after(environmentId: EnvironmentId, position: number, version: number): Promise<readonly LoggedEvent[] | null> {
    const kept = this.#kept.get(environmentId);
    if (!kept || position < kept.from) return null;
    // A read in progress may see an earlier version; a read that starts now does not.
    if (kept.version !== version && kept.reading) await kept.reading;
    if (kept.version !== version) {
      // Other followers wait for the same read, so it must not end with the request that starts it.
      kept.reading ??= outsideRequest(() => this.#refresh(environmentId, kept, version)).finally(() => {
        kept.reading = null;
      });
      await kept.reading;
    }
    if (position < kept.from) return null;
    const start = kept.events.findIndex(({ sequence }) => sequence > position);
    return start === -1 ? [] : kept.events.slice(start);
  }

  async #refresh(environmentId: EnvironmentId, kept: Kept, version: number): Promise<void> {
    const last = kept.events.at(-1)?.sequence ?? kept.from;
    const events = [...kept.events, ...(await this.read(environmentId, last, MAX_RECENT_EVENTS))];
    kept.events = events.slice(-MAX_RECENT_EVENTS);
    // Sequence numbers have no gaps, so the number before the first kept event is the last missing one.
    if (events.length >= MAX_RECENT_EVENTS) kept.from = (kept.events[0]?.sequence ?? 1) - 1;
    kept.version = version;
  }
}
