import type { DatabaseConnection } from 'kysely';
import { RequestError } from '../domain/errors.js';
import { ofRequest, type RequestLife } from '../scheduling/request-life.js';
import type { Unit } from './database.js';
import type { Engine } from './engine.js';
import { createTransaction, enterUnit } from './handle.js';

/** Units that may share one commit. More gain little: one fsync for 128 is already spread thin. */
export const MAX_GROUP = 128;
/** Units that may wait. Beyond it the database does not keep up, and callers are told to come back later. */
const MAX_WAITING = 10_000;

/** @throws {RequestError} SERVICE_UNAVAILABLE when so many units wait that no other may join them */
export function refuseWhenFull(waiting: number): void {
  if (waiting < MAX_WAITING) return;
  throw new RequestError('SERVICE_UNAVAILABLE', 'Too many writes are waiting; try again in a few seconds.');
}

/** Whether the writes of a unit stand, or what it threw. */
export type Outcome = { readonly stands: true } | { readonly stands: false; readonly error: unknown };

/** A unit that waits for its turn to write. */
export interface Job {
  /** Runs the unit in the open transaction. A unit whose transaction is lost may run again. */
  run(connection: DatabaseConnection): Promise<Outcome>;
  /** Tells the caller the outcome. After the commit, for a refusal too: it may rest on what the group wrote before. */
  settle(): void;
  /** Tells the caller that nothing was written. */
  fail(error: unknown): void;
  /** The request that waits for the outcome; null when it is none. */
  readonly life: RequestLife | null;
}

export function createJob<T>(
  engine: Engine,
  unit: Unit<T>,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): Job {
  let settle: () => void = () => reject(new Error('The unit did not run.'));
  return {
    async run(connection) {
      const { transaction, end } = createTransaction(engine, connection);
      try {
        const value = await enterUnit(() => unit(transaction));
        settle = () => resolve(value);
        return { stands: true };
      } catch (error) {
        settle = () => reject(error);
        return { stands: false, error };
      } finally {
        end();
      }
    },
    settle: () => settle(),
    fail: reject,
    life: ofRequest(),
  };
}
