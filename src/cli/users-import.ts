import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { App } from '../app.js';
import { importViewer } from '../auth/viewer.js';
import { systemRandom } from '../random.js';
import type { Encoding } from '../transfers/encoding.js';
import type { ImportRun } from '../transfers/import-run.js';
import { openRejects } from '../transfers/rejects-file.js';
import type { TransferFormat } from '../transfers/row.js';
import { type Batch, batchesIn, batchesOf, digestOf } from '../transfers/user-file.js';
import type { ConflictPolicy } from '../users/user-import.js';
import { requireFile, requireFolderOf } from './files.js';
import { type Output, UsageError } from './output.js';
import { createProgress } from './progress.js';
import { withApp, withCopy } from './with-app.js';

export interface ImportOptions {
  readonly environment: string;
  readonly format?: TransferFormat;
  readonly rejects?: string;
  readonly encoding?: Encoding;
  readonly onConflict: ConflictPolicy;
  readonly restart?: boolean;
  readonly dryRun?: boolean;
}

/** Exit code of an import that came to its end, and refused rows. */
export const EXIT_REFUSED = 2;

const STANDARD_INPUT = '-';
/** Standard input has no size: a line for each so many rows. */
const ROWS_A_LINE = 100_000;

/** `usergraph users import`: creates users from a file. */
export async function importUsers(file: string, options: ImportOptions, output: Output): Promise<void> {
  const { format = formatOf(file), encoding = null } = options;
  if (encoding !== null && format !== 'csv') throw new UsageError('--encoding is for CSV: NDJSON is always UTF-8.');
  const rejectsFile = rejectsOf(file, options);
  requireFolderOf(rejectsFile);
  const size = file === STANDARD_INPUT ? null : await sizeOf(file);
  const startedAt = performance.now();
  const open = options.dryRun ? withCopy : withApp;
  const { run, from } = await open(async (app) => {
    const environment = await app.services.environments.findByName(app.db.reader, options.environment);
    if (!environment) throw new UsageError(`There is no environment '${options.environment}'.`);
    // Standard input cannot be read again: nothing to tell it by, and no way to go on with it.
    const content = size === null ? `stdin-${systemRandom.bytes(16).toString('hex')}` : await digestOf(file);
    const source = encoding === null ? content : `${content} ${encoding}`;
    const plan = { environmentId: environment.id, source, format, policy: options.onConflict, rejectsFile };
    const begun = await app.services.importRuns.beginImport(plan, options.restart === true || options.dryRun === true);
    if (begun.finishedAt !== null) return { run: begun, from: begun };
    if (begun.rejectsFile !== rejectsFile) {
      throw new UsageError(`This import writes refused rows into ${begun.rejectsFile}: name it, or --restart.`);
    }
    if (begun.position) output.say(`Going on at line ${begun.position.line} of ${file}.`);
    const batches =
      size === null ? batchesIn(process.stdin, format, encoding) : batchesOf(file, format, begun.position, encoding);
    return { run: await importBatches(app, begun, batches, size, output), from: begun };
  });
  tell(file, options, run, from, startedAt, output);
}

/** Each batch: its users and how far the import is, in one transaction; then its refused rows, in their file. */
async function importBatches(
  app: App,
  begun: ImportRun,
  batches: AsyncIterable<Batch>,
  size: number | null,
  output: Output,
): Promise<ImportRun> {
  const { importRuns } = app.services;
  const viewer = importViewer(begun.environmentId, `import-${begun.source.slice(0, 16)}`);
  const progress = size === null ? countRows(output) : createProgress('bytes', output);
  const rejects = await openRejects(begun);
  try {
    let run = begun;
    await rejects.keep(run);
    for await (const { rows, position } of batches) {
      run = await importRuns.importRows(viewer, run, rows, position);
      await rejects.keep(run);
      progress.update(size === null ? rowsOf(run) : position.offset, size ?? 0);
    }
    run = await importRuns.finishImport(run);
    if (run.refused === 0) await rejects.remove();
    return run;
  } finally {
    progress.stop();
    await rejects.close();
  }
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
    output.say(`This file was imported already, until ${from.finishedAt}; --restart imports it again.`);
  }
  const would = options.dryRun ? 'A dry run, nothing was written: ' : '';
  output.say(
    `${would}${created} created, ${updated} updated, ${skipped} skipped, ${refused} refused; ${rate} rows a second.`,
  );
  if (refused > 0) output.say(`Refused rows, with reasons: ${rejectsFile}`);
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
    // Kilobytes on every system that Node runs on.
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
  throw new UsageError('The name of the file does not tell its form: give --format ndjson or --format csv.');
}

function rejectsOf(file: string, { rejects: given, dryRun }: ImportOptions): string {
  if (given === undefined && file === STANDARD_INPUT) {
    throw new UsageError('Standard input has no name: --rejects says where refused rows go.');
  }
  // Another one for a dry run: a real import that is not finished needs its own.
  const rejects = resolve(given ?? `${file}.${dryRun ? 'dry-run.' : ''}rejects.ndjson`);
  if (rejects === resolve(file)) throw new UsageError('--rejects names the file that is imported.');
  return rejects;
}

async function sizeOf(file: string): Promise<number> {
  requireFile(file);
  const { size } = await stat(file);
  return size;
}

function countRows(output: Output) {
  let told = 0;
  return {
    update(rows: number) {
      if (rows - told < ROWS_A_LINE) return;
      told = rows;
      output.say(`${rows} rows`);
    },
    stop() {},
  };
}
