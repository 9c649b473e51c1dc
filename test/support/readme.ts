import { readFileSync } from 'node:fs';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** The blocks of code of a section of the README, in order, sections in it included. */
export function blocksOf(heading: string): { readonly language: string; readonly code: string }[] {
  const lines = readme.split('\n');
  const start = lines.indexOf(heading);
  if (start === -1) throw new Error(`The README has no section "${heading}".`);
  const level = heading.indexOf(' ');
  let isCode = false;
  const length = lines.slice(start + 1).findIndex((line) => {
    // A comment of a shell begins like a heading.
    if (line.startsWith('```')) isCode = !isCode;
    return !isCode && /^#+ /.test(line) && line.indexOf(' ') <= level;
  });
  const section = lines.slice(start + 1, length === -1 ? undefined : start + 1 + length).join('\n');
  return Array.from(section.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm), ([, language = '', code = '']) => ({
    language,
    code,
  }));
}

/** The block of a section that has this text in it. */
export function blockOf(heading: string, text: string): string {
  const found = blocksOf(heading).filter(({ code }) => code.includes(text));
  const [block] = found;
  if (!block || found.length > 1) throw new Error(`${found.length} blocks of "${heading}" have the text "${text}".`);
  return block.code;
}
