import { takeTurn, turnHasTime } from '../../scheduling/turns.js';
import type { CommitObserver, Database, ReplicaObserver, StatementObserver } from '../database.js';
import { createReader } from '../handle.js';
import { alone } from '../job.js';
import { DatabaseUnavailableError } from '../unavailable.js';
import { openReader, openWriter, SqliteConnection } from './connection.js';
import { sqlite } from './engine.js';
import { bytesOf, logBytesOf } from './files.js';
import { ReadTurn } from './read-turn.js';
import { explained, pathProblemOf } from './unavailable.js';
import { type TakeWriteTurn, Writer } from './writer.js';

/** A database in one SQLite file. */
export interface SqliteDatabase extends Database {
  readonly file: string;
}

/** What can be set when a database is opened. */
export interface OpenOptions {
  /** Called for each statement, of the reader and of units. */
  readonly observe?: StatementObserver | undefined;
  readonly onCommit?: CommitObserver | undefined;
  readonly onReplica?: ReplicaObserver | undefined;
  /** Waits until no other process of the server writes. Returns what ends the turn. */
  readonly takeWriteTurn?: TakeWriteTurn;
  /** Whether deleted and changed data is overwritten with zeros. Default false. */
  readonly secureDelete?: boolean;
}

/**
 * Opens the SQLite database in `file` and creates it when it does not exist. Commits are durable (`synchronous = FULL`).
 *
 * @throws {DatabaseUnavailableError} when the file cannot be used; the message says why and what to do
 */
export function openSqlite(
  file: string,
  { observe, onCommit, secureDelete = false, takeWriteTurn = () => () => {} }: OpenOptions = {},
): SqliteDatabase {
  const problem = pathProblemOf(file);
  if (problem !== null) throw new DatabaseUnavailableError(problem);
  const { writing, reading } = open(file, secureDelete);
  const turn = new ReadTurn(reading);
  const afterCommit = (units: number, milliseconds: number) => {
    turn.end();
    onCommit?.(units, milliseconds);
  };
  const writer = new Writer(new SqliteConnection(writing, observe), afterCommit, takeWriteTurn);
  const readingConnection = new SqliteConnection(reading, observe);
  return {
    file,
    reader: createReader(sqlite, {
      executeQuery: (query) => {
        turn.begin();
        return readingConnection.executeQuery(query);
      },
      streamQuery: readingConnection.streamQuery,
    }),
    rows: (query, beforeRun, isFirst) => {
      const run = () => {
        beforeRun();
        turn.begin();
        return readingConnection.cells(query);
      };
      return isFirst || turnHasTime() ? run() : takeTurn().then(run);
    },
    // One unit runs at a time, whatever its environment.
    transaction: (_, unit) => writer.transaction(unit),
    // A statement of SQLite takes no way, so a batch gains nothing.
    batch: (_, write, input) => writer.transaction(alone(write, input)),
    version: () => turn.version(),
    signal: () => turn.version(),
    waiting: () => writer.waiting,
    sizes: () => ({ data: bytesOf(file), log: logBytesOf(file) }),
    purgeDeleted: async () => {
      await writer.idle();
      // The log cannot be emptied while it is read.
      turn.end();
      return writer.purgeDeleted();
    },
    replicas: () => [],
    close: async () => {
      await writer.idle();
      turn.end();
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
