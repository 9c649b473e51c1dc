import type { CompiledQuery } from 'kysely';
import type { EnvironmentId } from '../domain/ids.js';
import type { MaybePromise } from '../scheduling/maybe-promise.js';
import type { Handle, Transaction } from './handle.js';

/** A unit of work: all of it is committed, or nothing. It awaits nothing but queries on its own handle. */
export type Unit<T> = (trx: Transaction) => Promise<T>;

/** The values of a row, in the order of the columns. */
export type Cells = readonly (string | number | null)[];

/** Called after each commit, with the number of units that shared it and the time it took. */
export type CommitObserver = (units: number, milliseconds: number) => void;

/**
 * Called with each statement that a connection runs and the values bound to it; what it returns is called when the
 * statement is done. The values are personal data: they are for tests, and never for a log.
 */
export type StatementObserver = (sql: string, parameters: readonly unknown[]) => (() => void) | undefined;

/** An open database: one handle to read with, one function to write through. */
export interface Database {
  /** Sees every committed write, and no uncommitted one. */
  readonly reader: Handle;
  /**
   * Runs a query of the reader. Returns the rows as arrays of their columns, which is faster than objects.
   *
   * @param beforeRun called immediately before the query runs, which can be in a later turn; when it throws, the query
   *   does not run
   * @param isFirst whether it is the first query of a request. It runs at once: behind the steps of long reads, a short
   *   one would wait for many turns of the event loop.
   */
  rows(query: CompiledQuery, beforeRun: () => void, isFirst: boolean): MaybePromise<readonly Cells[]>;
  /**
   * Runs `unit` and commits it; resolves only after the commit is durable.
   *
   * @param environmentId the environment whose rows the unit reads and writes: units of one environment run one after
   *   another, in every process. Null for a unit of several environments: it may run beside others, so each of its
   *   statements must be right by itself.
   */
  transaction<T>(environmentId: EnvironmentId | null, unit: Unit<T>): Promise<T>;
  /**
   * A number that changes with every commit, whichever process made it. Costs no reading of the data. It may change
   * without a commit.
   */
  version(): number;
  /** A number that changes soon after a commit of any process, and maybe without one. It tells those who wait to look. */
  signal(): number;
  /** Number of units that wait for their turn. */
  waiting(): number;
  /** Bytes on disk, of the data and of the engine's log. */
  sizes(): MaybePromise<{ readonly data: number; readonly log: number }>;
  /**
   * Removes deleted data from the engine's own log, so that no copy of it remains on disk. Returns false when another
   * process still reads the log: call it again later.
   */
  purgeDeleted(): Promise<boolean>;
  /** Waits for running units, then closes the connections. */
  close(): Promise<void>;
}
