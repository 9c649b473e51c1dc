import { importViewer, type Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import type { DomainError } from '../domain/errors.js';
import { OperatorError } from '../domain/operator-error.js';
import type { Clock } from '../runtime/clock.js';
import type { ImportOutcome, JudgedUser } from '../users/user-import.js';
import type { UserImportService } from '../users/user-import.service.js';
import { parseRow, rowIn } from './import-row.js';
import type { ImportPlan, ImportRun } from './import-run.js';
import * as store from './import-run.store.js';
import type { Position } from './lines.js';
import { openRejects } from './rejects-file.js';
import type { Row } from './row.js';
import type { Batch } from './user-file.js';

/** Another process is importing the same file. */
export class ImportBusyError extends OperatorError {
  override readonly name = 'ImportBusyError';
}

/** Imports files of users. The progress is stored, so that an interrupted import can be resumed. */
export interface ImportRunService {
  /** Returns the import of this file. Creates it when there is none or `isRestart` is true. */
  beginImport(plan: ImportPlan, isRestart: boolean): Promise<ImportRun>;
  /**
   * Imports the remaining batches and finishes the import. Each transaction writes the users of one batch and the
   * progress. Then the rejected rows of the batch are appended to the rejects file. The file is removed when no row was
   * rejected.
   *
   * @param onBatch called after each batch with the state of the import
   * @returns the finished import
   * @throws {ImportBusyError} when another process imports the same file
   * @throws {RejectsFileError} when rows are missing in the rejects file
   */
  importBatches(
    begun: ImportRun,
    batches: AsyncIterable<Batch>,
    onBatch?: (run: ImportRun) => void,
  ): Promise<ImportRun>;
}

export function createImportRunService(deps: {
  db: Database;
  clock: Clock;
  users: UserImportService;
}): ImportRunService {
  const { db, clock, users } = deps;

  async function importBatch(viewer: Viewer, run: ImportRun, { rows, position }: Batch): Promise<ImportRun> {
    const judged = await Promise.all(rows.map((row) => judge(users, row)));
    return db.transaction(viewer.environmentId, async (trx) => {
      const readable = judged.filter((one) => 'input' in one);
      const outcomes = await users.write(trx, viewer, readable, run.policy);
      const next = advance(run, position, rows, judged, outcomes);
      await replace(trx, run, next);
      return next;
    });
  }

  /** Finishes an import. Call it after the last pending rejects were written to the file. */
  async function finish(run: ImportRun): Promise<ImportRun> {
    const next = {
      ...run,
      rejectsBytes: run.rejectsBytes + Buffer.byteLength(run.pendingRejects),
      pendingRejects: '',
      finishedAt: clock.now(),
    };
    await db.transaction(run.environmentId, (trx) => replace(trx, run, next));
    return next;
  }

  return {
    beginImport: (plan, isRestart) =>
      db.transaction(plan.environmentId, async (trx) => {
        if (isRestart) await store.remove(trx, plan);
        const found = await store.find(trx, plan);
        if (found) return found;
        const run = { ...plan, ...NOTHING, startedAt: clock.now(), finishedAt: null };
        await store.insert(trx, run);
        return run;
      }),

    async importBatches(begun, batches, onBatch = () => {}) {
      const viewer = importViewer(begun.environmentId, `import-${begun.source.slice(0, 16)}`);
      const rejects = await openRejects(begun);
      try {
        let run = begun;
        await rejects.keep(run);
        for await (const batch of batches) {
          run = await importBatch(viewer, run, batch);
          await rejects.keep(run);
          onBatch(run);
        }
        run = await finish(run);
        if (run.refused === 0) await rejects.remove();
        return run;
      } finally {
        await rejects.close();
      }
    },
  };
}

const NOTHING = { position: null, rejectsBytes: 0, pendingRejects: '', created: 0, updated: 0, skipped: 0, refused: 0 };

async function replace(trx: Parameters<typeof store.replace>[0], before: ImportRun, next: ImportRun): Promise<void> {
  if (await store.replace(trx, before, next)) return;
  throw new ImportBusyError('Another process has continued or restarted this import. This process has stopped.');
}

/** A validated row, or the problem of a row that could not be read. */
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

/** Returns a line of the rejects file. */
function rejectOf(row: Row, errors: readonly DomainError[]) {
  return {
    line: row.line,
    errors: errors.map(({ code, message, path }) => ({ code, message, path })),
    ...('value' in row ? { row: rowIn(row.value) } : { text: row.text }),
  };
}
