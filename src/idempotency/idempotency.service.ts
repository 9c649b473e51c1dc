import type { Viewer } from '../auth/viewer.js';
import type { Database, Unit } from '../db/database.js';
import type { Handle } from '../db/handle.js';
import { type DomainError, MutationFailure } from '../domain/errors.js';
import type { RemoveRemains } from '../events/event-erasure.service.js';
import { addSeconds, type Clock } from '../runtime/clock.js';
import {
  checkIdempotencyKey,
  fingerprintOf,
  IDEMPOTENCY_TTL_SECONDS,
  IdempotencyError,
  type IdempotentOperation,
} from './idempotency.js';
import * as store from './idempotency.store.js';

/** The number of expired keys that one write removes. It is more than a write adds, so the table stays small. */
const MAX_EXPIRED_KEYS_REMOVED = 10;

/** A call of a mutation that the caller may repeat. */
export interface IdempotentCall {
  readonly operation: IdempotentOperation;
  /** Without a key, every call is executed. */
  readonly key: string | null | undefined;
  /** The input without the key. */
  readonly input: object;
}

/** Runs the transaction of a use case, as `Database.transaction` does. */
export type Transact<T> = (unit: Unit<T>) => Promise<T>;

export interface Idempotency {
  /**
   * Executes a use case at most once for a key in an environment. A repeat with the same input returns the stored
   * result of the first call, even when its objects have changed since. The result is committed together with the
   * changes of the use case, so a crash cannot separate them. When the use case throws, nothing is stored: a repeat is
   * executed.
   *
   * @param useCase calls `transaction` once, and returns its result, which is plain JSON
   * @throws {MutationFailure} IDEMPOTENCY_KEY_REUSED; INVALID_INPUT for a malformed key, unless the use case reports it
   *   together with other problems; and whatever the use case throws
   */
  once<T>(viewer: Viewer, call: IdempotentCall, useCase: (transaction: Transact<T>) => Promise<T>): Promise<T>;
  /** Removes expired results. They can contain personal data of deleted users. */
  readonly removeExpired: RemoveRemains;
}

export function createIdempotency(deps: { db: Database; clock: Clock; secretKey: string }): Idempotency {
  const { db, clock, secretKey } = deps;

  /** The stored result of the call, in a tuple because a result can be null; null when there is none. */
  async function recall<T>(handle: Handle, viewer: Viewer, call: IdempotentCall, key: string): Promise<[T] | null> {
    const kept = await store.find(handle, viewer.environmentId, key, clock.now());
    if (!kept) return null;
    const fingerprint = fingerprintOf(secretKey, viewer.environmentId, call.operation, call.input);
    if (kept.fingerprint !== fingerprint) throw new MutationFailure(new IdempotencyError());
    // `keeping` wrote it from a T, for the same operation.
    return [JSON.parse(kept.outcome) as T];
  }

  function keeping<T>(viewer: Viewer, call: IdempotentCall, key: string): Transact<T> {
    return (unit) =>
      db.transaction(viewer.environmentId, async (trx) => {
        // Another call with this key may have been committed since the lookup.
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
          db.transaction(environmentId, (trx) =>
            store.removeExpired(trx, environmentId, now, MAX_EXPIRED_KEYS_REMOVED),
          );
        while (!signal.aborted && (await some()) === MAX_EXPIRED_KEYS_REMOVED);
      }
    },
    async once<T>(viewer: Viewer, call: IdempotentCall, useCase: (transaction: Transact<T>) => Promise<T>) {
      const { key } = call;
      if (key == null) return useCase((unit) => db.transaction(viewer.environmentId, unit));
      const problems: DomainError[] = [];
      checkIdempotencyKey(key, problems);
      const [malformed] = problems;
      if (malformed) {
        return useCase((unit) =>
          db.transaction(viewer.environmentId, async (trx) => {
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
        // A concurrent call with the same key may have caused the failure, e.g. a conflict: then return its result.
        const meanwhile = await recall<T>(db.reader, viewer, call, key);
        if (meanwhile) return meanwhile[0];
        throw error;
      }
    },
  };
}
