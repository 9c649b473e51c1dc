import { readFileSync, writeFileSync } from 'node:fs';
import { createSchema, printSchema, printSubgraph } from '../../../src/graphql/schema.js';

// npm run schema writes schema.graphql and subgraph.graphql; with --check it only tells whether they are what the code says.
const files = { 'schema.graphql': printSchema(createSchema()), 'subgraph.graphql': printSubgraph() };
for (const [name, printed] of Object.entries(files)) {
  const file = new URL(`../../../${name}`, import.meta.url);
  if (!process.argv.includes('--check')) writeFileSync(file, printed);
  else if (readFileSync(file, 'utf8') !== printed) {
    process.stderr.write(`${name} is stale: run "npm run schema" and look at the change.\n`);
    process.exitCode = 1;
  }
}
