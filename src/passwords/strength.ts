import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import * as common from '@zxcvbn-ts/language-common';
import * as english from '@zxcvbn-ts/language-en';

/** zxcvbn's score of 0 to 4; 2 is "somewhat guessable: protected from unthrottled online attacks". */
export const MIN_STRENGTH_SCORE = 2;
/**
 * The estimate runs on the event loop, and its cost grows with the length and with the look-alikes tried ("p@ss" for
 * "pass"): the library's own bounds would let one password hold everybody up for a quarter of a second, these for 7 ms.
 */
const MAX_ESTIMATED_LENGTH = 32;
const MAX_LOOK_ALIKES = 3;

let estimator: ZxcvbnFactory | undefined;

/**
 * Estimates how hard a password is to guess.
 *
 * @param personal what an attacker knows of the person: address, names
 * @returns null when it is strong enough, else advice for the person
 */
export function weaknessOf(password: string, personal: readonly string[]): readonly string[] | null {
  // Made at the first use: the word lists take a tenth of a second that a command like `keys list` has no need for.
  estimator ??= new ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    translations: english.translations,
    l33tMaxSubstitutions: MAX_LOOK_ALIKES,
  });
  const { score, feedback } = estimator.check(password.slice(0, MAX_ESTIMATED_LENGTH), [...personal]);
  if (score >= MIN_STRENGTH_SCORE) return null;
  return [...(feedback.warning ? [feedback.warning] : []), ...feedback.suggestions];
}
