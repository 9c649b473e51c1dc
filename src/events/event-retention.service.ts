import type { Database } from '../db/database.js';
import type { Handle, Transaction } from '../db/handle.js';
import type { EnvironmentId } from '../domain/ids.js';
import { addSeconds, type Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import { createRepeating } from '../scheduling/repeating.js';
import type { EventLogState, LoggedEvent } from './event.js';
import * as store from './event.store.js';

/** How much of the event log of an environment is kept. Zero disables a limit. */
export interface RetentionSettings {
  readonly days: number;
  /** Events of one environment. */
  readonly count: number;
}

/** The number of events removed in one transaction. Short transactions do not delay other writes. */
const BATCH = 500;
/** The interval between runs. */
const INTERVAL_MS = 60_000;
const SECONDS_PER_DAY = 86_400;

/** A consumer of the log that can prevent the removal of events. */
export interface EventKeeper {
  /** The sequence number of the first event that is still needed; null when none is. */
  firstNeeded(db: Handle, environmentId: EnvironmentId): Promise<LoggedEvent['sequence'] | null>;
  /** Removes the consumer's data about events up to a sequence number, before these are removed. */
  removeUpTo(trx: Transaction, environmentId: EnvironmentId, sequence: LoggedEvent['sequence']): Promise<void>;
}

export interface EventRetention {
  /** Removes events beyond the limits, oldest first, in small batches. @returns the number of events removed */
  removeOld(): Promise<number>;
  /** Runs `removeOld` periodically. */
  start(): void;
  /** Stops after the current batch. */
  stop(): Promise<void>;
}

/** Removes old events from the logs. A reader whose cursor precedes the remaining events gets CURSOR_EXPIRED. */
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

  /** The last sequence number to remove: beyond the limits, and not needed by the consumer. */
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
        await db.transaction(environmentId, async (trx) => {
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
