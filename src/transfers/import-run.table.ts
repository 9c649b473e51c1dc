import type { Selectable } from 'kysely';
import type { EnvironmentId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';
import type { ConflictPolicy } from '../users/user-import.js';
import type { ImportRun } from './import-run.js';
import type { TransferFormat } from './row.js';

declare module '../db/tables.js' {
  interface Tables {
    user_imports: ImportRunTable;
  }
}

export interface ImportRunTable {
  environment_id: EnvironmentId;
  source: string;
  format: TransferFormat;
  policy: ConflictPolicy;
  rejects_file: string;
  rejects_bytes: number;
  pending_rejects: string;
  /** Byte offset of the next row; `line` is the number of its first line. Both are 0 before the first row. */
  position: number;
  line: number;
  created: number;
  updated: number;
  skipped: number;
  refused: number;
  started_at: Instant;
  finished_at: Instant | null;
}

export function toImportRun(row: Selectable<ImportRunTable>): ImportRun {
  return {
    environmentId: row.environment_id,
    source: row.source,
    format: row.format,
    policy: row.policy,
    rejectsFile: row.rejects_file,
    rejectsBytes: row.rejects_bytes,
    pendingRejects: row.pending_rejects,
    position: row.line === 0 ? null : { offset: row.position, line: row.line },
    created: row.created,
    updated: row.updated,
    skipped: row.skipped,
    refused: row.refused,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}

export function toImportRunRow(value: ImportRun): Selectable<ImportRunTable> {
  return {
    environment_id: value.environmentId,
    source: value.source,
    format: value.format,
    policy: value.policy,
    rejects_file: value.rejectsFile,
    rejects_bytes: value.rejectsBytes,
    pending_rejects: value.pendingRejects,
    position: value.position?.offset ?? 0,
    line: value.position?.line ?? 0,
    created: value.created,
    updated: value.updated,
    skipped: value.skipped,
    refused: value.refused,
    started_at: value.startedAt,
    finished_at: value.finishedAt,
  };
}
