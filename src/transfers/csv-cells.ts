import { type CastingFunction, parse } from 'csv-parse/sync';

/** What parts the cells of a row: RFC 4180 has a comma; spreadsheets write one of the others, too. */
export const SEPARATORS = [',', ';', '\t'] as const;
export type Separator = (typeof SEPARATORS)[number];

/** Stands for an empty cell in quotes, which is an empty text; one without is left out. */
export const EMPTY_TEXT = Symbol('empty text');
export type Cell = string | typeof EMPTY_TEXT;

/** The cells of each row in these bytes; null when they are not rows. */
export function cellsOf(bytes: Buffer, separator: Separator): Cell[][] | null {
  // Telling an empty text from an empty cell makes the parser twenty times slower, and few files need it.
  return read(bytes, separator, bytes.includes('""') ? { cast: castQuotedEmpty } : {}) as Cell[][] | null;
}

/** Of the cells of each row in these bytes, whether they are in quotes. */
export function quotesOf(bytes: Buffer, separator: Separator): boolean[][] {
  return (read(bytes, separator, { cast: isQuoted }) ?? []) as boolean[][]; // what the cast makes
}

const castQuotedEmpty: CastingFunction = (cell, { quoting }) => (quoting && cell === '' ? EMPTY_TEXT : cell);
const isQuoted: CastingFunction = (_, { quoting }) => quoting;

/** Without `columns` a row is an array of its cells, each of them what the cast makes of it. */
function read(bytes: Buffer, separator: Separator, cast: { cast?: CastingFunction }): unknown[][] | null {
  try {
    const options = { delimiter: separator, record_delimiter: ['\r\n', '\n'], relax_column_count: true, ...cast };
    return parse(bytes, options) as unknown[][]; // rows of cells
  } catch {
    // What it says names places in these bytes, not in the file.
    return null;
  }
}
