import { ConfigError } from '../config.js';
import { SchemaMismatchError } from '../db/migrator.js';
import { DatabaseUnavailableError, databaseFailureOf } from '../db/unavailable.js';
import { fileFailureOf } from '../system-error.js';
import { ImportBusyError } from '../transfers/import-run.service.js';
import { RejectsFileError } from '../transfers/rejects-file.js';
import { UnusableFileError } from '../transfers/row.js';
import { ExportError } from '../transfers/user-export.js';
import { ListenError } from './listening.js';
import { UsageError } from './output.js';
import { createProgram } from './program.js';

/** What an operator can mend: told in one line, without a stack. */
const MENDABLE = [
  ConfigError,
  DatabaseUnavailableError,
  ExportError,
  ImportBusyError,
  ListenError,
  RejectsFileError,
  SchemaMismatchError,
  UnusableFileError,
  UsageError,
];

/** Runs the command that the process was called with. What fails sets the exit code to 1. */
export async function main(): Promise<void> {
  // Who reads the output may have enough of it, as `head` has.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    fail(error);
    process.exit();
  });
  try {
    await createProgram().parseAsync();
  } catch (error) {
    fail(error);
  }
}

function fail(error: unknown): void {
  process.stderr.write(`${describe(error)}\n`);
  process.exitCode = 1;
}

/** One line for what the operator can mend, the stack for what they cannot. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (MENDABLE.some((kind) => error instanceof kind)) return error.message;
  return databaseFailureOf(error) ?? fileFailureOf(error) ?? error.stack ?? error.message;
}
