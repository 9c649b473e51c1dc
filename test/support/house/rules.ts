import type { Source } from './sources.js';

/** What a rule finds wrong with one file. */
export type Rule = (source: Source) => string[];

/** The pattern stands in no file but these. */
export function only(pattern: RegExp, ...allowed: string[]): Rule {
  return ({ path, text }) => {
    const match = allowed.includes(path) ? null : pattern.exec(text);
    return match ? [`${path} has ${match[0]}`] : [];
  };
}
