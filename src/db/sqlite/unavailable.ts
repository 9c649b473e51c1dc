import { accessSync, closeSync, constants, openSync, readSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf, fileReasonOf } from '../../runtime/system-error.js';
import { DatabaseTroubleError, DatabaseUnavailableError } from '../unavailable.js';
import { UniqueViolationError } from '../unique-violation.js';

/** What SQLite says when the machine is in its way, and what an operator does about it. By the beginning of its code. */
const TROUBLES: readonly (readonly [code: string, what: string, advice: string])[] = [
  ['SQLITE_FULL', 'The disk of the database is full', 'make room on it'],
  ['SQLITE_IOERR', 'The disk of the database is full or broken', 'make room on it, and look at the log of the system'],
  ['SQLITE_READONLY', 'The database cannot be written', 'let the user of this process write the file and its folder'],
  [
    'SQLITE_CANTOPEN',
    'The database cannot be opened',
    'let the user of this process read and write the file and its folder',
  ],
  [
    'SQLITE_PERM',
    'The database cannot be opened',
    'let the user of this process read and write the file and its folder',
  ],
  ['SQLITE_BUSY', 'Another program has locked the database', 'end that program, or try again later'],
  ['SQLITE_LOCKED', 'Another program has locked the database', 'end that program, or try again later'],
  ['SQLITE_PROTOCOL', 'Another program has locked the database', 'end that program, or try again later'],
];

const BROKEN = /^SQLITE_(NOTADB|CORRUPT)/;

/**
 * Translates the errors of the driver that the rest of the program knows: a row that a unique index refused becomes a
 * `UniqueViolationError`, a failure for a reason outside this program a `DatabaseTroubleError`. Returns every other error
 * as it is.
 */
export function translated(error: unknown): unknown {
  const code = codeOf(error);
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' && error instanceof Error) return uniqueViolation(error);
  const found = TROUBLES.find(([prefix]) => code?.startsWith(prefix));
  return found === undefined ? error : new DatabaseTroubleError(`${found[1]} (${code})`, found[2], { cause: error });
}

/** "UNIQUE constraint failed: users.environment_id, users.email_normal" is all that SQLite tells. */
function uniqueViolation(cause: Error): UniqueViolationError {
  const names = cause.message.slice(cause.message.indexOf(':') + 1).split(',');
  const columns = names.map((name) => name.trim().split('.').at(-1) ?? '').filter((name) => name !== 'environment_id');
  return new UniqueViolationError(names[0]?.trim().split('.')[0] ?? '', columns, { cause });
}

/** One line for the operator when the file is not an SQLite database or is damaged; null for every other error. */
export function corruptionOf(error: unknown): string | null {
  return BROKEN.test(codeOf(error) ?? '') ? brokenLine('The file of the database') : null;
}

/** What SQLite and its driver throw about a file, as an error that an operator understands; others as they are. */
export function explained(error: unknown, file: string): unknown {
  // The driver has no code for a folder that is not there.
  const isAboutFile = codeOf(error)?.startsWith('SQLITE_') || error instanceof TypeError;
  const problem = isAboutFile ? pathProblemOf(file) : null;
  if (problem !== null) return new DatabaseUnavailableError(problem);
  const trouble = translated(error);
  if (trouble instanceof DatabaseTroubleError) {
    return new DatabaseUnavailableError(`${trouble.what}: ${trouble.advice}. It is ${file}.`);
  }
  return BROKEN.test(codeOf(error) ?? '') ? new DatabaseUnavailableError(brokenLine(file)) : error;
}

function brokenLine(file: string): string {
  return `${file} is no SQLite database, or is broken. One that is served: stop the server, move it away, restore a backup.`;
}

/** What every SQLite database begins with, as bytes (https://www.sqlite.org/fileformat.html, section 1.3). */
const MAGIC = Buffer.from('SQLite format 3\0');

/**
 * What is wrong with the path of a database, seen without opening it as one; null when nothing is. A file that is not
 * there yet is no fault when it can be made.
 */
export function pathProblemOf(file: string): string | null {
  const folder = dirname(file);
  const around = statOf(folder);
  if (around instanceof Error) return `The folder ${folder} of the database cannot be used: ${reasonOf(around)}.`;
  if (around === null)
    return `The folder of the database is not there: ${folder}. Make it, or set DATABASE_URL to another one.`;
  const found = statOf(file);
  if (found instanceof Error) return `${file} cannot be used: ${reasonOf(found)}.`;
  if (found?.isDirectory()) {
    return `${file} is a folder, and the database is a file: remove it, or set DATABASE_URL to a file in it. Docker makes a folder of a mounted file that is not there: mount the folder around it.`;
  }
  if (found && !found.isFile()) return `${file} is no file with content: set DATABASE_URL to another path.`;
  if (found) {
    const refused = refusalOf(file, constants.R_OK | constants.W_OK);
    if (refused !== null) return `${file} cannot be written: ${refused}. ${USER}`;
  }
  const refused = refusalOf(folder, constants.W_OK | constants.X_OK);
  if (refused !== null) {
    return `The folder ${folder} cannot be written: ${refused}. SQLite keeps files of its own beside the database. ${USER}`;
  }
  return found && found.size > 0 && !isDatabase(file) ? brokenLine(file) : null;
}

const USER = `Let the user of this process write there${process.getuid ? ` (uid ${process.getuid()})` : ''}.`;

function statOf(path: string): Stats | null | Error {
  try {
    return statSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    if (fileReasonOf(error) === null || !(error instanceof Error)) throw error;
    return error;
  }
}

function refusalOf(path: string, mode: number): string | null {
  try {
    accessSync(path, mode);
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

function reasonOf(error: unknown): string {
  return fileReasonOf(error) ?? String(codeOf(error));
}

function isDatabase(file: string): boolean {
  const head = Buffer.alloc(MAGIC.length);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, head, 0, head.length, 0);
    return head.equals(MAGIC);
  } finally {
    closeSync(handle);
  }
}
