import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blocksOf } from './pages.js';

/**
 * Applies the blocks of a page to a copy of the source: a `ts` block that begins with its path is a new file, and a `diff`
 * block replaces its `-` lines by its `+` lines in the one file below `root` that has its other lines.
 *
 * @param candidates paths from the root that a `diff` block may be about
 * @returns the paths that changed
 */
export function followPage(page: string, root: string, candidates: readonly string[]): string[] {
  const changed = new Set<string>();
  for (const { language, code } of blocksOf(page)) {
    const [, path] = /^\/\/ (\S+)\n/.exec(code) ?? [];
    if (language === 'ts' && path !== undefined) {
      writeFileSync(join(root, path), code);
      changed.add(path);
    }
    if (language === 'diff') changed.add(applyDiff(code, root, candidates));
  }
  return [...changed];
}

function applyDiff(diff: string, root: string, candidates: readonly string[]): string {
  const lines = diff.trimEnd().split('\n');
  const before = lines.filter((line) => !line.startsWith('+')).map((line) => line.slice(1));
  const after = lines.filter((line) => !line.startsWith('-')).map((line) => line.slice(1));
  const matches = candidates.filter((path) => countOf(read(root, path), before) === 1);
  const [path] = matches;
  if (path === undefined || matches.length > 1) throw new Error(`The block fits ${matches.length} files:\n${diff}`);
  const text = `\n${read(root, path)}`.replace(`\n${before.join('\n')}\n`, () => `\n${after.join('\n')}\n`);
  writeFileSync(join(root, path), text.slice(1));
  return path;
}

function countOf(text: string, lines: readonly string[]): number {
  return `\n${text}`.split(`\n${lines.join('\n')}\n`).length - 1;
}

function read(root: string, path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
