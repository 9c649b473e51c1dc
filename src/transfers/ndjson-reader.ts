import { isUtf8 } from 'node:buffer';
import { type Line, withoutLineEnd } from './lines.js';
import { type Row, type RowReader, tooLong, unreadable } from './row.js';

/** One JSON object a line; blank lines are passed over. */
export function createNdjsonReader(): RowReader {
  return { read: (lines) => lines.map(toRow).filter((row) => row !== null), end: () => [] };
}

function toRow(line: Line): Row | null {
  if (line.isTooLong) return tooLong(line);
  const bytes = withoutLineEnd(line.bytes);
  const text = bytes.toString('utf8');
  if (!isUtf8(bytes)) return unreadable(line, 'The line is not UTF-8.', text);
  if (text.trim() === '') return null;
  try {
    return { line: line.start.line, end: line.end, size: line.bytes.length, value: JSON.parse(text) };
  } catch {
    // What is wrong with JSON the parser tells with a piece of it, and a hash may stand there.
    return unreadable(line, 'The line is not JSON.', text);
  }
}
