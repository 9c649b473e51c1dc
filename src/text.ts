import { InvalidInputError } from './errors.js';

/** Problems of this kind that one answer names; a body could hold thousands. */
const MAX_ILL_FORMED_NAMED = 100;

/** More levels than any input has. What lies deeper is refused for that, by those who read it. */
const MAX_LEVELS = 32;

const ILL_FORMED = 'This is no Unicode text: half of a surrogate pair stands alone in it. Send whole characters.';

/** A text that is no Unicode, by its place in what was given. */
export interface IllFormedText {
  /** Names and positions from the outside in; a key that is ill-formed itself has U+FFFD in its place. */
  readonly path: readonly string[];
  readonly message: string;
}

/**
 * Every text and every key in a value that is no Unicode: that has a lone surrogate (The Unicode Standard, D84 and
 * D85), as JSON can escape one. No encoding can write it, so it would be stored as another text than was sent.
 */
export function illFormedTexts(value: unknown): IllFormedText[] {
  const found: IllFormedText[] = [];
  collectIllFormed(value, [], found);
  return found;
}

function collectIllFormed(value: unknown, path: readonly string[], found: IllFormedText[]): void {
  if (found.length >= MAX_ILL_FORMED_NAMED) return;
  if (typeof value === 'string') {
    if (!value.isWellFormed()) found.push({ path, message: ILL_FORMED });
    return;
  }
  if (typeof value !== 'object' || value === null || path.length >= MAX_LEVELS) return;
  for (const [key, part] of Object.entries(value)) {
    const place = [...path, key.toWellFormed()];
    if (key.isWellFormed()) collectIllFormed(part, place, found);
    else found.push({ path: place, message: ILL_FORMED });
  }
}

/**
 * Complains of texts and keys of an input that are no Unicode, in the place of what else was said of the same ones:
 * what they were meant to be is not known.
 */
export function checkUnicode(input: object, problems: InvalidInputError[]): void {
  const found = illFormedTexts(input);
  if (found.length === 0) return;
  const places = new Set(found.map(({ path }) => JSON.stringify(path)));
  const others = problems.filter(({ path }) => !places.has(JSON.stringify(path)));
  const complaints = found.map(({ path, message }) => new InvalidInputError('INVALID_INPUT', message, path));
  problems.splice(0, problems.length, ...others, ...complaints);
}

/** The text in these bytes, without a byte order mark; null when they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return UTF_8.decode(bytes);
  } catch {
    // A TypeError is how it says no; without `fatal` it would put U+FFFD in the place of what it cannot read.
    return null;
  }
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The normal form of a language tag (BCP 47, RFC 5646, 4.5), which locales are stored and compared in: `en-US` for
 * `en-us`, and for `en_US` as POSIX and Java write it. Null when the text is none.
 */
export function normalizeLocale(text: string): string | null {
  try {
    return Intl.getCanonicalLocales(text.replaceAll('_', '-'))[0] ?? null;
  } catch {
    // A RangeError is how Intl says no.
    return null;
  }
}

/** No limit of names is published; a named one keeps a row and an answer bounded. Counted in UTF-16 units. */
export const MAX_NAME_LENGTH = 255;

/** Longest address that is taken, in UTF-16 units. */
export const MAX_URL_LENGTH = 2_048;

/** WorkOS contract, section 1: OpenAPI `maxLength` and `pattern` of `external_id`. */
export const MAX_EXTERNAL_ID_LENGTH = 128;

/** Complains when `value` is longer than a name may be. */
export function checkName(field: string, value: string | null | undefined, problems: InvalidInputError[]): void {
  if (value == null || value.length <= MAX_NAME_LENGTH) return;
  const message = `${field} has at most ${MAX_NAME_LENGTH} characters; this one has ${value.length}.`;
  problems.push(new InvalidInputError('INVALID_INPUT', message, [field]));
}

/** Complains when a name that has to be there is blank or too long. */
export function checkRequiredName(field: string, value: string, problems: InvalidInputError[]): void {
  if (value.trim() === '') problems.push(new InvalidInputError('INVALID_INPUT', `${field} is not empty.`, [field]));
  checkName(field, value, problems);
}

/** Complains when `value` is not a possible external id: 1 to 128 ASCII characters. */
export function checkExternalId(value: string | null | undefined, problems: InvalidInputError[]): void {
  if (value == null) return;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the contract's own pattern allows all of ASCII.
  if (value.length >= 1 && value.length <= MAX_EXTERNAL_ID_LENGTH && /^[\x00-\x7f]+$/.test(value)) return;
  const message = `An external id has 1 to ${MAX_EXTERNAL_ID_LENGTH} ASCII characters.`;
  problems.push(new InvalidInputError('INVALID_EXTERNAL_ID', message, ['externalId']));
}

/**
 * The form texts are compared and ordered in: letter case is ignored, and how accents are put together. Some letters have
 * their accent in one sign in lower case only, e.g. h with a line below, so they are put together after that too.
 */
export function normalizeText(text: string): string {
  return text.normalize('NFC').toLowerCase().normalize('NFC');
}
