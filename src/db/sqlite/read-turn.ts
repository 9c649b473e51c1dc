import type BetterSqlite3 from 'better-sqlite3';
import { atEndOfTurn, currentTurn } from '../../scheduling/turns.js';

/**
 * The read transaction of a turn of the event loop. Without it, each statement takes and releases the locks of SQLite by
 * itself. It ends with the turn, and with a commit of this process, so a read sees every commit that its caller can know
 * of: what a client sends after it has seen a commit of another process is read from its socket in a later turn.
 */
export class ReadTurn {
  #isOpen = false;
  #version: number | null = null;
  readonly #begin: BetterSqlite3.Statement;
  readonly #commit: BetterSqlite3.Statement;
  readonly #dataVersion: BetterSqlite3.Statement<[], number>;
  /** The turn in which it began. */
  #turn = -1;

  /** @param sqlite the connection that only reads */
  constructor(sqlite: BetterSqlite3.Database) {
    this.#begin = sqlite.prepare('begin');
    this.#commit = sqlite.prepare('commit');
    this.#dataVersion = sqlite.prepare<[], number>('pragma data_version').pluck();
  }

  /** Begins the transaction, unless it has begun in this turn. Call it before each statement. */
  begin(): void {
    const turn = currentTurn();
    if (this.#isOpen && this.#turn === turn) return;
    // What was to run at the end of a turn may run only after requests of the next one have been read.
    this.end();
    this.#begin.run();
    this.#isOpen = true;
    this.#turn = turn;
    atEndOfTurn(() => this.end());
  }

  /** Ends the transaction. The next read sees the newest commit. */
  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#version = null;
    this.#commit.run();
  }

  /** A number that changes with every commit. It is read once in a transaction. */
  version(): number {
    this.begin();
    // The pragma always returns a row.
    this.#version ??= this.#dataVersion.get() ?? 0;
    return this.#version;
  }
}
