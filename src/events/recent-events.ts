import type { EnvironmentId } from '../ids.js';
import { outsideRequest } from '../scheduling/request-life.js';
import type { LoggedEvent } from './event.js';

/** Events that are kept of an environment while somebody follows its log. Who is further behind reads the log itself. */
const MAX_RECENT_EVENTS = 256;

/** Reads the newest events, behind a number, in the order of the log. */
export type ReadEvents = (environmentId: EnvironmentId, after: number, limit: number) => Promise<LoggedEvent[]>;

interface Kept {
  /** Number behind which no event is missing here. */
  from: number;
  events: LoggedEvent[];
  /** The version of the file that was read last. */
  version: number;
  reading: Promise<void> | null;
  followers: number;
}

/** The end of each log that is followed, read once for all who follow it. */
export class RecentEvents {
  readonly #kept = new Map<EnvironmentId, Kept>();

  constructor(private readonly read: ReadEvents) {}

  /** Begins to keep the end of a log, of which everything up to this number is known. @returns what ends it */
  follow(environmentId: EnvironmentId, last: number): () => void {
    const kept = this.#kept.get(environmentId) ?? { from: last, events: [], version: -1, reading: null, followers: 0 };
    kept.followers++;
    this.#kept.set(environmentId, kept);
    return () => {
      kept.followers--;
      if (kept.followers === 0) this.#kept.delete(environmentId);
    };
  }

  /** The events behind this number as of a version of the file or later; null when they are no longer all here. */
  async after(environmentId: EnvironmentId, position: number, version: number): Promise<readonly LoggedEvent[] | null> {
    const kept = this.#kept.get(environmentId);
    if (!kept || position < kept.from) return null;
    // What is being read may be of an earlier version; what is begun now is not.
    if (kept.version !== version && kept.reading) await kept.reading;
    if (kept.version !== version) {
      // Others wait for the same reading, whose first reader may go.
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
    // Numbers have no gaps, so the one before the first kept is the last that is missing.
    if (events.length >= MAX_RECENT_EVENTS) kept.from = (kept.events[0]?.sequence ?? 1) - 1;
    kept.version = version;
  }
}
