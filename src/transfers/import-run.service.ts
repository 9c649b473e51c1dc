import type { Viewer } from '../auth/viewer.js';
import type { Clock } from '../clock.js';
import type { Database } from '../db/database.js';
import type { DomainError } from '../errors.js';
import type { ImportOutcome, JudgedUser } from '../users/user-import.js';
import type { UserImportService } from '../users/user-import.service.js';
import { parseRow, rowIn } from './import-row.js';
import type { ImportPlan, ImportRun } from './import-run.js';
import * as store from './import-run.store.js';
import type { Position } from './lines.js';
import type { Row } from './row.js';

/** Another process is importing the same file. */
export class ImportBusyError extends Error {
  override readonly name = 'ImportBusyError';
}

/** Imports of files of users, remembered so that one that was broken off goes on where it was. */
export interface ImportRunService {
  /** The import of this file; a new one when there is none, or when it is to begin again. */
  beginImport(plan: ImportPlan, isRestart: boolean): Promise<ImportRun>;
  /**
   * Writes the next rows and where the import stands then, in one transaction.
   *
   * @param position where the row behind them begins
   * @throws {ImportBusyError}
   */
  importRows(viewer: Viewer, run: ImportRun, rows: readonly Row[], position: Position): Promise<ImportRun>;
  /** To be called when the pending refused rows are in their file and there are no more. @throws {ImportBusyError} */
  finishImport(run: ImportRun): Promise<ImportRun>;
}

export function createImportRunService(deps: {
  db: Database;
  clock: Clock;
  users: UserImportService;
}): ImportRunService {
  const { db, clock, users } = deps;
  return {
    beginImport: (plan, isRestart) =>
      db.transaction(async (trx) => {
        if (isRestart) await store.remove(trx, plan);
        const found = await store.find(trx, plan);
        if (found) return found;
        const run = { ...plan, ...NOTHING, startedAt: clock.now(), finishedAt: null };
        await store.insert(trx, run);
        return run;
      }),

    async importRows(viewer, run, rows, position) {
      const judged = await Promise.all(rows.map((row) => judge(users, row)));
      return db.transaction(async (trx) => {
        const readable = judged.filter((one) => 'input' in one);
        const outcomes = await users.write(trx, viewer, readable, run.policy);
        const next = advance(run, position, rows, judged, outcomes);
        await replace(trx, run, next);
        return next;
      });
    },

    finishImport: (run) =>
      db.transaction(async (trx) => {
        const next = {
          ...run,
          rejectsBytes: run.rejectsBytes + Buffer.byteLength(run.pendingRejects),
          pendingRejects: '',
          finishedAt: clock.now(),
        };
        await replace(trx, run, next);
        return next;
      }),
  };
}

const NOTHING = { position: null, rejectsBytes: 0, pendingRejects: '', created: 0, updated: 0, skipped: 0, refused: 0 };

async function replace(trx: Parameters<typeof store.replace>[0], before: ImportRun, next: ImportRun): Promise<void> {
  if (await store.replace(trx, before, next)) return;
  throw new ImportBusyError('Another process is importing this file, or has begun it again: this one has stopped.');
}

/** A row that could not be read has its problem only. */
type Judged = JudgedUser | { readonly problem: DomainError };

async function judge(users: UserImportService, row: Row): Promise<Judged> {
  if (!('value' in row)) return { problem: row.problem };
  const problems: DomainError[] = [...(row.problems ?? [])];
  const input = parseRow(row.value, problems);
  return users.judge(input, problems);
}

function advance(
  run: ImportRun,
  position: Position,
  rows: readonly Row[],
  judged: readonly Judged[],
  outcomes: readonly ImportOutcome[],
): ImportRun {
  let read = 0;
  const counts = { created: run.created, updated: run.updated, skipped: run.skipped, refused: run.refused };
  let pendingRejects = '';
  for (const [index, row] of rows.entries()) {
    const one = judged[index];
    const outcome = one && 'problem' in one ? [one.problem] : outcomes[read++];
    if (outcome === undefined) throw new Error('A row of the import has no outcome.');
    if (typeof outcome === 'string') counts[outcome] += 1;
    else {
      counts.refused += 1;
      pendingRejects += `${JSON.stringify(rejectOf(row, outcome))}\n`;
    }
  }
  const rejectsBytes = run.rejectsBytes + Buffer.byteLength(run.pendingRejects);
  return { ...run, ...counts, position, rejectsBytes, pendingRejects };
}

/** A line of the file of refused rows. */
function rejectOf(row: Row, errors: readonly DomainError[]) {
  return {
    line: row.line,
    errors: errors.map(({ code, message, path }) => ({ code, message, path })),
    ...('value' in row ? { row: rowIn(row.value) } : { text: row.text }),
  };
}
