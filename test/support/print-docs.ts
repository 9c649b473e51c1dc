import { readFileSync, writeFileSync } from 'node:fs';
import { ERROR_CODES } from '../../src/errors.js';
import { createSchema } from '../../src/graphql/schema.js';
import { SETTINGS } from '../../src/settings.js';
import { markdownTable } from './docs-table.js';
import { LIMITS, type LimitName, limitOf } from './limits.js';
import { personRows } from './persons.js';

// npm run docs writes the README's generated tables; with --check it only tells whether they are what the code says.
const TABLES = {
  settings: listTable('Setting', SETTINGS),
  codes: listTable('Code', ERROR_CODES),
  limits: markdownTable(
    ['Constant', 'At most', 'What it bounds'],
    Object.entries(LIMITS).map(([name, meaning]) => [`\`${name}\``, String(limitOf(name as LimitName)), meaning]),
  ),
  persons: markdownTable(['Type', 'Of whom', 'A person may use', 'Refused'], personRows(createSchema())),
};

const file = new URL('../../README.md', import.meta.url);
const text = readFileSync(file, 'utf8');
let written = text;
for (const [name, table] of Object.entries(TABLES)) {
  const place = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*(\n<!-- /${name} -->)`);
  if (!place.test(written))
    throw new Error(`The README has no place for a table: <!-- ${name} --> and <!-- /${name} -->.`);
  written = written.replace(place, `$1\n${table}\n$2`);
}
if (!process.argv.includes('--check')) {
  writeFileSync(file, written);
} else if (written !== text) {
  process.stderr.write('Tables of README.md are stale: run "npm run docs" and look at the change.\n');
  process.exitCode = 1;
}

function listTable(name: string, list: Readonly<Record<string, string>>): string {
  return markdownTable(
    [name, 'Meaning'],
    Object.entries(list).map(([key, meaning]) => [`\`${key}\``, meaning]),
  );
}
