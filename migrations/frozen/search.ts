// The rules that entries of the search index are made by, as they were at step 0015: see texts.ts.

import { emailSpellingsOf } from './texts.js';

/** The fields a search looks in. */
export interface SearchedUser {
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly name: string | null;
  readonly email: string;
  readonly externalId: string | null;
}

/** Numbers of entries that an environment has. */
export const SPACE = 2 ** 33;

/** Digits of the number of an environment, in base 36, in front of its words. */
const MARK_LENGTH = 4;

const DIACRITICS = /[\u0300-\u036f]/g;

/** Letters that Unicode does not decompose. */
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

/** Scripts without blanks between words. */
const UNSPACED = [
  ...['Han', 'Hiragana', 'Katakana', 'Hangul', 'Bopomofo', 'Yi'],
  ...['Thai', 'Lao', 'Khmer', 'Myanmar', 'Tai_Le', 'New_Tai_Lue', 'Tai_Tham', 'Tai_Viet', 'Ahom'],
]
  .map((script) => `\\p{scx=${script}}`)
  .join('');
const RUNS = new RegExp(`[${UNSPACED}]+|[^${UNSPACED}]+`, 'gu');
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, 'u');

/** The parts of a Hangul syllable, or a letter with its marks. */
const SIGNS = /[\u1100-\u115f\ua960-\ua97f]*[\u1160-\u11ff\ud7b0-\ud7ff]+|\P{M}\p{M}*|\p{M}+/gu;

/** The parts of a text in lower case, without diacritics; each is in a script with blanks, or in one without. */
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

/** In a script without blanks, the words of a text are its pairs of neighboring signs and its last sign. */
function wordsOf(text: string): string[] {
  const words = partsOf(text).flatMap((part) => {
    if (!IS_UNSPACED.test(part)) return [part];
    const signs = part.match(SIGNS) ?? [];
    const pairs = signs.length < 2 ? signs : signs.slice(1).map((sign, index) => `${signs[index]}${sign}`);
    return [...pairs, ...signs.slice(-1)];
  });
  return [...new Set(words)];
}

/** The text in which a search looks for a user. */
export function searchableText({ firstName, lastName, name, email, externalId }: SearchedUser): string {
  const isJoined = IS_UNSPACED.test(firstName ?? '') && IS_UNSPACED.test(lastName ?? '');
  const joined = isJoined ? `${lastName}${firstName}` : null;
  const parts = [firstName, lastName, joined, name, ...emailSpellingsOf(email), externalId];
  return parts.filter((part) => part !== null).join(' ');
}

/** The content of the entry with this number. */
export function entryOf(number: number, text: string): string {
  const mark = Math.floor(number / SPACE)
    .toString(36)
    .padStart(MARK_LENGTH, '0');
  return wordsOf(text)
    .map((word) => mark + word)
    .join(' ');
}
