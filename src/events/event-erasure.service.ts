import type { Database } from '../db/database.js';
import type { EnvironmentId } from '../domain/ids.js';
import { addSeconds, type Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import { createRepeating } from '../scheduling/repeating.js';
import { withoutPerson } from './erasure.js';
import type { LoggedEvent } from './event.js';
import type { EventService } from './event.service.js';
import * as eventStore from './event.store.js';
import { ERASED, type EventDescriptors } from './event-descriptor.js';
import * as store from './event-erasure.store.js';

/** The number of events changed in one transaction. Short transactions do not delay other writes. */
const BATCH = 200;
/** The interval between runs. */
const INTERVAL_MS = 3_600_000;
const SECONDS_PER_DAY = 86_400;

/** Removes remaining data of deleted users, e.g. from an index, in short transactions. */
export type RemoveRemains = (environmentIds: readonly EnvironmentId[], signal: AbortSignal) => Promise<void>;

export interface EventErasure {
  /**
   * Erases the personal data of users deleted at least `days` ago from the event logs, and their remaining data from
   * the database files.
   *
   * @returns the number of users erased
   */
  eraseDeleted(): Promise<number>;
  /** Runs `eraseDeleted` periodically, unless `days` is null. */
  start(): void;
  /** Stops after the current batch. */
  stop(): Promise<void>;
}

/**
 * @param deps.descriptors determine how each field of an event is erased
 * @param deps.days days between the deletion of a user and the erasure; null disables it
 */
export function createEventErasure(deps: {
  db: Database;
  clock: Clock;
  logger: Logger;
  events: Pick<EventService, 'readAfter'>;
  descriptors: EventDescriptors;
  days: number | null;
  remains: readonly RemoveRemains[];
}): EventErasure {
  const { db, clock, logger, events: log, descriptors, days, remains } = deps;
  const repeating = createRepeating(INTERVAL_MS, eraseDeleted, (error) => {
    logger.error({ err: error }, 'deleted users could not be erased from the log');
  });
  const { signal } = repeating;
  // An earlier process may have erased events and stopped before it cleaned the files.
  let isDirty = true;

  /** Erases all events of a deleted user, and the name of the user as an actor. */
  async function erase(environmentId: EnvironmentId, deletion: LoggedEvent): Promise<void> {
    const { userId } = deletion;
    if (userId === null) return;
    for (let after = 0; !signal.aborted; ) {
      const events = await log.readAfter(environmentId, { userId }, after, BATCH);
      const last = events.at(-1);
      if (!last) break;
      const erased = events.map((event) => ({ ...event, ...withoutPerson(descriptors, event) }));
      await db.transaction(environmentId, (trx) => store.rewrite(trx, environmentId, erased));
      after = last.sequence;
    }
    for (let changed = BATCH; changed === BATCH && !signal.aborted; ) {
      changed = await db.transaction(environmentId, (trx) =>
        store.renameActor(trx, environmentId, userId, ERASED, BATCH),
      );
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
        await db.transaction(environmentId, (trx) => store.markErased(trx, environmentId, sequence));
        last = sequence;
        isDirty = true;
      }
    }
    if (isDirty) await clean(logs.map(({ environment_id: environmentId }) => environmentId));
    return count;
  }

  /** Removes remaining data first, and then the write-ahead log, which contains copies of it. */
  async function clean(environmentIds: readonly EnvironmentId[]): Promise<void> {
    for (const remove of remains) await remove(environmentIds, signal);
    isDirty = signal.aborted || !(await db.purgeDeleted());
  }

  return {
    eraseDeleted,
    start() {
      if (days !== null) repeating.start();
    },
    stop: repeating.stop,
  };
}
