import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createCsvReader, headLength, readColumns } from './csv-reader.js';
import { MAX_BATCH_BYTES, MAX_BATCH_ROWS } from './import-run.js';
import { type Line, linesOf, MAX_ROW_BYTES, type Position, START } from './lines.js';
import { createNdjsonReader } from './ndjson-reader.js';
import type { Row, RowReader, TransferFormat } from './row.js';

/** Rows that are written together, and where the row behind them begins. */
export interface Batch {
  readonly rows: readonly Row[];
  readonly position: Position;
}

/** Larger reads than Node's default: a quarter of the turns of the event loop. */
const CHUNK_BYTES = 262_144;

/** SHA-256 of a file in hex. */
export async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) hash.update(chunk);
  return hash.digest('hex');
}

/**
 * The rows of a file, in batches.
 *
 * @param from where the first wanted row begins; null for the first of the file
 * @throws {UnusableFileError} when a CSV file does not begin with the names of its columns
 */
export async function* batchesOf(file: string, format: TransferFormat, from: Position | null): AsyncGenerator<Batch> {
  const open = (start: number) => createReadStream(file, { start, highWaterMark: CHUNK_BYTES });
  if (from === null) {
    yield* batchesIn(open(0), format);
    return;
  }
  const reader = format === 'csv' ? createCsvReader(await columnsOf(open(0))) : createNdjsonReader();
  yield* collect(rowsOf(linesOf(open(from.offset), from), reader));
}

/** The rows of a stream from its beginning, in batches. @throws {UnusableFileError} as `batchesOf` */
export async function* batchesIn(chunks: AsyncIterable<Buffer>, format: TransferFormat): AsyncGenerator<Batch> {
  const lines = linesOf(chunks, START);
  if (format === 'ndjson') {
    yield* collect(rowsOf(lines, createNdjsonReader()));
    return;
  }
  const { columns, rest } = await headOf(lines);
  yield* collect(rowsOf(following(rest, lines), createCsvReader(columns)));
}

async function columnsOf(chunks: AsyncIterable<Buffer>): Promise<string[]> {
  return (await headOf(linesOf(chunks, START))).columns;
}

/** The names of the columns, which may have line ends in quotes, and what was read with them. */
async function headOf(lines: AsyncGenerator<Line[]>): Promise<{ columns: string[]; rest: Line[] }> {
  const read: Line[] = [];
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    read.push(...next.value);
    const length = headLength(read);
    if (length !== null) return { columns: readColumns(read.slice(0, length)), rest: read.slice(length) };
    if ((read.at(-1)?.end.offset ?? 0) > MAX_ROW_BYTES) break;
  }
  return { columns: read.length === 0 ? [] : readColumns(read), rest: [] };
}

async function* following(first: Line[], rest: AsyncIterable<Line[]>): AsyncGenerator<Line[]> {
  yield first;
  yield* rest;
}

async function* rowsOf(lines: AsyncIterable<Line[]>, reader: RowReader): AsyncGenerator<Row[]> {
  for await (const some of lines) yield reader.read(some);
  yield reader.end();
}

async function* collect(rows: AsyncIterable<Row[]>): AsyncGenerator<Batch> {
  let batch: Row[] = [];
  let bytes = 0;
  for await (const some of rows) {
    for (const row of some) {
      batch.push(row);
      bytes += row.size;
      if (batch.length < MAX_BATCH_ROWS && bytes < MAX_BATCH_BYTES) continue;
      yield { rows: batch, position: row.end };
      batch = [];
      bytes = 0;
    }
  }
  const last = batch.at(-1);
  if (last) yield { rows: batch, position: last.end };
}
