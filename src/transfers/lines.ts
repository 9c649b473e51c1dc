/** Longest row of a file, without its line end: a row of every field at its limit has a tenth of that. */
export const MAX_ROW_BYTES = 1_048_576;

const LF = 10;
const CR = 13;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** Where in a file something begins. */
export interface Position {
  /** Bytes before it. */
  readonly offset: number;
  /** 1 for the first line. */
  readonly line: number;
}

export const START: Position = { offset: 0, line: 1 };

/** One line, as it stands in the file. */
export interface Line {
  readonly start: Position;
  /** Where the next line begins. */
  readonly end: Position;
  /** With its line end, so that lines can be put together again; nothing when the line is too long. */
  readonly bytes: Buffer;
  readonly isTooLong: boolean;
}

/**
 * Cuts a stream of bytes into lines, as many at a time as have arrived. Lines end with LF or CRLF; the last needs no
 * end. A byte order mark is left out. Never holds more than a chunk and the longest row.
 *
 * @param from where in the file the bytes begin
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>, from: Position): AsyncGenerator<Line[]> {
  const cutter = new Cutter(from);
  for await (const chunk of chunks) {
    const lines = cutter.cut(chunk);
    if (lines.length > 0) yield lines;
  }
  const last = cutter.rest();
  if (last) yield [last];
}

class Cutter {
  #position: Position;
  /** Parts of a line whose end has not arrived; not kept when there are too many. */
  #parts: Buffer[] = [];
  #length = 0;

  constructor(from: Position) {
    this.#position = from;
  }

  cut(chunk: Buffer): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, start)) {
      this.#take(chunk.subarray(start, at + 1));
      lines.push(this.#line());
      start = at + 1;
    }
    this.#take(chunk.subarray(start));
    return lines;
  }

  /** What stands behind the last line end. */
  rest(): Line | null {
    return this.#length === 0 ? null : this.#line();
  }

  #take(part: Buffer): void {
    if (part.length === 0) return;
    this.#length += part.length;
    // A CRLF and a byte order mark may come on top.
    if (this.#length > MAX_ROW_BYTES + 2 + BOM.length) this.#parts = [];
    else this.#parts.push(part);
  }

  #line(): Line {
    const start = this.#position;
    const end = { offset: start.offset + this.#length, line: start.line + 1 };
    const isKept = this.#length <= MAX_ROW_BYTES + 2 + BOM.length;
    let bytes = isKept ? joined(this.#parts) : Buffer.alloc(0);
    if (start.offset === 0 && bytes.subarray(0, BOM.length).equals(BOM)) bytes = bytes.subarray(BOM.length);
    const isTooLong = !isKept || withoutLineEnd(bytes).length > MAX_ROW_BYTES;
    this.#parts = [];
    this.#length = 0;
    this.#position = end;
    return { start, end, bytes: isTooLong ? Buffer.alloc(0) : bytes, isTooLong };
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
