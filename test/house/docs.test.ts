import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { SCOPES } from '../../src/auth/scope.js';
import { createProgram } from '../../src/cli/program.js';
import { SETTINGS } from '../../src/config/settings.js';
import { ERROR_CODES, REQUEST_ERROR_CODES } from '../../src/domain/errors.js';
import { VERSION } from '../../src/runtime/version.js';
import { MAX_WIDTH, markdownList } from '../support/docs/docs-table.js';
import { itemsOf, PAGES, pageOf, partOf } from '../support/docs/pages.js';

const ROOT = new URL('../../', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, ROOT), 'utf8');
const everything = PAGES.map(pageOf).join('\n');
const manifest = JSON.parse(read('package.json')) as { version: string; scripts: Record<string, string> };

/** Returns the scripts of package.json that the text mentions, e.g. `npm run -s x` and `npm start`. */
function scriptsIn(text: string): string[] {
  const named = [...text.matchAll(/npm run (?:-s )?([a-z][a-z:-]*)/g)].map((match) => match[1] ?? '');
  const short = [...text.matchAll(/npm (start|test)\b/g)].map((match) => match[1] ?? '');
  return [...new Set([...named, ...short])];
}

test.each([
  ['docs/configuration.md', 'settings', SETTINGS],
  ['docs/api-keys.md', 'scopes', SCOPES],
  ['docs/errors.md', 'codes', ERROR_CODES],
  ['docs/errors.md', 'request-codes', REQUEST_ERROR_CODES],
])('the list in %s of %s matches the code', (page, name, wanted) => {
  const items = itemsOf(partOf(page, name));
  expect(Object.fromEntries(items)).toEqual(wanted);
  expect(items).toHaveLength(Object.keys(wanted).length);
});

test('reads a list as it was written, also with a remark after a term', () => {
  const long = `It is \`so and so\`, ${'and so on '.repeat(20)}- then.`;
  expect(
    itemsOf(
      markdownList([
        ['A_B', long],
        ['C', 'It is.'],
      ]),
    ),
  ).toEqual([
    ['A_B', long],
    ['C', 'It is.'],
  ]);
  expect(itemsOf('- `A` (200; 400): It is so.')).toEqual([['A', 'It is so.']]);
  expect(() => itemsOf('A is so.')).toThrow('not an item');
  expect(() => partOf('README.md', 'nothing')).toThrow('has no');
});

test('every script in the documentation exists', () => {
  const called = scriptsIn(everything);
  expect(called).toEqual(expect.arrayContaining(['demo', 'usergraph', 'test', 'start', 'check']));
  expect(called.filter((script) => !Object.hasOwn(manifest.scripts, script))).toEqual([]);
  expect(scriptsIn('`npm run -s nothing-here`')).toEqual(['nothing-here']);
});

test('package.json, the code and the changelog have the same version', () => {
  expect(VERSION).toBe(manifest.version);
  expect(read('CHANGELOG.md').split('\n')).toContainEqual(
    expect.stringMatching(new RegExp(`^## \\[${VERSION.replaceAll('.', '\\.')}\\] - \\d{4}-\\d{2}-\\d{2}$`)),
  );
});

/** A command line in the documentation, with its command words and options. */
interface Call {
  readonly line: string;
  readonly words: readonly string[];
  readonly options: readonly string[];
}

/** Returns the command lines in a text: `npx usergraph …` and, in code, `usergraph …`. */
function callsIn(text: string): Call[] {
  const joined = text.replaceAll(/\\\n\s*/g, '');
  const lines = [...joined.matchAll(/(?:npx |`)usergraph ([a-z][^`|\n>]*)/gm)].map(([, call = '']) => call);
  return lines.map((line) => callOf(line));
}

