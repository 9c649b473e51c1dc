import { createReader, type Handle } from './handle.js';
import { openReader, openWriter, SqliteConnection, type StatementObserver } from './sqlite.js';
import { DatabaseUnavailableError, explained, pathProblemOf } from './unavailable.js';
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

/**
 * Opens, and makes if it is new, the SQLite database in `file`.
 *
 * @throws {DatabaseUnavailableError} when the file cannot be used; the message says why, and what to do
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
  const problem = pathProblemOf(file);
  if (problem !== null) throw new DatabaseUnavailableError(problem);
  const { writing, reading } = open(file, secureDelete);
  const writer = new Writer(new SqliteConnection(writing, observe), onCommit);
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

function open(file: string, secureDelete: boolean) {
  try {
    return { writing: openWriter(file, secureDelete), reading: openReader(file) };
  } catch (error) {
    throw explained(error, file);
  }
}
