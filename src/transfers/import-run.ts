import type { Instant } from '../clock.js';
import type { EnvironmentId } from '../ids.js';
import type { ConflictPolicy } from '../users/user-import.js';
import type { Position } from './lines.js';
import type { TransferFormat } from './row.js';

/** Rows, and bytes of rows, that are written in one transaction: a server beside the import waits no longer for it. */
export const MAX_BATCH_ROWS = 500;
export const MAX_BATCH_BYTES = 4_194_304;

/** What an import is of: the same file, read the same way, goes on where it was. */
export interface ImportPlan {
  readonly environmentId: EnvironmentId;
  /** SHA-256 of the file in hex, and how it is read where that was told. */
  readonly source: string;
  readonly format: TransferFormat;
  readonly policy: ConflictPolicy;
  /** Absolute path of the file of refused rows. */
  readonly rejectsFile: string;
}

export interface ImportCounts {
  readonly created: number;
  readonly updated: number;
  /** Somebody has the address or external id already, and was left alone. */
  readonly skipped: number;
  readonly refused: number;
}

/** An import and how far it has come. */
export interface ImportRun extends ImportPlan, ImportCounts {
  /** Where the next row begins; null before the first. */
  readonly position: Position | null;
  /** How long the file of refused rows is without the pending ones. */
  readonly rejectsBytes: number;
  /**
   * Lines of the rows that were refused last. They are kept with the users they came with until they are in the file:
   * whatever is killed when, it gets each of them once.
   */
  readonly pendingRejects: string;
  readonly startedAt: Instant;
  readonly finishedAt: Instant | null;
}
