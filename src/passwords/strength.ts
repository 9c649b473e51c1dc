import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import * as common from '@zxcvbn-ts/language-common';
import * as english from '@zxcvbn-ts/language-en';

/** zxcvbn's score of 0 to 4; 2 is "somewhat guessable: protected from unthrottled online attacks". */
export const MIN_STRENGTH_SCORE = 2;
/**
 * The estimate runs on the event loop. Its cost grows with the length and the number of substitutions tried ("p@ss" for
 * "pass"). With the defaults of the library one password can take 250 ms, with these limits 7 ms.
 */
const MAX_ESTIMATED_LENGTH = 32;
const MAX_SUBSTITUTIONS = 3;

let estimator: ZxcvbnFactory | undefined;

/**
 * Estimates how hard a password is to guess.
 *
 * @param personal words that an attacker can know about the user, e.g. names and the email address
 * @returns null when the password is strong enough, otherwise advice for the user
 */
export function weaknessOf(password: string, personal: readonly string[]): readonly string[] | null {
  // Created at the first use, because loading the dictionaries takes 100 ms, which most commands do not need.
  estimator ??= new ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    translations: english.translations,
    l33tMaxSubstitutions: MAX_SUBSTITUTIONS,
  });
  const { score, feedback } = estimator.check(password.slice(0, MAX_ESTIMATED_LENGTH), [...personal]);
  if (score >= MIN_STRENGTH_SCORE) return null;
  return [...(feedback.warning ? [feedback.warning] : []), ...feedback.suggestions];
}
