import { isUtf8 } from 'node:buffer';
import { type CastingFunction, parse } from 'csv-parse/sync';
import { type Line, MAX_ROW_BYTES, withoutLineEnd } from './lines.js';
import { METADATA_COLUMN, ROW_FIELDS, type Row, type RowReader, SERVER_FIELDS, tooLong, unreadable } from './row.js';

const QUOTE = 0x22;
const WRONG_QUOTES = 'The quotes of this row are wrong, or one is left open.';

/** Stands for an empty cell in quotes, which is an empty text; one without is left out. */
const EMPTY_TEXT = Symbol('empty text');
type Cell = string | typeof EMPTY_TEXT;

/** A row's lines: more than one when a line end stands in quotes. */
interface Candidate {
  readonly lines: readonly Line[];
  readonly bytes: Buffer;
}

/** The file is not one that can be imported at all; the message says why. */
export class UnusableFileError extends Error {
  override readonly name = 'UnusableFileError';
}

/**
 * RFC 4180: rows of cells, the first of them the names of the columns. A row ends at the first line end behind an even
 * number of quotes. Where that makes no row, the first of its lines is refused and the others are read anew, so that a
 * wrong quote costs its own line.
 *
 * @param columns of the file, when its first line was read before
 */
export function createCsvReader(columns: readonly string[]): RowReader {
  let open: Line[] = [];
  let openBytes = 0;

  function read(lines: readonly Line[]): Row[] {
    const rows: Row[] = [];
    let ready: Candidate[] = [];
    const flush = () => {
      rows.push(...rowsOf(ready, columns));
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
        rows.push(...recover(open, columns));
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
      return recover(rest, columns);
    },
  };
}

/** How many of these lines are the first row, which names the columns; null when its end is not among them. */
export function headLength(lines: readonly Line[]): number | null {
  return lines.length === 0 ? null : (candidateAt(lines, 0)?.lines.length ?? null);
}

/** Reads the names of the columns. @throws {UnusableFileError} when they are not those of users */
export function readColumns(lines: readonly Line[]): string[] {
  const bytes = withoutLineEnd(bytesOf(lines));
  const names = isUtf8(bytes) ? cellsOf(bytes) : null;
  if (names?.length !== 1) throw new UnusableFileError('The first line does not hold the names of the columns.');
  const columns = (names[0] ?? []).map((cell) => (cell === EMPTY_TEXT ? '' : cell));
  const known: readonly string[] = [...ROW_FIELDS, ...SERVER_FIELDS, 'password'];
  const unknown = columns.filter((name) => !known.includes(name) && !isMetadata(name));
  if (unknown.length > 0) {
    throw new UnusableFileError(
      `No such column: ${unknown.map((name) => JSON.stringify(name)).join(', ')}. There are ${ROW_FIELDS.join(', ')} and ${METADATA_COLUMN}<key>.`,
    );
  }
  const twice = columns.filter((name, index) => columns.indexOf(name) !== index);
  if (twice.length > 0) throw new UnusableFileError(`A column stands twice: ${twice.join(', ')}.`);
  return columns;
}

function isMetadata(column: string): boolean {
  return column.startsWith(METADATA_COLUMN) && column.length > METADATA_COLUMN.length;
}

/** Many rows in one call of the parser, or, when it finds something wrong, each by itself. */
function rowsOf(candidates: readonly Candidate[], columns: readonly string[]): Row[] {
  if (candidates.length === 0) return [];
  const bytes = Buffer.concat(candidates.map((candidate) => candidate.bytes));
  const cells = isUtf8(bytes) ? cellsOf(bytes) : null;
  if (cells?.length !== candidates.length) return candidates.flatMap((candidate) => recover(candidate.lines, columns));
  return candidates.flatMap(({ lines }, index) => toRow(lines, cells[index] ?? [], columns));
}

/** The rows in these lines, taking for one what can be one, and refusing a line that no row begins with. */
function recover(lines: readonly Line[], columns: readonly string[]): Row[] {
  const rows: Row[] = [];
  let at = 0;
  while (at < lines.length) {
    const candidate = candidateAt(lines, at);
    const [line] = candidate?.lines ?? lines.slice(at, at + 1);
    if (!line) break;
    const cells = candidate && isUtf8(candidate.bytes) ? cellsOf(candidate.bytes) : null;
    if (candidate && (cells?.length === 1 || candidate.bytes.length === 0)) {
      rows.push(...toRow(candidate.lines, cells?.[0] ?? [], columns));
      at += candidate.lines.length;
    } else {
      rows.push(refused(line));
      at += 1;
    }
  }
  return rows;
}

function refused(line: Line): Row {
  if (line.isTooLong) return tooLong(line);
  const bytes = withoutLineEnd(line.bytes);
  const message = isUtf8(bytes) ? WRONG_QUOTES : 'The row is not UTF-8.';
  return unreadable(line, message, bytes.toString('utf8'));
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

function toRow(lines: readonly Line[], cells: readonly Cell[], columns: readonly string[]): Row[] {
  const [first] = lines;
  const last = lines.at(-1);
  if (!first || !last) return [];
  const place = { start: first.start, end: last.end };
  const bytes = bytesOf(lines);
  if (withoutLineEnd(bytes).length === 0) return [];
  if (cells.length !== columns.length) {
    const message = `The row has ${cells.length} cells, and there are ${columns.length} columns.`;
    return [unreadable(place, message, withoutLineEnd(bytes).toString('utf8'))];
  }
  return [{ line: first.start.line, end: last.end, size: bytes.length, value: toValue(cells, columns) }];
}

/** The object a JSON row would be: cells that are empty are left out, metadata columns are gathered. */
function toValue(cells: readonly Cell[], columns: readonly string[]): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  const metadata: [string, string][] = [];
  for (const [index, name] of columns.entries()) {
    const cell = cells[index] ?? '';
    if (cell === '') continue;
    const text = cell === EMPTY_TEXT ? '' : cell;
    if (isMetadata(name)) metadata.push([name.slice(METADATA_COLUMN.length), text]);
    else value[name] = name === 'emailVerified' ? toFlag(text) : text;
  }
  if (metadata.length > 0) value.metadata = Object.fromEntries(metadata);
  return value;
}

function toFlag(text: string): string | boolean {
  return text === 'true' || (text === 'false' ? false : text);
}

const castQuotedEmpty: CastingFunction = (cell, { quoting }) => (quoting && cell === '' ? EMPTY_TEXT : cell);

/** The cells of each row in these bytes; null when they are not rows. */
function cellsOf(bytes: Buffer): Cell[][] | null {
  // Telling an empty text from an empty cell makes the parser twenty times slower, and few files need it.
  const cast = bytes.includes('""') ? { cast: castQuotedEmpty } : {};
  try {
    // Without `columns` a row is an array of its cells.
    return parse(bytes, { record_delimiter: ['\r\n', '\n'], relax_column_count: true, ...cast }) as Cell[][];
  } catch {
    // What it says names places in these bytes, not in the file.
    return null;
  }
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
