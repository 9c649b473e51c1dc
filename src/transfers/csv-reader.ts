import { isUtf8 } from 'node:buffer';
import { InvalidInputError } from '../errors.js';
import { type Cell, cellsOf, EMPTY_TEXT, quotesOf } from './csv-cells.js';
import { type CsvHead, isMetadata } from './csv-head.js';
import { faultOf } from './encoding.js';
import { type Line, MAX_ROW_BYTES, withoutLineEnd } from './lines.js';
import { GUARD_COLUMN, METADATA_COLUMN, type Row, type RowReader, SERVER_FIELDS, tooLong, unreadable } from './row.js';
import { unguarded } from './spreadsheet-guard.js';

const QUOTE = 0x22;
const PASSED_OVER: readonly string[] = [...SERVER_FIELDS, GUARD_COLUMN];
const WRONG_QUOTES = 'The quotes of this row are wrong, or one is left open.';
/** How spreadsheets write numbers of more than 11 digits: 1.23457E+11, with a comma in other languages. */
export const SHORTENED = /^[+-]?\d+(?:[.,]\d+)?E[+-]\d+$/;

/** A row's lines: more than one when a line end stands in quotes. */
interface Candidate {
  readonly lines: readonly Line[];
  readonly bytes: Buffer;
}

/**
 * RFC 4180: rows of cells, the first of them the names of the columns. A row ends at the first line end behind an even
 * number of quotes. Where that makes no row, the first of its lines is refused and the others are read anew, so that a
 * wrong quote costs its own line.
 *
 * @param head what its first row says, which is read before
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

/** How many of these lines are the first row, which names the columns; null when its end is not among them. */
export function headLength(lines: readonly Line[]): number | null {
  return lines.length === 0 ? null : (candidateAt(lines, 0)?.lines.length ?? null);
}

/** Many rows in one call of the parser, or, when it finds something wrong, each by itself. */
function rowsOf(candidates: readonly Candidate[], head: CsvHead): Row[] {
  if (candidates.length === 0) return [];
  const bytes = Buffer.concat(candidates.map((candidate) => candidate.bytes));
  const isText = isUtf8(bytes) && candidates.every(({ lines }) => !lines.some(({ isMalformed }) => isMalformed));
  const cells = isText ? cellsOf(bytes, head.separator) : null;
  if (cells?.length !== candidates.length) return candidates.flatMap((candidate) => recover(candidate.lines, head));
  return candidates.flatMap(({ lines }, index) => toRow(lines, cells[index] ?? [], head));
}

/** The rows in these lines, taking for one what can be one, and refusing a line that no row begins with. */
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
      const message = wrong ? faultOf(wrong.start.line, wrong.bytes, head.encoding) : WRONG_QUOTES;
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
  // A spreadsheet writes rows and columns without anything in them beside the table.
  if (cells.every((cell) => cell === '')) return [];
  const { columns } = head;
  const place = { start: first.start, end: last.end };
  if (cells.length < columns.length || cells.slice(columns.length).some((cell) => cell !== '')) {
    const message = `The row has ${cells.length} cells, and there are ${columns.length} columns.`;
    return [unreadable(place, message, textOf(lines))];
  }
  const row = { line: first.start.line, end: last.end, size: last.end.offset - first.start.offset };
  const value = toValue(cells, head);
  const problems = columns.some((name, index) => isShortened(name, cells[index])) ? shortened(lines, cells, head) : [];
  return [problems.length === 0 ? { ...row, value } : { ...row, value, problems }];
}

/** The object a JSON row would be: cells that are empty are left out, metadata columns are gathered. */
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

function isShortened(column: string, cell: Cell | undefined): boolean {
  return typeof cell === 'string' && SHORTENED.test(cell) && !PASSED_OVER.includes(column);
}

/** What is wrong with cells that a spreadsheet has shortened. Spreadsheets put no quotes around them; an export does. */
function shortened(
  lines: readonly Line[],
  cells: readonly Cell[],
  { columns, separator }: CsvHead,
): InvalidInputError[] {
  const [quoted = []] = quotesOf(bytesOf(lines), separator);
  return columns.flatMap((name, index) => {
    if (!isShortened(name, cells[index]) || quoted[index] === true) return [];
    const message = `A spreadsheet has rounded the number in ${name}: take its digits from where they came from, or put quotes around it if it is meant so.`;
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
