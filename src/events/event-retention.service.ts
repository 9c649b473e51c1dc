import { addSeconds, type Clock } from '../clock.js';
import type { Database } from '../db/database.js';
import type { Handle, Transaction } from '../db/handle.js';
import type { EnvironmentId } from '../ids.js';
import type { Logger } from '../logger.js';
import { createRepeating } from '../repeating.js';
import type { EventLogState, LoggedEvent } from './event.js';
import * as store from './event.store.js';

/** How much of the log of an environment is kept; zero is all of it. */
export interface RetentionSettings {
  readonly days: number;
  /** Events of one environment. */
  readonly count: number;
}

/** Events that are removed in one transaction, so that nobody waits long. */
const BATCH = 500;
/** How often it is looked whether something is too old. */
const INTERVAL_MS = 60_000;
const SECONDS_PER_DAY = 86_400;

/** Who keeps something of the log, and what they keep beside it. */
export interface EventKeeper {
  /** Number of the first event that is still needed; null when none is. */
  firstNeeded(db: Handle, environmentId: EnvironmentId): Promise<LoggedEvent['sequence'] | null>;
  /** Removes what is kept of events up to a number, which are about to go. */
  removeUpTo(trx: Transaction, environmentId: EnvironmentId, sequence: LoggedEvent['sequence']): Promise<void>;
}

export interface EventRetention {
  /** Removes what is not kept, oldest first, in small batches. @returns how many events */
  removeOld(): Promise<number>;
  /** Does so from time to time. */
  start(): void;
  /** Stops, after the batch that is under way. */
  stop(): Promise<void>;
}

/** Cuts the logs off at their old ends. A reader who is behind that is told by CURSOR_EXPIRED. */
export function createEventRetention(deps: {
  db: Database;
  clock: Clock;
  logger: Logger;
  retention: RetentionSettings;
  keeper: EventKeeper;
}): EventRetention {
  const { db, clock, logger, retention, keeper } = deps;
  const repeating = createRepeating(INTERVAL_MS, removeOld, (error) => {
    logger.error({ err: error }, 'old events could not be removed');
  });

  /** The last number that is neither to be kept nor needed. */
  async function cutOf(environmentId: EnvironmentId, log: EventLogState): Promise<number> {
    const needed = await keeper.firstNeeded(db.reader, environmentId);
    return Math.min(await wantedCutOf(environmentId, log), needed === null ? log.last : needed - 1);
  }

  async function wantedCutOf(environmentId: EnvironmentId, { last }: EventLogState): Promise<number> {
    const byCount = retention.count === 0 ? 0 : last - retention.count;
    if (retention.days === 0) return byCount;
    const oldest = addSeconds(clock.now(), -retention.days * SECONDS_PER_DAY);
    const first = await store.firstSince(db.reader, environmentId, oldest, false);
    return Math.max(byCount, first === null ? last : first - 1);
  }

  async function removeOld(): Promise<number> {
    let count = 0;
    for (const { environment_id: environmentId, ...log } of await store.findLogs(db.reader)) {
      const cut = await cutOf(environmentId, log);
      for (let removed = log.removed; removed < cut && !repeating.signal.aborted; ) {
        const upTo = Math.min(cut, removed + BATCH);
        await db.transaction(async (trx) => {
          await keeper.removeUpTo(trx, environmentId, upTo);
          await store.removeUpTo(trx, environmentId, upTo);
        });
        count += upTo - removed;
        removed = upTo;
      }
    }
    return count;
  }

  return {
    removeOld,
    start() {
      if (retention.days > 0 || retention.count > 0) repeating.start();
    },
    stop: repeating.stop,
  };
}
