import { readdirSync, readFileSync } from 'node:fs';

const ROOT = new URL('../../../', import.meta.url);

/** The pages of the documentation, as paths from the root of the project. */
export const PAGES: readonly string[] = [
  'README.md',
  ...readdirSync(new URL('docs/', ROOT))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** The text of a page. */
export function pageOf(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

/** The blocks of code of a page, in order. */
export function blocksOf(path: string): { readonly language: string; readonly code: string }[] {
  return Array.from(pageOf(path).matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm), ([, language = '', code = '']) => ({
    language,
    code,
  }));
}

/** The only block of a page that contains this text. */
export function blockOf(path: string, text: string): string {
  const found = blocksOf(path).filter(({ code }) => code.includes(text));
  const [block] = found;
  if (!block || found.length > 1) throw new Error(`${found.length} blocks of ${path} contain the text "${text}".`);
  return block.code;
}

/** The text between `<!-- name -->` and `<!-- /name -->` on a page. */
export function partOf(path: string, name: string): string {
  const [, part] = new RegExp(`<!-- ${name} -->\n([\\s\\S]*)\n<!-- /${name} -->`).exec(pageOf(path)) ?? [];
  if (part === undefined) throw new Error(`${path} has no <!-- ${name} --> and <!-- /${name} -->.`);
  return part;
}

/** The items of a Markdown list that {@link markdownList} can write: the term, without backticks, to its meaning. */
export function itemsOf(list: string): [term: string, meaning: string][] {
  const lines = list.trim().replaceAll(/\n +/g, ' ').split('\n');
  return lines.map((line) => {
    const [, term = '', meaning = ''] = /^- `([^`]+)`(?: \([^)]*\))?: (.+)$/.exec(line) ?? [];
    if (term === '') throw new Error(`This is not an item with a term and a meaning: ${line}`);
    return [term, meaning];
  });
}
