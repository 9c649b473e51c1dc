import { corruptionOf, translated } from '../db/sqlite/unavailable.js';
import { OperatorError } from '../domain/operator-error.js';
import { fileFailureOf } from '../runtime/system-error.js';
import { createProgram } from './program.js';

/** Runs the command in the arguments of the process. Prints an error to standard error, and sets the exit code to 1. */
export async function main(): Promise<void> {
  // The reader of a pipe may close it early, as `head` does.
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

/** Returns a one-line message for errors that the operator can fix, and the stack for all others. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Commands that open a database file directly get errors of the driver.
  const known = translated(error);
  if (known instanceof OperatorError) return known.message;
  return corruptionOf(error) ?? fileFailureOf(error) ?? error.stack ?? error.message;
}