function callOf(line: string): Call {
  const [head = '', ...rest] = line.split(/ (?=--|<|\[)/);
  const options = [...`${head} ${rest.join(' ')}`.matchAll(/--[a-z][a-z-]*/g)].map(([option]) => option);
  return { line, words: head.trim().split(/\s+/), options };
}

/** Returns the mistakes of a command line: unknown commands and options. */
function mistakesIn({ line, words, options }: Call): string[] {
  let command = createProgram();
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word);
    if (!next && command.commands.length > 0) return [`${line}: there is no command ${word}`];
    if (next) command = next;
  }
  if (command.commands.length > 0) return [];
  const shown = command.options.filter(({ hidden }) => !hidden).map(({ long }) => long);
  return options.filter((option) => !shown.includes(option)).map((option) => `${line}: there is no option ${option}`);
}

/** Returns all commands that are not groups, by the words that call them. */
function commandsOf(command: Command, words: readonly string[] = []): string[] {
  if (command.commands.length === 0) return [words.join(' ')];
  return command.commands.flatMap((one) => commandsOf(one, [...words, one.name()]));
}

test('every command line in the documentation is valid', () => {
  const calls = callsIn(everything);
  expect(calls.length).toBeGreaterThan(15);
  expect(calls.flatMap(mistakesIn)).toEqual([]);
  expect(callsIn('npx usergraph keys fly\n`usergraph keys list --live`').flatMap(mistakesIn)).toHaveLength(2);
  // The documentation has one spelling of a command, for a clone and for an installation.
  expect(everything.match(/npm run -s usergraph -- \w+/g)).toBeNull();
});

test('the list of commands has every command and its options', () => {
  const rows = itemsOf(partOf('docs/cli.md', 'commands')).map(([command]) => callOf(command));
  expect(rows.flatMap(mistakesIn)).toEqual([]);
  const named = rows.map(({ words }) => words.join(' '));
  expect([...new Set(named)].sort()).toEqual(commandsOf(createProgram()).sort());
});

/** Returns the text of a page without code, which contains no links, headings or tables. */
function proseOf(page: string): string {
  return page
    .replaceAll(/^ *```[\s\S]*?^ *```$/gm, '')
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]|]/g, ''));
}

/** Returns the anchors of the headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  const headings = [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Returns the links within the project that have no target. */
function brokenLinksIn(path: string, page: string): string[] {
  const targets = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$/gm)].map(([, a, b]) => a ?? b ?? '');
  return targets.filter((target) => {
    if (/^(?:https?|mailto):/.test(target)) return false;
    const [file = '', anchor] = target.split('#');
    if (file === '') return !anchorsOf(page).includes(anchor ?? '');
    const url = new URL(file, new URL(path, ROOT));
    if (!url.href.startsWith(ROOT.href) || !existsSync(url)) return true;
    return anchor !== undefined && !anchorsOf(readFileSync(url, 'utf8')).includes(anchor);
  });
}

test('every link in the documentation has a target', () => {
  expect(PAGES.flatMap((path) => brokenLinksIn(path, pageOf(path)).map((link) => `${path}: ${link}`))).toEqual([]);
  const page =
    '# A page\n\n[a](#a-page) [b](#nothing) [c](docs/README.md) [d](docs/nothing.md) [e](docs/errors.md#b)\n';
  expect(brokenLinksIn('README.md', page)).toEqual(['#nothing', 'docs/nothing.md', 'docs/errors.md#b']);
});

test('the headings of a page have different anchors', () => {
  for (const path of PAGES) {
    const anchors = anchorsOf(pageOf(path));
    expect(anchors, path).toEqual([...new Set(anchors)]);
  }
});

test('the index and the README link to every page', () => {
  const pages = PAGES.filter((path) => path.startsWith('docs/') && path !== 'docs/README.md');
  const index = pageOf('docs/README.md');
  expect(pages.filter((path) => !index.includes(`](${path.replace('docs/', '')})`))).toEqual([]);
  expect(pages.filter((path) => !pageOf('README.md').includes(`](${path})`))).toEqual([]);
});

test('the README is short, and tables are not wider than a screen', () => {
  expect(pageOf('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(250);
  const rows = everything.split('\n').filter((line) => line.trimStart().startsWith('|'));
  expect(rows.filter((row) => row.length > MAX_WIDTH)).toEqual([]);
});
