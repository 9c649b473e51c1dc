/** The hash does not have the format of its type. The message states the expected format and never quotes the hash. */
export class MalformedHashError extends Error {
  override readonly name = 'MalformedHashError';
}

/** An inclusive range of numbers, or of sizes in bytes. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/**
 * Decodes base64 strictly: the standard alphabet, correct or no padding, no trailing bits. Node's decoder accepts
 * almost any text.
 *
 * @param what the name of the part in error messages
 * @throws {MalformedHashError}
 */
export function decodeBase64(what: string, text: string, size: Range): Buffer {
  const bytes = Buffer.from(text, 'base64');
  const padded = bytes.toString('base64');
  if (text !== padded && text !== withoutPadding(padded)) throw new MalformedHashError(`The ${what} is not base64.`);
  return sized(what, bytes, size);
}

/** Encodes base64 without padding, as in PHC strings. */
export function encodeBase64(bytes: Buffer): string {
  return withoutPadding(bytes.toString('base64'));
}

/** @throws {MalformedHashError} when there are too few or too many bytes */
export function sized(what: string, bytes: Buffer, { min, max }: Range): Buffer {
  if (bytes.length >= min && bytes.length <= max) return bytes;
  const wanted = min === max ? `${min}` : `${min} to ${max}`;
  throw new MalformedHashError(`The ${what} must have ${wanted} bytes; this one has ${bytes.length}.`);
}

/**
 * Parses a decimal integer without sign or leading zeros.
 *
 * @throws {MalformedHashError}
 */
export function decodeNumber(what: string, text: string, { min, max }: Range): number {
  // Ten digits are enough for every number in the formats.
  const number = /^(?:0|[1-9]\d{0,9})$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new MalformedHashError(`The ${what} must be a whole number from ${min} to ${max}.`);
}

/**
 * Returns the groups of a match, '' for unmatched ones.
 *
 * @throws {MalformedHashError} when the pattern does not match
 */
export function groupsOf(pattern: RegExp, text: string, form: string): string[] {
  const match = pattern.exec(text);
  if (!match) throw new MalformedHashError(`The expected format is ${form}.`);
  return match.slice(1).map((group) => group ?? '');
}

function withoutPadding(base64: string): string {
  return base64.replace(/=+$/, '');
}
