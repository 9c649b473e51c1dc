import { isUtf8 } from 'node:buffer';
import { type Cell, cellsOf, EMPTY_TEXT, SEPARATORS, type Separator } from './csv-cells.js';
import { type Encoding, encodingProblemOf } from './encoding.js';
import { type Line, withoutLineEnd } from './lines.js';
import { GUARD_COLUMN, METADATA_COLUMN, ROW_FIELDS, SERVER_FIELDS, UnusableFileError } from './row.js';
import { unguarded } from './spreadsheet-guard.js';

/** What the header row of a CSV file determines for the other rows. */
export interface CsvHead {
  readonly columns: readonly string[];
  readonly separator: Separator;
  /** Whether its texts are guarded against formula interpretation by spreadsheets. */
  readonly isGuarded: boolean;
  readonly encoding: Encoding;
}

const KNOWN: readonly string[] = [...ROW_FIELDS, ...SERVER_FIELDS, GUARD_COLUMN, 'password'];

/**
 * Parses the header row: the column names and the separator, which is a comma, or another character in files from
 * spreadsheets with other locales.
 *
 * @throws {UnusableFileError} when the columns are not those of users
 */
export function readHead(lines: readonly Line[], encoding: Encoding): CsvHead {
  checkEncoding(lines, encoding);
  const bytes = withoutLineEnd(Buffer.concat(lines.map((line) => line.bytes)));
  const readings = SEPARATORS.flatMap((separator) => {
    const rows = cellsOf(bytes, separator);
    return rows?.length === 1 ? [{ separator, columns: toColumns(rows[0] ?? []) }] : [];
  });
  const known = readings.filter(({ columns }) => columns.every(isKnown));
  // A metadata column name can contain any separator. The required column email decides which reading is correct.
  const reading = known.find(({ columns }) => columns.includes('email')) ?? known[0];
  if (!reading) throw new UnusableFileError(problemOf(bytes, readings));
  const isGuarded = reading.columns.includes(GUARD_COLUMN);
  const columns = isGuarded ? reading.columns.map(unguarded) : reading.columns;
  const twice = columns.filter((name, index) => columns.indexOf(name) !== index);
  if (twice.length > 0) throw new UnusableFileError(`Duplicate column: ${twice.join(', ')}.`);
  return { columns, separator: reading.separator, isGuarded, encoding };
}

export function isMetadata(column: string): boolean {
  return column.startsWith(METADATA_COLUMN) && column.length > METADATA_COLUMN.length;
}

function isKnown(column: string): boolean {
  return KNOWN.includes(column) || isMetadata(column);
}

/** Drops trailing columns without a name, which spreadsheets write next to the table. */
function toColumns(cells: readonly Cell[]): readonly string[] {
  const names = cells.map((cell) => (cell === EMPTY_TEXT ? '' : cell));
  return names.slice(0, names.findLastIndex((name) => name !== '') + 1);
}

function checkEncoding(lines: readonly Line[], encoding: Encoding): void {
  for (const { bytes, start, isMalformed } of lines) {
    // In UTF-16, every second byte of the first name is 0.
    if (encoding === 'utf-8' && bytes.subarray(0, 2).includes(0)) {
      throw new UnusableFileError(
        'The file is UTF-16 without a byte order mark: specify --encoding utf-16le or utf-16be, or save the file as "CSV UTF-8".',
      );
    }
    if (isMalformed || !isUtf8(bytes)) throw new UnusableFileError(encodingProblemOf(start.line, bytes, encoding));
  }
}

function problemOf(bytes: Buffer, readings: readonly { readonly columns: readonly string[] }[]): string {
  if (/\r(?!\n)/.test(bytes.toString('utf8'))) {
    return 'The lines of the file end with CR alone, as old spreadsheets write them: save it as "CSV UTF-8".';
  }
  const [first, ...others] = readings;
  if (!first) return 'The first line does not contain the column names.';
  const count = ({ columns }: typeof first) => columns.filter(isKnown).length;
  const { columns } = others.reduce((a, b) => (count(b) > count(a) ? b : a), first);
  const unknown = columns.filter((name) => !isKnown(name)).map((name) => JSON.stringify(name));
  return `No such column: ${unknown.join(', ')}. There are ${ROW_FIELDS.join(', ')} and ${METADATA_COLUMN}<key>.`;
}
