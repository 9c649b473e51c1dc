#!/usr/bin/env node
import { UsageError } from './cli/output.js';
import { createProgram } from './cli/program.js';
import { ConfigError } from './config.js';
import { DatabaseUnavailableError } from './db/database.js';
import { SchemaMismatchError } from './db/migrator.js';
import { ImportBusyError } from './transfers/import-run.service.js';
import { RejectsFileError } from './transfers/rejects-file.js';
import { UnusableFileError } from './transfers/row.js';
import { ExportError } from './transfers/user-export.js';

/** What an operator can mend: told in one line, without a stack. */
const MENDABLE = [
  ConfigError,
  DatabaseUnavailableError,
  ExportError,
  ImportBusyError,
  RejectsFileError,
  SchemaMismatchError,
  UnusableFileError,
  UsageError,
];

// Who reads the output may have enough of it, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  await createProgram().parseAsync();
} catch (error) {
  process.stderr.write(`${describe(error)}\n`);
  process.exitCode = 1;
}

/** One line for what the operator can mend, the stack for what they cannot. */
function describe(error: unknown): string {
  if (MENDABLE.some((kind) => error instanceof kind) && error instanceof Error) return error.message;
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE')
    return 'The port is taken: set PORT or METRICS_PORT to another one.';
  if ('code' in error && error.code === 'SQLITE_CANTOPEN') return 'DATABASE_URL cannot be opened: is its folder there?';
  return error.stack ?? error.message;
}
