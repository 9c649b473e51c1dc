import { isUtf8 } from 'node:buffer';
import { type Line, withoutLineEnd } from './lines.js';
import { type Row, type RowReader, tooLong, unreadable } from './row.js';

/** Reads NDJSON: one JSON object per line. Blank lines are ignored. */
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
    // The parser's message is dropped: it quotes part of the text, which can contain a password hash.
    return unreadable(line, 'The line is not JSON.', text);
  }
}
