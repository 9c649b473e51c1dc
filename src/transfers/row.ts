import { InvalidInputError } from '../domain/errors.js';
import { OperatorError } from '../domain/operator-error.js';
import { forEachField, PROFILE_FIELD_NAMES } from '../domain/profile-fields.js';
import type { User } from '../users/user.js';
import { type Line, MAX_ROW_BYTES, type Position } from './lines.js';

/** Formats of a file of users. */
export const TRANSFER_FORMATS = ['ndjson', 'csv'] as const;
export type TransferFormat = (typeof TRANSFER_FORMATS)[number];

/** The file as a whole cannot be imported. The message contains the reason. */
export class UnusableFileError extends OperatorError {
  override readonly name = 'UnusableFileError';
}

/** A row of a file: its value, or why it cannot be read. */
export type Row = ReadRow | UnreadableRow;

export interface ReadRow {
  /** Number of the first line of the row. */
  readonly line: number;
  /** Where the next row begins. */
  readonly end: Position;
  readonly size: number;
  /** The JSON value. For CSV, an object of the cells that are not empty. */
  readonly value: unknown;
  /** Problems of readable cells. */
  readonly problems?: readonly InvalidInputError[];
}

export interface UnreadableRow {
  readonly line: number;
  readonly end: Position;
  readonly size: number;
  readonly problem: InvalidInputError;
  /** The original text of the row; null when it is too long. */
  readonly text: string | null;
}

/** Parses lines into rows. `end` returns the remaining rows after the last line. */
export interface RowReader {
  read(lines: readonly Line[]): Row[];
  end(): Row[];
}

/** Fields that an import reads: CSV columns other than metadata, and fields of a JSON row. */
export const ROW_FIELDS = [
  'email',
  'emailVerified',
  ...PROFILE_FIELD_NAMES,
  'externalId',
  'locale',
  'passwordHash',
  'passwordHashType',
  'passwordSaltPosition',
] as const;

/** Whether an import reads a field of a user. It ignores the exported fields that the server sets. */
export const IS_IMPORTED = {
  ...forEachField(() => true),
  email: true,
  emailVerified: true,
  externalId: true,
  locale: true,
  metadata: true,
  id: false,
  version: false,
  lastSignInAt: false,
  profilePictureUrl: false,
  createdAt: false,
  updatedAt: false,
} satisfies Record<keyof User, boolean>;

/** Exported fields that an import ignores. */
export const SERVER_FIELDS = Object.entries(IS_IMPORTED).flatMap(([field, isImported]) => (isImported ? [] : [field]));

/** Prefix of CSV columns that contain a metadata value. */
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
  return unreadable(row, `A row can have at most ${MAX_ROW_BYTES} bytes.`, null);
}

/** The column of a CSV file whose texts are guarded against spreadsheets; its cells are empty. */
export const GUARD_COLUMN = 'spreadsheetSafe';
