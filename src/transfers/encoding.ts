import iconv from 'iconv-lite';
import { UnusableFileError } from './row.js';

/** How the text of a CSV file may be written in bytes. NDJSON is always UTF-8 (RFC 8259, 8.1). */
export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Names for people. */
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

/** Bytes of the longest byte order mark. */
export const MARK_LENGTH = 3;

/** U+FFFD, which decoders put in the place of what is no sign. */
const REPLACEMENT = Buffer.from('\ufffd');

/** What Windows-1252 has no sign for. */
const NO_SIGNS = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

/**
 * The encoding of a file that begins with these bytes: that of its byte order mark, else the one that was named, else
 * UTF-8. Without a mark nothing else is guessed: the same bytes are other letters in each encoding of one byte a sign.
 *
 * @throws {UnusableFileError} when its mark is that of another encoding than was named
 */
export function encodingOf(beginning: Buffer, named: Encoding | null): Encoding {
  const marked = MARKS.find(([, mark]) => beginning.subarray(0, mark.length).equals(mark))?.[0];
  if (marked !== undefined && named !== null && marked !== named) {
    throw new UnusableFileError(`The file begins with the byte order mark of ${marked}: leave --encoding out.`);
  }
  return marked ?? named ?? 'utf-8';
}

/** How many bytes a sign of ASCII has. */
export function unitOf(encoding: Encoding): 1 | 2 {
  return encoding === 'utf-16le' || encoding === 'utf-16be' ? 2 : 1;
}

/** The bytes in UTF-8, and whether they were well-formed; those that were not are told by `faultOf`. */
export function toUtf8(bytes: Buffer, encoding: Encoding): { readonly bytes: Buffer; readonly isMalformed: boolean } {
  if (encoding === 'utf-8') return { bytes, isMalformed: false };
  if (encoding === 'windows-1252') {
    const isMalformed = NO_SIGNS.some((byte) => bytes.includes(byte));
    // Not TextDecoder: that of Node 20 takes Windows-1252 for Latin-1.
    return { bytes: Buffer.from(iconv.decode(bytes, encoding)), isMalformed };
  }
  try {
    const text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
    return { bytes: Buffer.from(text), isMalformed: false };
  } catch {
    return { bytes: Buffer.from(new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes)), isMalformed: true };
  }
}

/** What is wrong with the bytes of a line, and what to do. */
export function faultOf(line: number, bytes: Buffer, encoding: Encoding): string {
  const not = `Line ${line} is not ${NAMES[encoding]}`;
  const save = 'Save the file as "CSV UTF-8"';
  if (encoding !== 'utf-8') return `${not}: it has bytes that are no sign there. ${save}, or name its encoding.`;
  const wrong = bytes[firstWrong(bytes)] ?? 0;
  const byte = `0x${wrong.toString(16).toUpperCase().padStart(2, '0')}`;
  return `${not}: the byte ${byte} is no sign there. ${save}, or name its encoding: --encoding windows-1252, for one.`;
}

/** Where the first bytes stand that are not UTF-8. */
function firstWrong(bytes: Buffer): number {
  const text = bytes.toString('utf8');
  for (let at = text.indexOf('\ufffd'); at !== -1; at = text.indexOf('\ufffd', at + 1)) {
    // All before it is as it was, so this is its place. The sign itself may stand there.
    const offset = Buffer.byteLength(text.slice(0, at));
    if (!bytes.subarray(offset, offset + 3).equals(REPLACEMENT)) return offset;
  }
  return bytes.length;
}
