import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { systemRandom } from '../../runtime/random.js';
import type { Encoding } from '../../transfers/encoding.js';
import type { ImportRun } from '../../transfers/import-run.js';
import type { TransferFormat } from '../../transfers/row.js';
import { batchesIn, batchesOf, digestOf } from '../../transfers/user-file.js';
import type { ConflictPolicy } from '../../users/user-import.js';
import { requireFile, requireFolderOf } from '../terminal/files.js';
import { type Output, UsageError } from '../terminal/output.js';
import { createProgress, type Progress } from '../terminal/progress.js';
import { withApp, withCopy } from '../terminal/with-app.js';

export interface ImportOptions {
  readonly environment: string;
  readonly format?: TransferFormat;
  readonly rejects?: string;
  readonly encoding?: Encoding;
  readonly onConflict: ConflictPolicy;
  readonly restart?: boolean;
  readonly dryRun?: boolean;
}

/** Exit code of an import that finished, but rejected rows. */
export const EXIT_REFUSED = 2;

const STANDARD_INPUT = '-';
/** Rows per progress line when the input is standard input, whose size is unknown. */
const ROWS_PER_LINE = 100_000;

/** `usergraph users import`: creates users from a file or from standard input. */
export async function importUsers(file: string, options: ImportOptions, output: Output): Promise<void> {
  const { format = formatOf(file), encoding = null } = options;
  if (encoding !== null && format !== 'csv')
    throw new UsageError('--encoding requires CSV, because NDJSON is always UTF-8.');
  const rejectsFile = rejectsOf(file, options);
  requireFolderOf(rejectsFile);
  const size = file === STANDARD_INPUT ? null : await sizeOf(file);
  const startedAt = performance.now();
  const open = options.dryRun ? withCopy : withApp;
  const { run, from } = await open(async (app) => {
    const environment = await app.services.environments.findByName(app.db.reader, options.environment);
    if (!environment) throw new UsageError(`No environment is named '${options.environment}'.`);
    // Standard input cannot be read twice. An import from it has a random id, and cannot be resumed.
    const content = size === null ? `stdin-${systemRandom.bytes(16).toString('hex')}` : await digestOf(file);
    const source = encoding === null ? content : `${content} ${encoding}`;
    const plan = { environmentId: environment.id, source, format, policy: options.onConflict, rejectsFile };
    const begun = await app.services.importRuns.beginImport(plan, options.restart === true || options.dryRun === true);
    if (begun.finishedAt !== null) return { run: begun, from: begun };
    if (begun.rejectsFile !== rejectsFile) {
      throw new UsageError(
        `This import writes rejected rows to ${begun.rejectsFile}: pass --rejects with that file, or --restart.`,
      );
    }
    if (begun.position) output.say(`Resuming at line ${begun.position.line} of ${file}.`);
    const batches =
      size === null ? batchesIn(process.stdin, format, encoding) : batchesOf(file, format, begun.position, encoding);
    const progress = size === null ? countRows(output) : createProgress('bytes', output);
    const onBatch = (run: ImportRun) =>
      size === null ? progress.update(rowsOf(run), 0) : progress.update(run.position?.offset ?? 0, size);
    try {
      return { run: await app.services.importRuns.importBatches(begun, batches, onBatch), from: begun };
    } finally {
      progress.stop();
    }
  });
  tell(file, options, run, from, startedAt, output);
}

function tell(
  file: string,
  options: ImportOptions,
  run: ImportRun,
  from: ImportRun,
  startedAt: number,
  output: Output,
): void {
  const { created, updated, skipped, refused, rejectsFile } = run;
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  const rate = Math.round((rowsOf(run) - rowsOf(from)) / Math.max(seconds, 0.1));
  if (from.finishedAt !== null) {
    output.say(`This file has been imported already, at ${from.finishedAt}; --restart imports it again.`);
  }
  const would = options.dryRun ? 'Dry run, nothing was written: ' : '';
  output.say(
    `${would}${created} created, ${updated} updated, ${skipped} skipped, ${refused} rejected; ${rate} rows per second.`,
  );
  if (refused > 0) output.say(`Rejected rows, with reasons: ${rejectsFile}`);
  output.result({
    file,
    environment: options.environment,
    dryRun: options.dryRun === true,
    rows: rowsOf(run),
    created,
    updated,
    skipped,
    refused,
    rejects: rejectsFile,
    resumedAtLine: from.position?.line ?? null,
    seconds,
    rowsPerSecond: rate,
    // Node reports maxRSS in kilobytes on every platform.
    peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  });
  if (refused > 0) process.exitCode = EXIT_REFUSED;
}

function rowsOf({ created, updated, skipped, refused }: ImportRun): number {
  return created + updated + skipped + refused;
}

function formatOf(file: string): TransferFormat {
  if (/\.(ndjson|jsonl)$/i.test(file)) return 'ndjson';
  if (/\.csv$/i.test(file)) return 'csv';
  throw new UsageError('The file extension does not tell the format: pass --format ndjson or --format csv.');
}

function rejectsOf(file: string, { rejects: given, dryRun }: ImportOptions): string {
  if (given === undefined && file === STANDARD_INPUT) {
    throw new UsageError('Standard input has no name: pass --rejects to say where rejected rows go.');
  }
  // A dry run has its own file, so that it does not overwrite the rejects of an unfinished import.
  const rejects = resolve(given ?? `${file}.${dryRun ? 'dry-run.' : ''}rejects.ndjson`);
  if (rejects === resolve(file)) throw new UsageError('--rejects must not name the file that is imported.');
  return rejects;
}

async function sizeOf(file: string): Promise<number> {
  requireFile(file);
  const { size } = await stat(file);
  return size;
}

function countRows(output: Output): Progress {
  let reported = 0;
  return {
    update(rows) {
      if (rows - reported < ROWS_PER_LINE) return;
      reported = rows;
      output.say(`${rows} rows`);
    },
    stop() {},
  };
}
