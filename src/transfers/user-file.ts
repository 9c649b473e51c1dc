import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type CsvHead, readHead } from './csv-head.js';
import { createCsvReader, headLength } from './csv-reader.js';
import { type Encoding, encodingOf, MARK_LENGTH } from './encoding.js';
import { MAX_BATCH_BYTES, MAX_BATCH_ROWS } from './import-run.js';
import { type Line, linesOf, MAX_ROW_BYTES, type Position, START } from './lines.js';
import { createNdjsonReader } from './ndjson-reader.js';
import type { Row, RowReader, TransferFormat } from './row.js';

/** Rows that are written in one transaction, and the position of the next row. */
export interface Batch {
  readonly rows: readonly Row[];
  readonly position: Position;
}

/** Read size. Larger than Node's default, to reduce the number of event loop turns to a quarter. */
const CHUNK_BYTES = 262_144;

/** Returns the SHA-256 of a file in hexadecimal. */
export async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) hash.update(chunk);
  return hash.digest('hex');
}

/**
 * Reads the rows of a file in batches.
 *
 * @param from position of the first row to read; null for the beginning of the file
 * @param encoding encoding of a CSV file, if it was specified
 * @throws {UnusableFileError} when a CSV file does not begin with a valid header row
 */
export async function* batchesOf(
  file: string,
  format: TransferFormat,
  from: Position | null,
  encoding: Encoding | null,
): AsyncGenerator<Batch> {
  const open = (start: number) => createReadStream(file, { start, highWaterMark: CHUNK_BYTES });
  if (from === null) {
    yield* batchesIn(open(0), format, encoding);
  } else if (format === 'ndjson') {
    yield* collect(rowsOf(linesOf(open(from.offset), from), createNdjsonReader()));
  } else {
    const { head } = await headOf(open(0), encoding);
    yield* collect(rowsOf(linesOf(open(from.offset), from, head.encoding), createCsvReader(head)));
  }
}

/** Reads the rows of a stream from its beginning, in batches. @throws {UnusableFileError} like `batchesOf` */
export async function* batchesIn(
  chunks: AsyncIterable<Buffer>,
  format: TransferFormat,
  encoding: Encoding | null = null,
): AsyncGenerator<Batch> {
  if (format === 'ndjson') {
    yield* collect(rowsOf(linesOf(chunks, START), createNdjsonReader()));
    return;
  }
  const { head, lines } = await headOf(chunks, encoding);
  yield* collect(rowsOf(lines, createCsvReader(head)));
}

/** Reads the header row, which can contain quoted line breaks. `lines` are the lines after it. */
async function headOf(
  chunks: AsyncIterable<Buffer>,
  named: Encoding | null,
): Promise<{ head: CsvHead; lines: AsyncIterable<Line[]> }> {
  const { first, all } = await beginningOf(chunks);
  const encoding = encodingOf(first, named);
  const lines = linesOf(all, START, encoding);
  const read: Line[] = [];
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    read.push(...next.value);
    const length = headLength(read);
    if (length !== null) {
      return { head: readHead(read.slice(0, length), encoding), lines: following(read.slice(length), lines) };
    }
    if ((read.at(-1)?.end.offset ?? 0) > MAX_ROW_BYTES) break;
  }
  if (read.length > 0) return { head: readHead(read, encoding), lines };
  return { head: { columns: [], separator: ',', isGuarded: false, encoding }, lines };
}

/** Returns the first bytes of a stream, enough to contain a byte order mark, and the complete stream. */
async function beginningOf(chunks: AsyncIterable<Buffer>): Promise<{ first: Buffer; all: AsyncIterable<Buffer> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  let first: Buffer = Buffer.alloc(0);
  while (first.length < MARK_LENGTH) {
    const next = await iterator.next();
    if (next.done) break;
    first = Buffer.concat([first, next.value]);
  }
  return { first, all: following(first, { [Symbol.asyncIterator]: () => iterator }) };
}

async function* following<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T> {
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
