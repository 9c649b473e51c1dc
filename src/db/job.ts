import type { DatabaseConnection } from 'kysely';
import { RequestError } from '../domain/errors.js';
import { ofRequest, type RequestLife } from '../scheduling/request-life.js';
import type { BatchWrite, Unit } from './database.js';
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
  /** What it runs. Jobs that have the same may run together. */
  readonly write: BatchWrite<never, unknown>;
  /** Whether `write` sends its statements at once. */
  readonly isAtOnce: boolean;
  readonly input: unknown;
  /** Keeps the outcome of a run until `settle`. A unit whose transaction is lost may run again. */
  keep(outcome: Outcome, result?: unknown): void;
  /** Tells the caller the outcome. After the commit, for a refusal too: it may rest on what the group wrote before. */
  settle(): void;
  /** Tells the caller that nothing was written. */
  fail(error: unknown): void;
  /** The request that waits for the outcome; null when it is none. */
  readonly life: RequestLife | null;
}

/** A job that runs alone. */
export function createJob<T>(unit: Unit<T>, resolve: (value: T) => void, reject: (error: unknown) => void): Job {
  return { ...createBatchJob(async (trx) => [await unit(trx)], null, resolve, reject), isAtOnce: false };
}

export function createBatchJob<Input, Result>(
  write: BatchWrite<Input, Result>,
  input: Input,
  resolve: (value: Result) => void,
  reject: (error: unknown) => void,
): Job {
  let settle: () => void = () => reject(new Error('The unit did not run.'));
  return {
    write,
    input,
    isAtOnce: true,
    keep(outcome, result) {
      // The result is what `write` returned for the input.
      settle = outcome.stands ? () => resolve(result as Result) : () => reject(outcome.error);
    },
    settle: () => settle(),
    fail: reject,
    life: ofRequest(),
  };
}

/** The unit that writes one input. */
export function alone<Input, Result>(write: BatchWrite<Input, Result>, input: Input): Unit<Result> {
  return async (trx) => {
    const [result] = await write(trx, [input]);
    if (result === undefined) throw new Error('Nothing was written.');
    return result;
  };
}

/** Jobs that run together. */
export type Batch = readonly [Job, ...Job[]];

/** The batches of a group, in the order of the first job of each. */
export function batchesOf(group: readonly Job[]): readonly Batch[] {
  const batches = new Map<Job['write'], [Job, ...Job[]]>();
  for (const job of group) {
    const batch = batches.get(job.write);
    if (batch) batch.push(job);
    else batches.set(job.write, [job]);
  }
  return [...batches.values()];
}

/** Runs a batch in the open transaction. Statements that it sends after it was told to send all at once are refused. */
export async function runBatch(engine: Engine, connection: DatabaseConnection, jobs: Batch): Promise<Outcome> {
  const { transaction, end } = createTransaction(engine, connection);
  const inputs = jobs.map(({ input }) => input as never); // of the type of `write`, with which each came
  let outcome: Outcome = { stands: true };
  let results: readonly unknown[] = [];
  try {
    const written = enterUnit(() => jobs[0].write(transaction, inputs));
    if (jobs[0].isAtOnce) end();
    results = await written;
  } catch (error) {
    outcome = { stands: false, error };
  } finally {
    end();
  }
  for (const [index, job] of jobs.entries()) job.keep(outcome, results[index]);
  return outcome;
}
