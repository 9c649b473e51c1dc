import { type Encoding, toUtf8, unitOf } from './encoding.js';

/** Maximum length of a row in UTF-8 bytes, without line break: ten times a row with every field at its limit. */
export const MAX_ROW_BYTES = 1_048_576;

const LF = 10;
const CR = 13;
const LINE_ENDS: Record<Encoding, Buffer> = {
  'utf-8': Buffer.from([LF]),
  'utf-16le': Buffer.from([LF, 0]),
  'utf-16be': Buffer.from([0, LF]),
  'windows-1252': Buffer.from([LF]),
};
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** A position in a file. */
export interface Position {
  /** Offset in bytes. */
  readonly offset: number;
  /** Line number, from 1. */
  readonly line: number;
}

export const START: Position = { offset: 0, line: 1 };

/** A line, converted to UTF-8. Its positions refer to the file. */
export interface Line {
  readonly start: Position;
  /** Where the next line begins. */
  readonly end: Position;
  /** Bytes including the line break, so that lines can be concatenated; empty when the line is too long. */
  readonly bytes: Buffer;
  readonly isTooLong: boolean;
  /** Whether the line is invalid in an encoding other than UTF-8. For UTF-8, readers validate `bytes` themselves. */
  readonly isMalformed: boolean;
}

/**
 * Splits a stream of bytes into lines and yields all complete lines of each chunk. Lines end with LF or CRLF; the last
 * line break is optional. A byte order mark is removed. Buffers at most one chunk and one row of maximum length.
 *
 * @param from position of the first byte in the file
 */
export async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  from: Position,
  encoding: Encoding = 'utf-8',
): AsyncGenerator<Line[]> {
  const cutter = new Cutter(from, encoding);
  for await (const chunk of chunks) {
    const lines = cutter.cut(chunk);
    if (lines.length > 0) yield lines;
  }
  const last = cutter.rest();
  if (last) yield [last];
}

class Cutter {
  readonly #encoding: Encoding;
  readonly #lineEnd: Buffer;
  /** Maximum number of buffered bytes of a line, including CRLF and byte order mark. */
  readonly #most: number;
  #position: Position;
  /** The first byte of a UTF-16 code unit that is split between chunks. */
  #half: Buffer = Buffer.alloc(0);
  /** Parts of an incomplete line. They are discarded when the line is too long. */
  #parts: Buffer[] = [];
  #length = 0;

  constructor(from: Position, encoding: Encoding) {
    this.#position = from;
    this.#encoding = encoding;
    this.#lineEnd = LINE_ENDS[encoding];
    this.#most = (MAX_ROW_BYTES + 2 + BOM.length) * unitOf(encoding);
  }

  cut(chunk: Buffer): Line[] {
    const whole = this.#aligned(chunk);
    const lines: Line[] = [];
    let start = 0;
    for (let end = this.#endOfLine(whole, 0); end !== -1; end = this.#endOfLine(whole, start)) {
      this.#take(whole.subarray(start, end));
      lines.push(this.#line());
      start = end;
    }
    this.#take(whole.subarray(start));
    return lines;
  }

  /** Returns the text after the last line break, or null when there is none. */
  rest(): Line | null {
    this.#take(this.#half);
    return this.#length === 0 ? null : this.#line();
  }

  /** Prepends the byte left over from the previous chunk and returns complete code units only. */
  #aligned(chunk: Buffer): Buffer {
    if (unitOf(this.#encoding) === 1) return chunk;
    const whole = this.#half.length === 0 ? chunk : Buffer.concat([this.#half, chunk]);
    const length = whole.length - (whole.length % 2);
    this.#half = whole.subarray(length);
    return whole.subarray(0, length);
  }

  #endOfLine(bytes: Buffer, from: number): number {
    const unit = this.#lineEnd.length;
    let at = bytes.indexOf(this.#lineEnd, from);
    // An unaligned match spans two code units and is not a line break.
    while (at % unit > 0) at = bytes.indexOf(this.#lineEnd, at + 1);
    return at === -1 ? -1 : at + unit;
  }

  #take(part: Buffer): void {
    if (part.length === 0) return;
    this.#length += part.length;
    if (this.#length > this.#most) this.#parts = [];
    else this.#parts.push(part);
  }

  #line(): Line {
    const start = this.#position;
    const end = { offset: start.offset + this.#length, line: start.line + 1 };
    const isKept = this.#length <= this.#most;
    let { bytes, isMalformed } = toUtf8(isKept ? joined(this.#parts) : Buffer.alloc(0), this.#encoding);
    if (start.offset === 0 && bytes.subarray(0, BOM.length).equals(BOM)) bytes = bytes.subarray(BOM.length);
    const isTooLong = !isKept || withoutLineEnd(bytes).length > MAX_ROW_BYTES;
    this.#parts = [];
    this.#length = 0;
    this.#position = end;
    return { start, end, bytes: isTooLong ? Buffer.alloc(0) : bytes, isTooLong, isMalformed };
  }
}

export function withoutLineEnd(bytes: Buffer): Buffer {
  if (bytes.at(-1) !== LF) return bytes;
  return bytes.subarray(0, bytes.at(-2) === CR ? -2 : -1);
}

function joined(parts: readonly Buffer[]): Buffer {
  const [first, second] = parts;
  return first !== undefined && second === undefined ? first : Buffer.concat(parts);
}
