import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { SCOPES } from '../src/auth/scope.js';
import { createProgram } from '../src/cli/program.js';
import { ERROR_CODES, REQUEST_ERROR_CODES } from '../src/errors.js';
import { SETTINGS } from '../src/settings.js';
import { VERSION } from '../src/version.js';

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const readme = read('README.md');
const manifest = JSON.parse(read('package.json')) as { version: string; scripts: Record<string, string> };

/** Rows of the table whose first column has this heading: name in backticks to the text of the last column. */
function tableOf(text: string, heading: string): Record<string, string> {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith('|') && line.split('|')[1]?.trim() === heading);
  if (start === -1) throw new Error(`There is no table headed "${heading}".`);
  const body = lines.slice(start + 2);
  const end = body.findIndex((line) => !line.startsWith('|'));
  const rows = body.slice(0, end === -1 ? undefined : end).map((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    return [cells[1]?.replaceAll('`', '') ?? '', cells.at(-2) ?? ''];
  });
  return Object.fromEntries(rows);
}

/** Scripts of package.json that the text calls, `npm run -s x` and `npm start` among them. */
function scriptsIn(text: string): string[] {
  const named = [...text.matchAll(/npm run (?:-s )?([a-z][a-z:-]*)/g)].map((match) => match[1] ?? '');
  const short = [...text.matchAll(/npm (start|test)\b/g)].map((match) => match[1] ?? '');
  return [...new Set([...named, ...short])];
}

test.each([
  ['Setting', SETTINGS],
  ['Scope', SCOPES],
  ['Code', ERROR_CODES],
  ['Request code', REQUEST_ERROR_CODES],
])('the table "%s" of the README is what the code says, row by row', (heading, wanted) => {
  expect(tableOf(readme, heading)).toEqual(wanted);
});

test('a table is read with its names and its last column', () => {
  const text =
    'a\n\n| Code | HTTP status | Meaning |\n| --- | --- | --- |\n| `A_B` | 200 | It is so. |\n\n| `C` | x |\n';
  expect(tableOf(text, 'Code')).toEqual({ A_B: 'It is so.' });
  expect(() => tableOf(text, 'Scope')).toThrow('no table');
});

test('every script the README calls is there', () => {
  const called = scriptsIn(readme);
  expect(called).toEqual(expect.arrayContaining(['demo', 'usergraph', 'test', 'start', 'check']));
  expect(called.filter((script) => !Object.hasOwn(manifest.scripts, script))).toEqual([]);
  expect(scriptsIn('`npm run -s nothing-here`')).toEqual(['nothing-here']);
});

test('the version is one: package.json, the code and the changelog', () => {
  expect(VERSION).toBe(manifest.version);
  expect(read('CHANGELOG.md').split('\n')).toContainEqual(
    expect.stringMatching(new RegExp(`^## \\[${VERSION.replaceAll('.', '\\.')}\\] - \\d{4}-\\d{2}-\\d{2}$`)),
  );
});

/** A command of the program that the README names, and the options it is given. */
interface Call {
  readonly line: string;
  readonly words: readonly string[];
  readonly options: readonly string[];
}

/** Calls of the program in a text: `npx usergraph …` and `usergraph …` in code. */
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

/** What is wrong with a call: a command that is not there, or an option it does not have. */
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

/** Every command that does something, by the words it is called with. */
function commandsOf(command: Command, words: readonly string[] = []): string[] {
  if (command.commands.length === 0) return [words.join(' ')];
  return command.commands.flatMap((one) => commandsOf(one, [...words, one.name()]));
}

test('every call of the program in the README is one it takes', () => {
  const calls = callsIn(readme);
  expect(calls.length).toBeGreaterThan(15);
  expect(calls.flatMap(mistakesIn)).toEqual([]);
  expect(callsIn('npx usergraph keys fly\n`usergraph keys list --live`').flatMap(mistakesIn)).toHaveLength(2);
  // One way to call it, in a clone and elsewhere.
  expect(readme.match(/npm run -s usergraph -- \w+/g)).toBeNull();
});

test('the table of commands has each of them, and what it takes', () => {
  const rows = Object.keys(tableOf(readme, 'Command')).map((row) => callOf(row.replaceAll('\\', '')));
  expect(rows.flatMap(mistakesIn)).toEqual([]);
  const named = rows.map(({ words }) => words.join(' '));
  expect([...new Set(named)].sort()).toEqual(commandsOf(createProgram()).sort());
});
