import { wordsOf } from '../../users/user-search.js';

/**
 * All environments share one index: an index for each would cost dozens of pages apiece. Every word starts with the
 * number of its environment, so a search in one environment reads no entry of another.
 *
 * The entry of a user has the number `environment * SPACE + n`, where n counts the users of the environment in the order
 * of their creation. An environment learns nothing of other environments from these numbers.
 */
export const SPACE = 2 ** 33;

/** Width of the environment's number in front of a word, in base 36. All have the same width, so none is a prefix of another. */
const PREFIX_LENGTH = 4;

/** The prefix of the words of an environment. */
export function prefixOf(space: number): string {
  return space.toString(36).padStart(PREFIX_LENGTH, '0');
}

/** The content of the entry with this number. */
export function entryOf(number: number, text: string): string {
  const prefix = prefixOf(Math.floor(number / SPACE));
  return wordsOf(text)
    .map((word) => prefix + word)
    .join(' ');
}
