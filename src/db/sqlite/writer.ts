import type BetterSqlite3 from 'better-sqlite3';
import { RequestError } from '../../domain/errors.js';
import type { MaybePromise } from '../../scheduling/maybe-promise.js';
import { nextTurn, takeTurn } from '../../scheduling/turns.js';
import type { CommitObserver, Unit } from '../database.js';
import { assertOutsideUnit } from '../handle.js';
import { createJob, type Job, MAX_GROUP, type Outcome, refuseWhenFull, runBatch } from '../job.js';
import { DatabaseTroubleError } from '../unavailable.js';
import type { SqliteConnection } from './connection.js';
import { sqlite } from './engine.js';
import { translated } from './unavailable.js';

/** How long a group waits for another process (a seed, an import) to let go of the write lock. */
const LOCK_DEADLINE_MS = 10_000;
const LOCK_RETRY_MS = 15;

/** Waits until no other process of the server writes. Returns what ends the turn. */
export type TakeWriteTurn = () => MaybePromise<() => void>;

/**
 * The one door for writes. Units of different requests that wait at the same moment run one after the other inside
 * one SQLite transaction, each in a savepoint of its own, and share its commit: one fsync for many, no answer
 * before it, and each unit succeeds or fails alone.
 */
export class Writer {
  readonly #waiting: Job[] = [];
  #draining: Promise<void> | null = null;
  readonly #sqlite: BetterSqlite3.Database;
  // Run for every unit, so prepared once; BEGIN, COMMIT and the rare rollbacks are not worth it.
  readonly #savepoint: BetterSqlite3.Statement;
  readonly #release: BetterSqlite3.Statement;

  constructor(
    private readonly connection: SqliteConnection,
    private readonly onCommit: CommitObserver,
    private readonly takeWriteTurn: TakeWriteTurn,
  ) {
    this.#sqlite = connection.sqlite;
    this.#savepoint = this.#sqlite.prepare('savepoint unit');
    this.#release = this.#sqlite.prepare('release unit');
  }

  /** @throws {RequestError} SERVICE_UNAVAILABLE when too many units wait; whatever the unit or the commit throws */
  transaction<T>(unit: Unit<T>): Promise<T> {
    assertOutsideUnit('A transaction was opened');
    refuseWhenFull(this.#waiting.length);
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push(createJob(unit, resolve, reject));
      this.#draining ??= this.#drain();
    });
  }

  /** Units that wait for their turn. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves when no unit waits or runs any more. */
  async idle(): Promise<void> {
    while (this.#draining) await this.#draining;
  }

  /** As `Database.purgeDeleted`. Call it while no unit runs. */
  purgeDeleted(): boolean {
    const [result] = this.#sqlite.pragma('wal_checkpoint(TRUNCATE)') as [{ readonly busy: number }]; // one row, as SQLite says
    return result.busy === 0;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Let every request of this turn of the event loop queue its unit first: that is what makes a group.
      await nextTurn();
      const endTurn = await this.takeWriteTurn();
      try {
        await this.#runGroup(this.#waiting.splice(0, MAX_GROUP));
      } finally {
        endTurn();
      }
    }
    this.#draining = null;
  }

  async #runGroup(group: Job[]): Promise<void> {
    try {
      await this.#begin();
    } catch (error) {
      const failure = translated(error);
      for (const job of group) job.fail(failure);
      return;
    }
    try {
      for (const job of group) {
        await takeTurn();
        const end = job.life?.end();
        if (end) {
          job.fail(end);
          continue;
        }
        this.#savepoint.run();
        const outcome = await runBatch(sqlite, this.connection, [job]);
        // A full disk or an I/O error makes SQLite roll back everything by itself.
        if (!this.#sqlite.inTransaction) throw lossOf(outcome);
        if (!outcome.stands) this.#sqlite.exec('rollback to unit');
        this.#release.run();
      }
      const startedAt = performance.now();
      this.#sqlite.exec('commit');
      this.onCommit(group.length, performance.now() - startedAt);
    } catch (error) {
      if (this.#sqlite.inTransaction) this.#sqlite.exec('rollback');
      const failure = translated(error);
      for (const job of group) job.fail(failure);
      return;
    }
    for (const job of group) job.settle();
  }

  async #begin(): Promise<void> {
    const attempts = LOCK_DEADLINE_MS / LOCK_RETRY_MS;
    for (let attempt = 1; ; attempt++) {
      try {
        this.#sqlite.exec('begin immediate');
        return;
      } catch (error) {
        if (!isBusy(error)) throw error;
        if (attempt >= attempts) {
          throw new RequestError('SERVICE_UNAVAILABLE', 'The database is locked by another process; try again later.');
        }
        await new Promise((resolve) => setTimeout(resolve, LOCK_RETRY_MS));
      }
    }
  }
}

/** Why a group lost its transaction: what the machine did to SQLite concerns all of it, anything else one unit alone. */
function lossOf(outcome: Outcome): unknown {
  if (!outcome.stands && outcome.error instanceof DatabaseTroubleError) return outcome.error;
  return new Error('SQLite gave up the transaction that this unit shared.');
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}
