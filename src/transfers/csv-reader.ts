import { isUtf8 } from 'node:buffer';
import { InvalidInputError } from '../domain/errors.js';
import { type Cell, cellsOf, EMPTY_TEXT, quotesOf } from './csv-cells.js';
import { type CsvHead, isMetadata } from './csv-head.js';
import { encodingProblemOf } from './encoding.js';
import { type Line, MAX_ROW_BYTES, withoutLineEnd } from './lines.js';
import { GUARD_COLUMN, METADATA_COLUMN, type Row, type RowReader, SERVER_FIELDS, tooLong, unreadable } from './row.js';
import { unguarded } from './spreadsheet-guard.js';

const QUOTE = 0x22;
const IGNORED_COLUMNS: readonly string[] = [...SERVER_FIELDS, GUARD_COLUMN];
const WRONG_QUOTES = 'The quotes of this row are not valid or not closed.';
/** Numbers that a spreadsheet has rounded, because they have more than 11 digits: `1.23457E+11` or `1,23457E+11`. */
export const ROUNDED_NUMBER = /^[+-]?\d+(?:[.,]\d+)?E[+-]\d+$/;

/** The lines of a possible row. It has more than one line when a line break is quoted. */
interface Candidate {
  readonly lines: readonly Line[];
  readonly bytes: Buffer;
}

/**
 * Reads rows of CSV (RFC 4180). A row ends at the first line break after an even number of quotes. If these lines are
 * not a valid row, the first line is rejected and the others are parsed again, so that a wrong quote affects only its
 * own line.
 *
 * @param head the parsed header row
 */
export function createCsvReader(head: CsvHead): RowReader {
  let open: Line[] = [];
  let openBytes = 0;

  function read(lines: readonly Line[]): Row[] {
    const rows: Row[] = [];
    let ready: Candidate[] = [];
    const flush = () => {
      rows.push(...rowsOf(ready, head));
      ready = [];
    };
    for (const line of lines) {
      if (open.length === 0 && line.isTooLong) {
        flush();
        rows.push(tooLong(line));
        continue;
      }
      const wasOpen = open.length > 0;
      open.push(line);
      openBytes += line.bytes.length;
      if (wasOpen === hasOddQuotes(line)) {
        ready.push({ lines: open, bytes: bytesOf(open) });
        open = [];
        openBytes = 0;
      } else if (openBytes > MAX_ROW_BYTES || line.isTooLong) {
        flush();
        rows.push(...recover(open, head));
        open = [];
        openBytes = 0;
      }
    }
    flush();
    return rows;
  }

  return {
    read,
    end: () => {
      const rest = open;
      open = [];
      return recover(rest, head);
    },
  };
}

/** Returns the number of lines of the header row, or null when it does not end within these lines. */
export function headLength(lines: readonly Line[]): number | null {
  return lines.length === 0 ? null : (candidateAt(lines, 0)?.lines.length ?? null);
}

/** Parses many rows in one call of the parser. If one is not valid, parses each row by itself. */
function rowsOf(candidates: readonly Candidate[], head: CsvHead): Row[] {
  if (candidates.length === 0) return [];
  const bytes = Buffer.concat(candidates.map((candidate) => candidate.bytes));
  const isText = isUtf8(bytes) && candidates.every(({ lines }) => !lines.some(({ isMalformed }) => isMalformed));
  const cells = isText ? cellsOf(bytes, head.separator) : null;
  if (cells?.length !== candidates.length) return candidates.flatMap((candidate) => recover(candidate.lines, head));
  return candidates.flatMap(({ lines }, index) => toRow(lines, cells[index] ?? [], head));
}

/** Parses lines row by row. A line at which no valid row begins is rejected. */
function recover(lines: readonly Line[], head: CsvHead): Row[] {
  const rows: Row[] = [];
  let at = 0;
  while (at < lines.length) {
    const candidate = candidateAt(lines, at);
    const [line] = candidate?.lines ?? lines.slice(at, at + 1);
    if (!line) break;
    const wrong = (candidate?.lines ?? [line]).find((one) => one.isMalformed || !isUtf8(one.bytes));
    const cells = candidate && !wrong ? cellsOf(candidate.bytes, head.separator) : null;
    if (candidate && (cells?.length === 1 || candidate.bytes.length === 0)) {
      rows.push(...toRow(candidate.lines, cells?.[0] ?? [], head));
      at += candidate.lines.length;
    } else {
      const message = wrong ? encodingProblemOf(wrong.start.line, wrong.bytes, head.encoding) : WRONG_QUOTES;
      rows.push(line.isTooLong ? tooLong(line) : unreadable(line, message, textOf([line])));
      at += 1;
    }
  }
  return rows;
}

