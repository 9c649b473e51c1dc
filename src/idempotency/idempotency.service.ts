import type { Viewer } from '../auth/viewer.js';
import { addSeconds, type Clock } from '../clock.js';
import type { Database } from '../db/database.js';
import type { Handle } from '../db/handle.js';
import type { Unit } from '../db/writer.js';
import { type DomainError, MutationFailure } from '../errors.js';
import type { RemoveRemains } from '../events/event-erasure.service.js';
import {
  checkIdempotencyKey,
  fingerprintOf,
  IDEMPOTENCY_TTL_SECONDS,
  IdempotencyError,
  type IdempotentOperation,
} from './idempotency.js';
import * as store from './idempotency.store.js';

/** Keys a write clears away when their time is over. More than it adds, so they never pile up. */
const MAX_EXPIRED_KEYS_REMOVED = 10;

/** A call of a mutation, as its caller may repeat it. */
export interface IdempotentCall {
  readonly operation: IdempotentOperation;
  /** Null and left out: the call is done as often as it comes. */
  readonly key: string | null | undefined;
  /** All of the input but the key. */
  readonly input: object;
}

/** Runs the one unit of a use case, as `Database.transaction` does. */
export type Transact<T> = (unit: Unit<T>) => Promise<T>;

export interface Idempotency {
  /**
   * Does a use case at most once for a key in an environment. A repeat with the same input is answered with what the
   * use case answered then, whatever became of its objects; the answer is written by the same commit as they are, so
   * no crash comes between. A use case that throws has written nothing, its key stays free, and a repeat is judged
   * anew.
   *
   * @param useCase hands its unit to `transaction`, once, and answers what the unit answers: plain JSON
   * @throws {MutationFailure} IDEMPOTENCY_KEY_REUSED; INVALID_INPUT for a malformed key, unless the use case has said so
   *   together with what else is wrong; whatever the use case throws
   */
  once<T>(viewer: Viewer, call: IdempotentCall, useCase: (transaction: Transact<T>) => Promise<T>): Promise<T>;
  /** Removes the answers whose time is over, with the users in them. */
  readonly removeExpired: RemoveRemains;
}

export function createIdempotency(deps: { db: Database; clock: Clock; secretKey: string }): Idempotency {
  const { db, clock, secretKey } = deps;

  /** What the call was answered before, in a box: an answer may be anything. */
  async function recall<T>(handle: Handle, viewer: Viewer, call: IdempotentCall, key: string): Promise<[T] | null> {
    const kept = await store.find(handle, viewer.environmentId, key, clock.now());
    if (!kept) return null;
    const fingerprint = fingerprintOf(secretKey, viewer.environmentId, call.operation, call.input);
    if (kept.fingerprint !== fingerprint) throw new MutationFailure(new IdempotencyError());
    // Written by `keeping` for this operation, from a T.
    return [JSON.parse(kept.outcome) as T];
  }

  function keeping<T>(viewer: Viewer, call: IdempotentCall, key: string): Transact<T> {
    return (unit) =>
      db.transaction(async (trx) => {
        // Another call with the key may have been done since it was looked up.
        const done = await recall<T>(trx, viewer, call, key);
        if (done) return done[0];
        const outcome = await unit(trx);
        const { environmentId } = viewer;
        const now = clock.now();
        await store.put(trx, {
          environment_id: environmentId,
          key,
          operation: call.operation,
          fingerprint: fingerprintOf(secretKey, environmentId, call.operation, call.input),
          outcome: JSON.stringify(outcome),
          expires_at: addSeconds(now, IDEMPOTENCY_TTL_SECONDS),
        });
        await store.removeExpired(trx, environmentId, now, MAX_EXPIRED_KEYS_REMOVED);
        return outcome;
      });
  }

  return {
    async removeExpired(environmentIds, signal) {
      const now = clock.now();
      for (const environmentId of environmentIds) {
        const some = () =>
          db.transaction((trx) => store.removeExpired(trx, environmentId, now, MAX_EXPIRED_KEYS_REMOVED));
        while (!signal.aborted && (await some()) === MAX_EXPIRED_KEYS_REMOVED);
      }
    },
    async once<T>(viewer: Viewer, call: IdempotentCall, useCase: (transaction: Transact<T>) => Promise<T>) {
      const { key } = call;
      if (key == null) return useCase(db.transaction);
      const problems: DomainError[] = [];
      checkIdempotencyKey(key, problems);
      const [malformed] = problems;
      if (malformed) {
        return useCase((unit) =>
          db.transaction(async (trx) => {
            await unit(trx);
            throw new MutationFailure(malformed);
          }),
        );
      }
      const before = await recall<T>(db.reader, viewer, call, key);
      if (before) return before[0];
      try {
        return await useCase(keeping(viewer, call, key));
      } catch (error) {
        // Refused for what the same call, coming twice at once, has made meanwhile?
        const meanwhile = await recall<T>(db.reader, viewer, call, key);
        if (meanwhile) return meanwhile[0];
        throw error;
      }
    },
  };
}
