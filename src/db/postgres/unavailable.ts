import { DatabaseError } from 'pg';
import { RequestError } from '../../domain/errors.js';
import { codeOf } from '../../runtime/system-error.js';
import { DatabaseTroubleError } from '../unavailable.js';
import { UniqueViolationError } from '../unique-violation.js';

/** Conditions of the server that are not the fault of a statement, by the beginning of their SQLSTATE (appendix A). */
const TROUBLES: readonly (readonly [state: string, what: string, advice: string])[] = [
  ['08P01', 'What answers does not take this connection', 'set DATABASE_POOLER=true behind a pooler'],
  ['08', 'The connection to PostgreSQL was lost', 'see whether the server runs and can be reached'],
  ['28', 'PostgreSQL refuses the user or the password', 'correct DATABASE_URL'],
  ['3D', 'PostgreSQL has no database of this name', 'create it, or correct DATABASE_URL'],
  ['53100', 'The disk of PostgreSQL is full', 'make room on it'],
  ['53300', 'PostgreSQL has no connection left', 'lower DATABASE_POOL_SIZE, or raise max_connections of the server'],
  ['53', 'PostgreSQL lacks resources', 'look at the log of the server'],
  ['55P03', 'A lock was not given in time', 'look for long transactions in pg_stat_activity'],
  ['57014', 'A statement took longer than the limit', 'ask for less, or raise DATABASE_STATEMENT_TIMEOUT_SECONDS'],
  ['57P', 'PostgreSQL is stopping or starting', 'wait until it has started'],
  ['58', 'PostgreSQL meets an error of its system', 'look at the log of the server'],
  ['25006', 'The database accepts only reads', 'let DATABASE_URL lead to the primary'],
];

/** Errors of the network, by their codes. */
const UNREACHABLE = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|ENOENT)$/;

/** What the driver says when a connection ends; it has no code. */
const ENDED = /^(Connection terminated|Client has encountered a connection error|timeout exceeded|Client was closed)/;

/**
 * Translates the errors of the driver that the rest of the program knows: a row that a unique index refused becomes a
 * `UniqueViolationError`, a failure for a reason outside this program a `DatabaseTroubleError`. Returns every other error
 * as it is.
 */
export function translated(error: unknown): unknown {
  if (error instanceof DatabaseError) {
    const { code = '' } = error;
    if (code === '23505') return uniqueViolation(error);
    if (HAS_NUL.test(code))
      return new RequestError('BAD_USER_INPUT', 'A text contains the character U+0000. Remove it.');
    const found = TROUBLES.find(([state]) => code.startsWith(state));
    return found ? new DatabaseTroubleError(`${found[1]} (${code})`, found[2], { cause: error }) : error;
  }
  if (!isLost(error)) return error;
  const what = `PostgreSQL cannot be reached (${codeOf(error) ?? 'connection lost'})`;
  return new DatabaseTroubleError(what, 'see whether the server runs, and whether DATABASE_URL leads to it', {
    cause: error,
  });
}

/** No text of PostgreSQL has this character. Inputs are checked before, so only the names of what cannot exist get here. */
const HAS_NUL = /^(22021|22P05)$/;

/** What the driver threw. */
function causeOf(error: unknown): unknown {
  return error instanceof DatabaseTroubleError ? error.cause : error;
}

/** Whether an error, translated or not, means that the connection has ended. */
export function isLost(given: unknown): boolean {
  const error = causeOf(given);
  const code = codeOf(error) ?? '';
  if (error instanceof DatabaseError) return code.startsWith('57P') || code.startsWith('08');
  return UNREACHABLE.test(code) || (error instanceof Error && ENDED.test(error.message));
}

/**
 * Whether a transaction that ended with this error is to be run again as a whole: a conflict with another one, a deadlock,
 * or a prepared statement of before a migration.
 */
export function isConflict(error: unknown): boolean {
  return codeOf(error) === '40001' || codeOf(error) === '40P01' || isOutdated(error);
}

/** Whether the server ended a statement because of its limit of time, and not for a reason of its own. */
export function isTooLong(error: unknown): boolean {
  return codeOf(causeOf(error)) === '57014';
}

/** Whether a prepared statement cannot be run any more, because a migration has changed its table. */
export function isOutdated(error: unknown): boolean {
  return codeOf(error) === '0A000' && error instanceof Error && error.message.startsWith('cached plan');
}

/** The detail begins with "Key (environment_id, email_normal)=(". What follows are values, which are personal. */
function uniqueViolation(cause: DatabaseError): UniqueViolationError {
  const names = /^Key \((.*?)\)=\(/.exec(cause.detail ?? '')?.[1]?.split(', ') ?? [];
  const columns = names.filter((name) => name !== 'environment_id');
  return new UniqueViolationError(cause.table ?? '', columns, { cause: withoutValues(cause) });
}

function withoutValues({ message, code }: DatabaseError): Error {
  return Object.assign(new Error(message), { code });
}
