import type { CompiledQuery } from 'kysely';
import type { AsOf } from '../domain/as-of.js';
import type { EnvironmentId } from '../domain/ids.js';
import type { MaybePromise } from '../scheduling/maybe-promise.js';
import type { Handle, Transaction } from './handle.js';

/** A unit of work: all of it is committed, or nothing. It awaits nothing but queries on its own handle. */
export type Unit<T> = (trx: Transaction) => Promise<T>;

/**
 * Writes for several callers: for each input, what it would write for it alone. Returns their results in the order of the
 * inputs, which are of one environment. It sends its statements without waiting for the answer of any, so that they and
 * the commit can go in one message.
 */
export type BatchWrite<Input, Result> = (trx: Transaction, inputs: readonly Input[]) => Promise<readonly Result[]>;

/** The values of a row, in the order of the columns. */
export type Cells = readonly (string | number | null)[];

/** Called after each commit, with the number of units that shared it and the time it took. */
export type CommitObserver = (units: number, milliseconds: number) => void;

/**
 * Called with each statement that a connection runs and the values bound to it; what it returns is called when the
 * statement is done. The values are personal data: they are for tests, and never for a log.
 */
export type StatementObserver = (sql: string, parameters: readonly unknown[]) => (() => void) | undefined;

/** A copy of the database that serves reads. */
export interface ReplicaState {
  /** Its URL without the password. */
  readonly place: string;
  /** Whether it is read from. It is left out while it is behind, or cannot be reached. */
  readonly isUsed: boolean;
  /** How far it is behind, in seconds, rounded up by at most the time between two looks. Null when it does not tell. */
  readonly lagSeconds: number | null;
  /** Number of reads that it has answered. */
  readonly reads: number;
}

/** Called when a replica is left out, with the reason, and when it is used again. */
export type ReplicaObserver = (place: string, reason: string | null) => void;

/** An open database: one handle to read with, one function to write through. */
export interface Database {
  /** Sees every committed write, or what the current request must see, and no uncommitted write. */
  readonly reader: Handle;
  /**
   * Runs a query of the reader. Returns the rows as arrays of their columns, which is faster than objects.
   *
   * @param beforeRun called immediately before the query runs, which can be in a later turn; when it throws, the query
   *   does not run
   * @param isFirst whether it is the first query of a request. It runs at once: behind the steps of long reads, a short
   *   one would wait for many turns of the event loop.
   * @param asOf what it must see; undefined for every commit
   */
  rows(query: CompiledQuery, beforeRun: () => void, isFirst: boolean, asOf?: AsOf): MaybePromise<readonly Cells[]>;
  /**
   * Runs `unit` and commits it; resolves only after the commit is durable.
   *
   * @param environmentId the environment whose rows the unit reads and writes: units of one environment run one after
   *   another, in every process. Null for a unit of several environments: it may run beside others, so each of its
   *   statements must be right by itself.
   */
  transaction<T>(environmentId: EnvironmentId | null, unit: Unit<T>): Promise<T>;
  /**
   * Runs `write` with `input` as a unit. Where statements take a way over the network, calls of the same moment become one
   * unit; when it fails, each is a unit of its own.
   *
   * @param write the same function at each call
   */
  batch<Input, Result>(environmentId: EnvironmentId, write: BatchWrite<Input, Result>, input: Input): Promise<Result>;
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
  /** The copies that serve reads. */
  replicas(): readonly ReplicaState[];
  /** Waits for running units, then closes the connections. */
  close(): Promise<void>;
}
