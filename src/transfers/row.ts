import { InvalidInputError } from '../errors.js';
import { type Line, MAX_ROW_BYTES, type Position } from './lines.js';

/** The forms a file of users can have. */
export const TRANSFER_FORMATS = ['ndjson', 'csv'] as const;
export type TransferFormat = (typeof TRANSFER_FORMATS)[number];

/** The file is not one that can be imported at all; the message says why. */
export class UnusableFileError extends Error {
  override readonly name = 'UnusableFileError';
}

/** A row of a file that was read: what it says, or why it says nothing. */
export type Row = ReadRow | UnreadableRow;

export interface ReadRow {
  /** Number of its first line. */
  readonly line: number;
  /** Where the next row begins. */
  readonly end: Position;
  readonly size: number;
  /** A JSON value; of CSV an object of the cells that are not empty. */
  readonly value: unknown;
  /** What is wrong with cells that can be read; none when left out. */
  readonly problems?: readonly InvalidInputError[];
}

export interface UnreadableRow {
  readonly line: number;
  readonly end: Position;
  readonly size: number;
  readonly problem: InvalidInputError;
  /** The row as it stands in the file; null when it is too long to be kept. */
  readonly text: string | null;
}

/** Reads lines into rows; `end` tells that no line comes any more. */
export interface RowReader {
  read(lines: readonly Line[]): Row[];
  end(): Row[];
}

/** Columns of a CSV file before those of the metadata, and fields of a JSON row: what an import reads. */
export const ROW_FIELDS = [
  'email',
  'emailVerified',
  'firstName',
  'lastName',
  'name',
  'externalId',
  'locale',
  'passwordHash',
  'passwordHashType',
  'passwordSaltPosition',
] as const;

/** What an export has and an import passes over: the server's own. */
export const SERVER_FIELDS = ['id', 'version', 'lastSignInAt', 'profilePictureUrl', 'createdAt', 'updatedAt'] as const;

/** Columns of a CSV file that begin with this hold a metadata value each. */
export const METADATA_COLUMN = 'metadata.';

export function unreadable(
  row: { start: Position; end: Position },
  message: string,
  text: string | null,
): UnreadableRow {
  return {
    line: row.start.line,
    end: row.end,
    size: row.end.offset - row.start.offset,
    problem: new InvalidInputError('INVALID_INPUT', message, null),
    text,
  };
}

export function tooLong(row: { start: Position; end: Position }): UnreadableRow {
  return unreadable(row, `A row has at most ${MAX_ROW_BYTES} bytes.`, null);
}

/** The column of a CSV file whose texts are guarded against spreadsheets; its cells are empty. */
export const GUARD_COLUMN = 'spreadsheetSafe';
