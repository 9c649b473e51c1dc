import type { Pool, PoolClient } from 'pg';
import type { EnvironmentId } from '../../domain/ids.js';
import { nextTurn } from '../../scheduling/turns.js';
import type { BatchWrite, CommitObserver, Unit } from '../database.js';
import { assertOutsideUnit } from '../handle.js';
import { batchesOf, createBatchJob, createJob, type Job, MAX_GROUP, refuseWhenFull } from '../job.js';
import type { Sending } from './connection.js';
import { GroupTransaction } from './group-transaction.js';
import { isConflict, isLost, translated } from './unavailable.js';

/** How often a transaction is run that conflicts with another one, or loses its connection before its commit. */
const MAX_ATTEMPTS = 5;

/** Limits of a transaction, in milliseconds. */
export interface WriteLimits {
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

/** The group that writes in an environment, and the units that wait for the next one. */
interface Queue {
  readonly environmentId: EnvironmentId | null;
  readonly waiting: Job[];
}

/**
 * Writes. Units of one environment that wait at the same moment run one after the other in one transaction, each in a
 * savepoint of its own, and share its commit. The transaction first counts itself in the row of the environment, which
 * locks it, so all gateways together run one unit of an environment at a time: what it reads does not change before it
 * has written, and the log of the environment is in the order of commits. Environments do not wait for each other.
 */
export class Writer {
  readonly #queues = new Map<EnvironmentId, Queue>();
  readonly #running = new Set<Promise<void>>();
  #waiting = 0;
  readonly #begin: string;

  /** @param limits those of each transaction; null when they are those of the connection */
  constructor(
    private readonly pool: Pool,
    private readonly sending: Sending,
    limits: WriteLimits | null,
    private readonly onCommit: CommitObserver,
  ) {
    this.#begin = beginOf(limits);
  }

  /** @throws {RequestError} SERVICE_UNAVAILABLE when too many units wait; whatever the unit or the commit throws */
  transaction<T>(environmentId: EnvironmentId | null, unit: Unit<T>): Promise<T> {
    return this.#wait(environmentId, (resolve: (value: T) => void, reject) => createJob(unit, resolve, reject));
  }

  /** Like `transaction`. Batches of one group are written together. */
  batch<Input, Result>(environmentId: EnvironmentId, write: BatchWrite<Input, Result>, input: Input): Promise<Result> {
    return this.#wait(environmentId, (resolve: (value: Result) => void, reject) =>
      createBatchJob(write, input, resolve, reject),
    );
  }

  /** Units that wait for their turn. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Resolves when no unit waits or runs any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #wait<T>(
    environmentId: EnvironmentId | null,
    toJob: (resolve: (value: T) => void, reject: (error: unknown) => void) => Job,
  ): Promise<T> {
    assertOutsideUnit('A transaction was opened');
    refuseWhenFull(this.#waiting);
    this.#waiting++;
    return new Promise<T>((resolve, reject) => this.#enqueue(environmentId, toJob(resolve, reject)));
  }

  #enqueue(environmentId: EnvironmentId | null, job: Job): void {
    const known = environmentId === null ? undefined : this.#queues.get(environmentId);
    if (known) {
      known.waiting.push(job);
      return;
    }
    const queue: Queue = { environmentId, waiting: [job] };
    if (environmentId !== null) this.#queues.set(environmentId, queue);
    const running = this.#drain(queue).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #drain({ environmentId, waiting }: Queue): Promise<void> {
    while (waiting.length > 0) {
      // Let every request of this turn of the event loop queue its unit first: that is what makes a group.
      await nextTurn();
      const group = waiting.splice(0, MAX_GROUP);
      this.#waiting -= group.length;
      await this.#write(environmentId, group);
    }
    if (environmentId !== null) this.#queues.delete(environmentId);
  }

  /** Runs a group, again when its transaction was lost to another one or with its connection. */
  async #write(environmentId: EnvironmentId | null, group: readonly Job[]): Promise<void> {
    const wanted = group.filter((job) => {
      const end = job.life?.end();
      if (end) job.fail(end);
      return !end;
    });
    if (wanted.length === 0) return;
    for (let attempt = 1; ; attempt++) {
      const failure = await this.#attempt(environmentId, wanted);
      if (failure === null) {
        for (const job of wanted) job.settle();
        return;
      }
      if (failure.mayRepeat && attempt < MAX_ATTEMPTS) continue;
      const error = translated(failure.error);
      for (const job of wanted) job.fail(error);
      return;
    }
  }

  async #attempt(environmentId: EnvironmentId | null, group: readonly Job[]): Promise<Failure | null> {
    let client: PoolClient;
    try {
      client = await this.pool.connect();
    } catch (error) {
      return { error, mayRepeat: false };
    }
    const transaction = new GroupTransaction(client, this.sending, this.#begin, environmentId);
    try {
      const milliseconds = await transaction.run(batchesOf(group));
      client.release();
      if (milliseconds !== null) this.onCommit(group.length, milliseconds);
      return null;
    } catch (error) {
      const lost = isLost(error);
      if (!lost) await client.query('rollback').catch(() => {});
      client.release(lost);
      // Nobody knows whether a commit without an answer stands. The caller is told, and repeats with an idempotency key.
      return { error, mayRepeat: isConflict(error) || (lost && !transaction.isCommitting) };
    }
  }
}

function beginOf(limits: WriteLimits | null): string {
  if (!limits) return 'begin';
  const { lockTimeoutMs, statementTimeoutMs } = limits;
  return `begin; set local lock_timeout = ${lockTimeoutMs}; set local statement_timeout = ${statementTimeoutMs}`;
}

interface Failure {
  readonly error: unknown;
  /** Whether nothing was written, and another attempt may succeed. */
  readonly mayRepeat: boolean;
}