function candidateAt(lines: readonly Line[], at: number): Candidate | null {
  let isOpen = false;
  let size = 0;
  for (let end = at; end < lines.length; end++) {
    const line = lines[end];
    size += line?.bytes.length ?? 0;
    if (!line || line.isTooLong || size > MAX_ROW_BYTES + 2) return null;
    if (hasOddQuotes(line)) isOpen = !isOpen;
    if (!isOpen) {
      const own = lines.slice(at, end + 1);
      return { lines: own, bytes: bytesOf(own) };
    }
  }
  return null;
}

function toRow(lines: readonly Line[], cells: readonly Cell[], head: CsvHead): Row[] {
  const [first] = lines;
  const last = lines.at(-1);
  if (!first || !last) return [];
  // Spreadsheets write empty rows and columns around the table.
  if (cells.every((cell) => cell === '')) return [];
  const { columns } = head;
  const place = { start: first.start, end: last.end };
  if (cells.length < columns.length || cells.slice(columns.length).some((cell) => cell !== '')) {
    const message = `The row has ${cells.length} cells, but the file has ${columns.length} columns.`;
    return [unreadable(place, message, textOf(lines))];
  }
  const row = { line: first.start.line, end: last.end, size: last.end.offset - first.start.offset };
  const value = toValue(cells, head);
  const problems = columns.some((name, index) => isRounded(name, cells[index])) ? roundedCells(lines, cells, head) : [];
  return [problems.length === 0 ? { ...row, value } : { ...row, value, problems }];
}

/** Converts cells to the object of a JSON row. Empty cells are omitted; metadata columns become `metadata`. */
function toValue(cells: readonly Cell[], { columns, isGuarded }: CsvHead): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  const metadata: [string, string][] = [];
  for (const [index, name] of columns.entries()) {
    const cell = cells[index] ?? '';
    if (cell === '') continue;
    const given = cell === EMPTY_TEXT ? '' : cell;
    const text = isGuarded ? unguarded(given) : given;
    if (isMetadata(name)) metadata.push([name.slice(METADATA_COLUMN.length), text]);
    else if (name !== GUARD_COLUMN) value[name] = name === 'emailVerified' ? toFlag(text) : text;
  }
  if (metadata.length > 0) value.metadata = Object.fromEntries(metadata);
  return value;
}

/** Spreadsheets write TRUE and FALSE. */
function toFlag(text: string): string | boolean {
  if (/^true$/i.test(text)) return true;
  return /^false$/i.test(text) ? false : text;
}

function isRounded(column: string, cell: Cell | undefined): boolean {
  return typeof cell === 'string' && ROUNDED_NUMBER.test(cell) && !IGNORED_COLUMNS.includes(column);
}

/** Reports cells that a spreadsheet has rounded. Quoted cells are exempt: exports quote them, spreadsheets do not. */
function roundedCells(
  lines: readonly Line[],
  cells: readonly Cell[],
  { columns, separator }: CsvHead,
): InvalidInputError[] {
  const [quoted = []] = quotesOf(bytesOf(lines), separator);
  return columns.flatMap((name, index) => {
    if (!isRounded(name, cells[index]) || quoted[index] === true) return [];
    const message = `A spreadsheet has rounded the number in ${name}. Restore its digits, or quote it if correct.`;
    return [
      new InvalidInputError(
        'INVALID_INPUT',
        message,
        isMetadata(name) ? ['metadata', name.slice(METADATA_COLUMN.length)] : [name],
      ),
    ];
  });
}

function textOf(lines: readonly Line[]): string {
  return withoutLineEnd(bytesOf(lines)).toString('utf8');
}

function hasOddQuotes({ bytes }: Line): boolean {
  let isOdd = false;
  for (let at = bytes.indexOf(QUOTE); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) isOdd = !isOdd;
  return isOdd;
}

function bytesOf(lines: readonly Line[]): Buffer {
  const [first] = lines;
  return lines.length === 1 && first ? first.bytes : Buffer.concat(lines.map(({ bytes }) => bytes));
}
