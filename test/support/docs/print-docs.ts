import { readFileSync, writeFileSync } from 'node:fs';
import { SCOPES } from '../../../src/auth/scope.js';
import { SETTINGS } from '../../../src/config/settings.js';
import { ERROR_CODES } from '../../../src/domain/errors.js';
import { createSchema } from '../../../src/graphql/schema.js';
import { ABSENT } from '../../../src/rest/absent.js';
import { OPERATIONS } from '../../../src/rest/operations/index.js';
import { FAILURES } from '../../../src/rest/protocol/failures.js';
import { markdownList, markdownTable } from './docs-table.js';
import { LIMITS, type LimitName, limitOf } from './limits.js';
import { personList } from './persons.js';

// npm run docs writes the generated parts of the documentation; with --check it only tells whether they are up to date.
const PARTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'docs/configuration.md': { settings: markdownList(Object.entries(SETTINGS)) },
  'docs/api-keys.md': { scopes: markdownList(Object.entries(SCOPES)) },
  'docs/errors.md': { codes: markdownList(Object.entries(ERROR_CODES)) },
  'docs/limits.md': {
    limits: markdownTable(
      ['Constant', 'At most', 'What it bounds'],
      Object.entries(LIMITS).map(([name, meaning]) => [`\`${name}\``, String(limitOf(name as LimitName)), meaning]),
    ),
  },
  'docs/from-the-workos-sdk.md': {
    operations: markdownList(OPERATIONS.map(({ summary, method, path }) => [`${method} ${path}`, summary])),
    failures: markdownTable(
      ['Status', 'Code', 'Error of GraphQL'],
      Object.entries(FAILURES)
        .map(([name, [status, code]]) => [String(status), `\`${code}\``, `\`${name}\``])
        .sort(([a = '', b = ''], [c = '', d = '']) => (a + b < c + d ? -1 : 1)),
    ),
    absent: [...new Set(ABSENT.map(([, feature]) => `- ${feature}`))].sort().join('\n'),
  },
  'docs/persons.md': { persons: personList(createSchema()) },
};

for (const [page, parts] of Object.entries(PARTS)) {
  const file = new URL(`../../../${page}`, import.meta.url);
  const text = readFileSync(file, 'utf8');
  let written = text;
  for (const [name, part] of Object.entries(parts)) {
    const place = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*(\n<!-- /${name} -->)`);
    if (!place.test(written)) throw new Error(`${page} has no place for <!-- ${name} --> and <!-- /${name} -->.`);
    written = written.replace(place, (_, start, end) => `${start}\n${part}\n${end}`);
  }
  if (!process.argv.includes('--check')) {
    writeFileSync(file, written);
  } else if (written !== text) {
    process.stderr.write(`The generated part of ${page} is stale: run "npm run docs" and review the change.\n`);
    process.exitCode = 1;
  }
}
