/** A hash that does not have the form of its type; the message says what was wanted, and nothing of the hash. */
export class MalformedHashError extends Error {
  override readonly name = 'MalformedHashError';
}

/** How many bytes or what numbers are taken, both ends included. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/**
 * Reads base64 strictly: the standard alphabet, padding right or left out, no bits left over. Node itself would take
 * almost anything, and two spellings of one hash would not be one text.
 *
 * @param what names the part in the complaint
 * @throws {MalformedHashError}
 */
export function decodeBase64(what: string, text: string, size: Range): Buffer {
  const bytes = Buffer.from(text, 'base64');
  const padded = bytes.toString('base64');
  if (text !== padded && text !== withoutPadding(padded)) throw new MalformedHashError(`The ${what} is not base64.`);
  return sized(what, bytes, size);
}

/** Base64 without padding, as PHC strings have it. */
export function encodeBase64(bytes: Buffer): string {
  return withoutPadding(bytes.toString('base64'));
}

/** @throws {MalformedHashError} when there are too few or too many bytes */
export function sized(what: string, bytes: Buffer, { min, max }: Range): Buffer {
  if (bytes.length >= min && bytes.length <= max) return bytes;
  const wanted = min === max ? `${min}` : `${min} to ${max}`;
  throw new MalformedHashError(`The ${what} has ${wanted} bytes; this one has ${bytes.length}.`);
}

/**
 * Reads a whole number in decimal, without sign or leading zeros.
 *
 * @throws {MalformedHashError}
 */
export function decodeNumber(what: string, text: string, { min, max }: Range): number {
  // Ten digits hold every number that any of the formats takes.
  const number = /^(?:0|[1-9]\d{0,9})$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new MalformedHashError(`The ${what} is a whole number from ${min} to ${max}.`);
}

/** @throws {MalformedHashError} naming the form when the pattern does not match; else its groups, '' where one is left out */
export function groupsOf(pattern: RegExp, text: string, form: string): string[] {
  const match = pattern.exec(text);
  if (!match) throw new MalformedHashError(`The form is ${form}.`);
  return match.slice(1).map((group) => group ?? '');
}

function withoutPadding(base64: string): string {
  return base64.replace(/=+$/, '');
}
