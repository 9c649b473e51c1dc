import type { EnvironmentId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';
import type { ConflictPolicy } from '../users/user-import.js';
import type { Position } from './lines.js';
import type { TransferFormat } from './row.js';

/** Limits of the rows written in one transaction, which blocks the writes of a running server. */
export const MAX_BATCH_ROWS = 500;
export const MAX_BATCH_BYTES = 4_194_304;

/** Identifies an import. The same file with the same options resumes its import. */
export interface ImportPlan {
  readonly environmentId: EnvironmentId;
  /** SHA-256 of the file in hexadecimal, and its encoding if it was specified. */
  readonly source: string;
  readonly format: TransferFormat;
  readonly policy: ConflictPolicy;
  /** Absolute path of the rejects file. */
  readonly rejectsFile: string;
}

export interface ImportCounts {
  readonly created: number;
  readonly updated: number;
  /** Rows whose address or external id belongs to an existing user, who was not changed. */
  readonly skipped: number;
  readonly refused: number;
}

/** An import and its progress. */
export interface ImportRun extends ImportPlan, ImportCounts {
  /** Where the next row begins; null before the first. */
  readonly position: Position | null;
  /** Length of the rejects file in bytes, without the pending rejects. */
  readonly rejectsBytes: number;
  /**
   * Rejected rows of the last batch, as lines of the rejects file. They are committed together with the users of the
   * batch and written to the file afterwards, so that a crash neither loses nor duplicates a line.
   */
  readonly pendingRejects: string;
  readonly startedAt: Instant;
  readonly finishedAt: Instant | null;
}
