import { emailSpellingsOf, type User } from './user.js';

/** Only so much of a search text is looked at, in UTF-16 units; the rest is cut off, for no search is too long. */
export const MAX_SEARCH_LENGTH = 200;

/** Only so many words of a search text count, the first ones; a pair of signs counts where there are no blanks. */
export const MAX_SEARCH_WORDS = 8;

/** Marks that sit on Latin, Greek and Cyrillic letters; those of other scripts are vowels and stay. */
const DIACRITICS = /[\u0300-\u036f]/g;

/** Letters with a stroke, and joined letters, that Unicode does not take apart. */
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

/** Scripts that put no blanks between words: those of line breaking classes ID, H2, H3, CJ and SA (UAX #14). */
const UNSPACED = [
  ...['Han', 'Hiragana', 'Katakana', 'Hangul', 'Bopomofo', 'Yi'],
  ...['Thai', 'Lao', 'Khmer', 'Myanmar', 'Tai_Le', 'New_Tai_Lue', 'Tai_Tham', 'Tai_Viet', 'Ahom'],
]
  .map((script) => `\\p{scx=${script}}`)
  .join('');
const RUNS = new RegExp(`[${UNSPACED}]+|[^${UNSPACED}]+`, 'gu');
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, 'u');

/** What a reader takes for one sign: the parts of a Hangul syllable, or a letter with the marks on it. */
const SIGNS = /[\u1100-\u115f\ua960-\ua97f]*[\u1160-\u11ff\ud7b0-\ud7ff]+|\P{M}\p{M}*|\p{M}+/gu;

/** A text in lower case, without diacritics and variants of signs, in parts that are written in one way. */
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

/** Each two neighbours of a text without blanks; a single sign by itself. */
function pairsOf(signs: readonly string[]): readonly string[] {
  return signs.length < 2 ? signs : signs.slice(1).map((sign, index) => `${signs[index]}${sign}`);
}

/**
 * The words of a text, each once, in lower case and without diacritics: everything but letters and digits parts them.
 * Where a script has no blanks, words are the pairs of neighbouring signs, and the last sign by itself: every part of the
 * text is then found by its pairs, and every sign as the beginning of a word.
 */
export function wordsOf(text: string): string[] {
  return unique(text, (signs) => [...pairsOf(signs), ...signs.slice(-1)]);
}

/** The beginnings of words that a search for this text asks for, each once. */
export function wantedOf(text: string): string[] {
  return unique(text, pairsOf);
}

function unique(text: string, toWords: (signs: readonly string[]) => readonly string[]): string[] {
  const words = partsOf(text).flatMap((part) => (IS_UNSPACED.test(part) ? toWords(part.match(SIGNS) ?? []) : [part]));
  return [...new Set(words)];
}

/** What a search looks for: users who have a word beginning with each of these. None of them: nobody is found. */
export interface Search {
  readonly words: readonly string[];
}

/** Reads a search text; null when it is blank, which is no search. Whatever Unicode text it is, it is no error. */
export function parseSearch(text: string | null | undefined): Search | null {
  const looked = (text ?? '').slice(0, MAX_SEARCH_LENGTH);
  if (looked.trim() === '') return null;
  return { words: wantedOf(looked).slice(0, MAX_SEARCH_WORDS) };
}

/** Whether a search finds this text. */
export function isFound(search: Search, text: string): boolean {
  const words = wordsOf(text);
  return search.words.every((beginning) => words.some((word) => word.startsWith(beginning)));
}

/**
 * All environments share one index, for an index of its own would cost each dozens of pages. The wall is in the words:
 * each begins with the number of its environment, so a search of one environment reads no entry of another.
 *
 * A user's entry has the number `environment * SPACE + n`, and n counts the users of the environment as they were
 * written: numbers are in the order of creation, and one environment learns nothing from its own of another's.
 */
export const SPACE = 2 ** 33;

/** Width of an environment's number in front of its words, in base 36: all are of one length, so no two run together. */
const MARK_LENGTH = 4;

/** What words of this environment begin with in the index. */
export function markOf(space: number): string {
  return space.toString(36).padStart(MARK_LENGTH, '0');
}

/** What a search looks in. A name in a script without blanks is also written in one, the family name first. */
export function searchableText(user: Pick<User, 'email' | 'firstName' | 'lastName' | 'name' | 'externalId'>): string {
  const { firstName, lastName, name, email, externalId } = user;
  const isJoined = IS_UNSPACED.test(firstName ?? '') && IS_UNSPACED.test(lastName ?? '');
  const joined = isJoined ? `${lastName}${firstName}` : null;
  const parts = [firstName, lastName, joined, name, ...emailSpellingsOf(email), externalId];
  return parts.filter((part) => part !== null).join(' ');
}

/** The content of the entry with this number. */
export function entryOf(number: number, text: string): string {
  const mark = markOf(Math.floor(number / SPACE));
  return wordsOf(text)
    .map((word) => mark + word)
    .join(' ');
}
