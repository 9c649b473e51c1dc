import type { DatabaseConnection } from 'kysely';
import { ofRequest, type RequestLife } from '../scheduling/request-life.js';
import type { Unit } from './database.js';
import type { Engine } from './engine.js';
import { createTransaction, enterUnit } from './handle.js';

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
