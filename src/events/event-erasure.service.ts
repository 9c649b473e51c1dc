import { addSeconds, type Clock } from '../clock.js';
import type { Database } from '../db/database.js';
import type { EnvironmentId } from '../ids.js';
import type { Logger } from '../logger.js';
import { createRepeating } from '../repeating.js';
import { ERASED, withoutPerson } from './erasure.js';
import type { LoggedEvent } from './event.js';
import type { EventService } from './event.service.js';
import * as eventStore from './event.store.js';
import * as store from './event-erasure.store.js';

/** Events that are changed in one transaction, so that nobody waits long. */
const BATCH = 200;
/** How often it is looked whether somebody's time has come. What is left of them in the files is cleaned as often. */
const INTERVAL_MS = 3_600_000;
const SECONDS_PER_DAY = 86_400;

/** Removes, in small steps, what is left of deleted users in a place that no row of theirs leads to. */
export type RemoveRemains = (environmentIds: readonly EnvironmentId[], signal: AbortSignal) => Promise<void>;

export interface EventErasure {
  /**
   * Erases from the logs what tells who the users were that were deleted long enough ago, and from the files what is
   * left of them elsewhere.
   *
   * @returns how many users
   */
  eraseDeleted(): Promise<number>;
  /** Does so from time to time, when it is wanted at all. */
  start(): void;
  /** Stops, after the batch that is under way. */
  stop(): Promise<void>;
}

/**
 * @param deps.days days after the deletion of a user; null when nobody is erased
 */
export function createEventErasure(deps: {
  db: Database;
  clock: Clock;
  logger: Logger;
  events: Pick<EventService, 'readAfter'>;
  days: number | null;
  remains: readonly RemoveRemains[];
}): EventErasure {
  const { db, clock, logger, events: log, days, remains } = deps;
  const repeating = createRepeating(INTERVAL_MS, eraseDeleted, (error) => {
    logger.error({ err: error }, 'deleted users could not be erased from the log');
  });
  const { signal } = repeating;
  // A process before this one may have erased somebody and not come to the files.
  let isDirty = true;

  /** All events of a deleted user, and their name where they did something. */
  async function erase(environmentId: EnvironmentId, deletion: LoggedEvent): Promise<void> {
    const { userId } = deletion;
    if (userId === null) return;
    for (let after = 0; !signal.aborted; ) {
      const events = await log.readAfter(environmentId, { userId }, after, BATCH);
      const last = events.at(-1);
      if (!last) break;
      const erased = events.map((event) => ({ ...event, ...withoutPerson(event) }));
      await db.transaction((trx) => store.rewrite(trx, environmentId, erased));
      after = last.sequence;
    }
    for (let changed = BATCH; changed === BATCH && !signal.aborted; ) {
      changed = await db.transaction((trx) => store.renameActor(trx, environmentId, userId, ERASED, BATCH));
    }
  }

  async function eraseDeleted(): Promise<number> {
    if (days === null) return 0;
    const until = addSeconds(clock.now(), -days * SECONDS_PER_DAY);
    let count = 0;
    const logs = await eventStore.findLogs(db.reader);
    for (const { environment_id: environmentId, erased } of logs) {
      for (let last = erased; ; count++) {
        const [deletion] = await log.readAfter(environmentId, { names: ['user.deleted'] }, last, 1);
        if (!deletion || deletion.createdAt > until) break;
        await erase(environmentId, deletion);
        if (signal.aborted) return count;
        const { sequence } = deletion;
        await db.transaction((trx) => store.markErased(trx, environmentId, sequence));
        last = sequence;
        isDirty = true;
      }
    }
    if (isDirty) await clean(logs.map(({ environment_id: environmentId }) => environmentId));
    return count;
  }

  /** Other places, and then the write-ahead log, which has all of it once more. */
  async function clean(environmentIds: readonly EnvironmentId[]): Promise<void> {
    for (const remove of remains) await remove(environmentIds, signal);
    isDirty = signal.aborted || !(await db.checkpoint());
  }

  return {
    eraseDeleted,
    start() {
      if (days !== null) repeating.start();
    },
    stop: repeating.stop,
  };
}
