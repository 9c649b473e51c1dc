import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SCOPES } from '../src/auth/scope.js';
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
