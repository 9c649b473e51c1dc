import iconv from 'iconv-lite';
import { UnusableFileError } from './row.js';

/** Supported encodings of CSV files. NDJSON is always UTF-8 (RFC 8259, 8.1). */
export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Display names. */
const NAMES: Record<Encoding, string> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16',
  'windows-1252': 'Windows-1252',
};

const MARKS: readonly (readonly [Encoding, Buffer])[] = [
  ['utf-8', Buffer.from([0xef, 0xbb, 0xbf])],
  ['utf-16le', Buffer.from([0xff, 0xfe])],
  ['utf-16be', Buffer.from([0xfe, 0xff])],
];

/** Length of the longest byte order mark in bytes. */
export const MARK_LENGTH = 3;

/** U+FFFD, the replacement character, which decoders write for invalid bytes. */
const REPLACEMENT = Buffer.from('\ufffd');

/** Bytes that Windows-1252 does not define. */
const UNDEFINED_BYTES = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

/**
 * Returns the encoding of a file: that of its byte order mark, or else `named`, or else UTF-8. Other encodings are not
 * guessed, because the same bytes are valid text in several single-byte encodings.
 *
 * @throws {UnusableFileError} when the byte order mark contradicts `named`
 */
export function encodingOf(beginning: Buffer, named: Encoding | null): Encoding {
  const marked = MARKS.find(([, mark]) => beginning.subarray(0, mark.length).equals(mark))?.[0];
  if (marked !== undefined && named !== null && marked !== named) {
    throw new UnusableFileError(`The file begins with the byte order mark of ${marked}: leave --encoding out.`);
  }
  return marked ?? named ?? 'utf-8';
}

/** Returns the number of bytes of an ASCII character. */
export function unitOf(encoding: Encoding): 1 | 2 {
  return encoding === 'utf-16le' || encoding === 'utf-16be' ? 2 : 1;
}

/** Converts bytes to UTF-8. `isMalformed` is true when they are not valid in `encoding`; see `encodingProblemOf`. */
export function toUtf8(bytes: Buffer, encoding: Encoding): { readonly bytes: Buffer; readonly isMalformed: boolean } {
  if (encoding === 'utf-8') return { bytes, isMalformed: false };
  if (encoding === 'windows-1252') {
    const isMalformed = UNDEFINED_BYTES.some((byte) => bytes.includes(byte));
    // TextDecoder of Node 20 decodes Windows-1252 as Latin-1.
    return { bytes: Buffer.from(iconv.decode(bytes, encoding)), isMalformed };
  }
  try {
    const text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
    return { bytes: Buffer.from(text), isMalformed: false };
  } catch {
    return { bytes: Buffer.from(new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes)), isMalformed: true };
  }
}

/** Returns the message for a line with invalid bytes. */
export function encodingProblemOf(line: number, bytes: Buffer, encoding: Encoding): string {
  const not = `Line ${line} is not ${NAMES[encoding]}`;
  const save = 'Save the file as "CSV UTF-8"';
  if (encoding !== 'utf-8') return `${not}: it contains invalid bytes. ${save}, or specify --encoding.`;
  const wrong = bytes[firstWrong(bytes)] ?? 0;
  const byte = `0x${wrong.toString(16).toUpperCase().padStart(2, '0')}`;
  return `${not}: the byte ${byte} is invalid. ${save}, or specify its encoding, e.g. --encoding windows-1252.`;
}

/** Returns the offset of the first bytes that are not UTF-8. */
function firstWrong(bytes: Buffer): number {
  const text = bytes.toString('utf8');
  for (let at = text.indexOf('\ufffd'); at !== -1; at = text.indexOf('\ufffd', at + 1)) {
    // All text before it is unchanged, so the offset is correct. The text itself can contain U+FFFD.
    const offset = Buffer.byteLength(text.slice(0, at));
    if (!bytes.subarray(offset, offset + 3).equals(REPLACEMENT)) return offset;
  }
  return bytes.length;
}
