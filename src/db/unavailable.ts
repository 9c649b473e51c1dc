import { OperatorError } from '../domain/operator-error.js';

/** The database cannot be opened or used as it is. The message says in one line what is wrong and what to do. */
export class DatabaseUnavailableError extends OperatorError {
  override readonly name = 'DatabaseUnavailableError';
}

/** A statement or a commit failed for a reason outside this program, e.g. a full disk or a lock held by another program. */
export class DatabaseTroubleError extends OperatorError {
  override readonly name = 'DatabaseTroubleError';

  /**
   * @param what the cause in one line, e.g. `The disk of the database is full (SQLITE_FULL)`
   * @param advice what the operator does about it, e.g. `make room on it`
   */
  constructor(
    readonly what: string,
    readonly advice: string,
    options: ErrorOptions,
  ) {
    super(`${what}: ${advice}.`, options);
  }
}
