import { readFileSync, writeFileSync } from 'node:fs';
import { createSchema, printSchema } from '../../src/graphql/schema.js';

// npm run schema writes schema.graphql; with --check it only tells whether the file is what the code says.
const file = new URL('../../schema.graphql', import.meta.url);
const printed = printSchema(createSchema());
if (!process.argv.includes('--check')) {
  writeFileSync(file, printed);
} else if (readFileSync(file, 'utf8') !== printed) {
  process.stderr.write('schema.graphql is stale: run "npm run schema" and look at the change.\n');
  process.exitCode = 1;
}
