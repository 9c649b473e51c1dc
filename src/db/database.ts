import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { createReader, type Handle } from './handle.js';
import { openReader, openWriter, SqliteConnection, type StatementObserver } from './sqlite.js';
import { type CommitObserver, type Unit, Writer } from './writer.js';

/** An open database: one handle to read with, one door to write through. */
export interface Database {
  readonly file: string;
  /** Sees every committed write, and none that is not. */
  readonly reader: Handle;
  /** Runs `unit` and commits it; resolves only after the commit is durable (`synchronous = FULL`). */
  transaction<T>(unit: Unit<T>): Promise<T>;
  /** Another number after a commit, of this process or another, than before it. Costs no reading of the file. */
  version(): number;
  /** Units that wait for their turn. */
  waiting(): number;
  /** Moves the write-ahead log into the file and empties it; false when another process is reading. */
  checkpoint(): Promise<boolean>;
  /** Lets waiting units finish, then closes the file. */
  close(): Promise<void>;
}

/** The file cannot be opened; the message says what to do. */
export class DatabaseUnavailableError extends Error {
  override readonly name = 'DatabaseUnavailableError';
}

/**
 * Opens, and makes if it is new, the SQLite database in `file`.
 *
 * @throws {DatabaseUnavailableError} when its folder is not there
 * @param observe called for each statement, of readers and units alike
 * @param onCommit called after each commit
 * @param secureDelete whether what is deleted or changed is overwritten with zeros
 */
export function openDatabase(
  file: string,
  observe?: StatementObserver,
  onCommit?: CommitObserver,
  secureDelete = false,
): Database {
  if (!existsSync(dirname(file))) {
    throw new DatabaseUnavailableError(
      `DATABASE_URL names a folder that is not there: ${dirname(file)}. Make it first.`,
    );
  }
  const writing = openWriter(file, secureDelete);
  const writer = new Writer(new SqliteConnection(writing, observe), onCommit);
  const reading = openReader(file);
  return {
    file,
    reader: createReader(new SqliteConnection(reading, observe)),
    transaction: (unit) => writer.transaction(unit),
    // A number, as SQLite has it.
    version: () => Number(reading.pragma('data_version', { simple: true })),
    waiting: () => writer.waiting,
    checkpoint: () => writer.checkpoint(),
    close: async () => {
      await writer.idle();
      reading.close();
      writing.close();
    },
  };
}
