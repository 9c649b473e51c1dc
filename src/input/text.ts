import { InvalidInputError } from '../domain/errors.js';

/** The maximum number of ill-formed strings that are reported. A body could contain thousands. */
const MAX_ILL_FORMED_NAMED = 100;

/** More levels than any valid input has. Validation rejects deeper input. */
const MAX_LEVELS = 32;

const ILL_FORMED =
  'This is not well-formed Unicode: it contains a lone surrogate. Send both halves of the surrogate pair.';
const HAS_NUL = 'The text contains the character U+0000, which cannot be stored. Remove it.';

/** Why a string cannot be stored; null when it can. */
function illnessOf(text: string): string | null {
  if (!text.isWellFormed()) return ILL_FORMED;
  return text.includes('\0') ? HAS_NUL : null;
}

/** A string that cannot be stored, and where it is. */
export interface IllFormedText {
  /** The keys and indexes that lead to the string. Lone surrogates in a key are replaced by U+FFFD. */
  readonly path: readonly string[];
  readonly message: string;
}

/**
 * Finds the strings and keys in a value that contain a lone surrogate (The Unicode Standard, D84 and D85), which JSON
 * can express by an escape: UTF-8 cannot encode it, so a different string would be stored. Also those with U+0000, which
 * no text of PostgreSQL holds (its manual, section 8.3); SQLite refuses it too, so that data can move.
 */
export function illFormedTexts(value: unknown): IllFormedText[] {
  const found: IllFormedText[] = [];
  collectIllFormed(value, [], found);
  return found;
}

function collectIllFormed(value: unknown, path: readonly string[], found: IllFormedText[]): void {
  if (found.length >= MAX_ILL_FORMED_NAMED) return;
  if (typeof value === 'string') {
    const message = illnessOf(value);
    if (message !== null) found.push({ path, message });
    return;
  }
  if (typeof value !== 'object' || value === null || path.length >= MAX_LEVELS) return;
  for (const [key, part] of Object.entries(value)) {
    const place = [...path, key.toWellFormed()];
    const message = illnessOf(key);
    if (message === null) collectIllFormed(part, place, found);
    else found.push({ path: place, message });
  }
}

/**
 * Adds a problem for each string or key of the input that is not well-formed Unicode. It replaces other problems at the
 * same path, because the intended string is unknown.
 */
export function checkUnicode(input: object, problems: InvalidInputError[]): void {
  const found = illFormedTexts(input);
  if (found.length === 0) return;
  const places = new Set(found.map(({ path }) => JSON.stringify(path)));
  const others = problems.filter(({ path }) => !places.has(JSON.stringify(path)));
  const complaints = found.map(({ path, message }) => new InvalidInputError('INVALID_INPUT', message, path));
  problems.splice(0, problems.length, ...others, ...complaints);
}

/** Decodes UTF-8 and removes a byte order mark; null when the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return UTF_8.decode(bytes);
  } catch {
    // With `fatal`, it throws a TypeError; without, it would insert U+FFFD.
    return null;
  }
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The canonical form of a language tag (RFC 5646, section 4.5), in which locales are stored and compared: `en-US` for
 * `en-us`, and for `en_US` as POSIX and Java write it. Null when the text is not a language tag.
 */
export function normalizeLocale(text: string): string | null {
  try {
    return Intl.getCanonicalLocales(text.replaceAll('_', '-'))[0] ?? null;
  } catch {
    // It throws a RangeError when the tag is invalid.
    return null;
  }
}

/** The maximum length of a name in UTF-16 code units. The contract has none; this one bounds rows and responses. */
export const MAX_NAME_LENGTH = 255;

/** The maximum length of a URL in UTF-16 code units. */
export const MAX_URL_LENGTH = 2_048;

/** WorkOS contract, section 1: OpenAPI `maxLength` and `pattern` of `external_id`. */
export const MAX_EXTERNAL_ID_LENGTH = 128;

/** Adds a problem when `value` is longer than a name may be. */
export function checkName(field: string, value: string | null | undefined, problems: InvalidInputError[]): void {
  if (value == null || value.length <= MAX_NAME_LENGTH) return;
  const message = `${field} can have at most ${MAX_NAME_LENGTH} characters; this one has ${value.length}.`;
  problems.push(new InvalidInputError('INVALID_INPUT', message, [field]));
}

/** Adds a problem when a required name is blank or too long. */
export function checkRequiredName(field: string, value: string, problems: InvalidInputError[]): void {
  if (value.trim() === '')
    problems.push(new InvalidInputError('INVALID_INPUT', `${field} must not be empty.`, [field]));
  checkName(field, value, problems);
}

/** Adds a problem when `value` is not a valid external id: 1 to 128 ASCII characters. */
export function checkExternalId(value: string | null | undefined, problems: InvalidInputError[]): void {
  if (value == null) return;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the contract's own pattern allows all of ASCII.
  if (value.length >= 1 && value.length <= MAX_EXTERNAL_ID_LENGTH && /^[\x00-\x7f]+$/.test(value)) return;
  const message = `An external id must have 1 to ${MAX_EXTERNAL_ID_LENGTH} ASCII characters.`;
  problems.push(new InvalidInputError('INVALID_EXTERNAL_ID', message, ['externalId']));
}

/**
 * The normal form in which texts are compared and ordered: lower case and NFC. It composes again at the end, because
 * some letters have a composed form in lower case only, e.g. h with a line below.
 */
export function normalizeText(text: string): string {
  return text.normalize('NFC').toLowerCase().normalize('NFC');
}
