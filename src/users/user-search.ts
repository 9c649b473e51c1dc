import { emailSpellingsOf, type User } from './user.js';

/** Only so much of a search text is looked at, in UTF-16 units; the rest is cut off, for no search is too long. */
export const MAX_SEARCH_LENGTH = 200;

/** Only so many words of a search text count, the first ones. */
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

/** The words of a text, each once, in lower case and without diacritics: everything but letters and digits parts them. */
export function wordsOf(text: string): string[] {
  const folded = text
    .normalize('NFKD')
    .toLowerCase()
    .normalize('NFKD')
    .replace(DIACRITICS, '')
    .replace(/[ßæœøđðħıłþŧ]/g, (letter) => PLAIN[letter] ?? letter);
  return [...new Set(folded.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [])];
}

/** What a search looks for: users who have a word beginning with each of these. None of them: nobody is found. */
export interface Search {
  readonly words: readonly string[];
}

/** Reads a search text; null when it is blank, which is no search. Whatever Unicode text it is, it is no error. */
export function parseSearch(text: string | null | undefined): Search | null {
  const looked = (text ?? '').slice(0, MAX_SEARCH_LENGTH);
  if (looked.trim() === '') return null;
  return { words: wordsOf(looked).slice(0, MAX_SEARCH_WORDS) };
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

/** What a search looks in. */
export function searchableText(user: Pick<User, 'email' | 'firstName' | 'lastName' | 'name' | 'externalId'>): string {
  const { firstName, lastName, name, email, externalId } = user;
  return [firstName, lastName, name, ...emailSpellingsOf(email), externalId].filter((part) => part !== null).join(' ');
}

/** The content of the entry with this number. */
export function entryOf(number: number, text: string): string {
  const mark = markOf(Math.floor(number / SPACE));
  return wordsOf(text)
    .map((word) => mark + word)
    .join(' ');
}
