import { emailSpellingsOf, type User } from './user.js';

/** The number of UTF-16 code units of a search text that are used. The rest is ignored. */
export const MAX_SEARCH_LENGTH = 200;

/** The number of words of a search text that are used. In scripts without spaces, a pair of characters is a word. */
export const MAX_SEARCH_WORDS = 8;

/** Combining marks of Latin, Greek and Cyrillic letters. Marks of other scripts can be vowels and are kept. */
const DIACRITICS = /[\u0300-\u036f]/g;

/** Letters with a stroke, and ligatures, that have no decomposition in Unicode. */
const PLAIN: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ı: 'i',
  ł: 'l',
  þ: 'th',
  ŧ: 't',
};

/** Scripts without spaces between words: those of line breaking classes ID, H2, H3, CJ and SA (UAX #14). */
const UNSPACED = [
  ...['Han', 'Hiragana', 'Katakana', 'Hangul', 'Bopomofo', 'Yi'],
  ...['Thai', 'Lao', 'Khmer', 'Myanmar', 'Tai_Le', 'New_Tai_Lue', 'Tai_Tham', 'Tai_Viet', 'Ahom'],
]
  .map((script) => `\\p{scx=${script}}`)
  .join('');
const RUNS = new RegExp(`[${UNSPACED}]+|[^${UNSPACED}]+`, 'gu');
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, 'u');

/** A user-perceived character: the parts of a Hangul syllable, or a letter with its marks. */
const SIGNS = /[\u1100-\u115f\ua960-\ua97f]*[\u1160-\u11ff\ud7b0-\ud7ff]+|\P{M}\p{M}*|\p{M}+/gu;

/** Folds a text (case, diacritics, variation selectors) and splits it into runs of scripts with or without spaces. */
function partsOf(text: string): string[] {
  const folded = text
    .normalize('NFKD')
    .toLowerCase()
    .normalize('NFKD')
    .replace(DIACRITICS, '')
    .replace(/\p{Variation_Selector}/gu, '')
    .replace(/[ßæœøđðħıłþŧ]/g, (letter) => PLAIN[letter] ?? letter);
  return (folded.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).flatMap((word) => word.match(RUNS) ?? []);
}

/** The pairs of adjacent characters; a single character when there is only one. */
function pairsOf(signs: readonly string[]): readonly string[] {
  return signs.length < 2 ? signs : signs.slice(1).map((sign, index) => `${signs[index]}${sign}`);
}

/**
 * The distinct words of a text in lower case and without diacritics. Letters and digits form words; everything else
 * separates them. In scripts without spaces, the words are all pairs of adjacent characters and the last character, so
 * that a search finds every substring by its pairs, and every character as a prefix.
 */
export function wordsOf(text: string): string[] {
  return unique(text, (signs) => [...pairsOf(signs), ...signs.slice(-1)]);
}

/** The distinct word prefixes that a search for this text looks for. */
export function wantedOf(text: string): string[] {
  return unique(text, pairsOf);
}

function unique(text: string, toWords: (signs: readonly string[]) => readonly string[]): string[] {
  const words = partsOf(text).flatMap((part) => (IS_UNSPACED.test(part) ? toWords(part.match(SIGNS) ?? []) : [part]));
  return [...new Set(words)];
}

/** A search matches a user when each of these is a prefix of a word of the user. Without words it matches nobody. */
export interface Search {
  readonly words: readonly string[];
}

/** Parses a search text; null when it is blank. Every text is valid. */
export function parseSearch(text: string | null | undefined): Search | null {
  const looked = (text ?? '').slice(0, MAX_SEARCH_LENGTH);
  if (looked.trim() === '') return null;
  return { words: wantedOf(looked).slice(0, MAX_SEARCH_WORDS) };
}

/** Whether a search matches this text. */
export function isFound(search: Search, text: string): boolean {
  const words = wordsOf(text);
  return search.words.every((beginning) => words.some((word) => word.startsWith(beginning)));
}

/** The text that is indexed for search. In scripts without spaces it includes the full name, family name first. */
export function searchableText(user: Pick<User, 'email' | 'firstName' | 'lastName' | 'name' | 'externalId'>): string {
  const { firstName, lastName, name, email, externalId } = user;
  const isJoined = IS_UNSPACED.test(firstName ?? '') && IS_UNSPACED.test(lastName ?? '');
  const joined = isJoined ? `${lastName}${firstName}` : null;
  const parts = [firstName, lastName, joined, name, ...emailSpellingsOf(email), externalId];
  return parts.filter((part) => part !== null).join(' ');
}
