import { type CastingFunction, parse } from 'csv-parse/sync';

/** Field separators. RFC 4180 specifies a comma; spreadsheets also write the others. */
export const SEPARATORS = [',', ';', '\t'] as const;
export type Separator = (typeof SEPARATORS)[number];

/** An empty quoted cell, which is an empty string. An empty cell without quotes is an absent field. */
export const EMPTY_TEXT = Symbol('empty text');
export type Cell = string | typeof EMPTY_TEXT;

/** Parses bytes into rows of cells. Returns null when they are not valid CSV. */
export function cellsOf(bytes: Buffer, separator: Separator): Cell[][] | null {
  // Distinguishing quoted empty cells makes the parser twenty times slower, and few files contain any.
  return read(bytes, separator, bytes.includes('""') ? { cast: castQuotedEmpty } : {}) as Cell[][] | null;
}

/** Parses bytes into rows that contain, for each cell, whether it is quoted. */
export function quotesOf(bytes: Buffer, separator: Separator): boolean[][] {
  return (read(bytes, separator, { cast: isQuoted }) ?? []) as boolean[][]; // what the cast makes
}

const castQuotedEmpty: CastingFunction = (cell, { quoting }) => (quoting && cell === '' ? EMPTY_TEXT : cell);
const isQuoted: CastingFunction = (_, { quoting }) => quoting;

/** Parses rows as arrays of cells. `cast` converts each cell. */
function read(bytes: Buffer, separator: Separator, cast: { cast?: CastingFunction }): unknown[][] | null {
  try {
    const options = { delimiter: separator, record_delimiter: ['\r\n', '\n'], relax_column_count: true, ...cast };
    return parse(bytes, options) as unknown[][]; // rows of cells
  } catch {
    // The parser's message is dropped: its line numbers refer to these bytes, not to the file.
    return null;
  }
}
