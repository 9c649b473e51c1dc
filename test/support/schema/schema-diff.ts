import { readdirSync, readFileSync } from 'node:fs';
import { compareVersions, sectionOf } from '../docs/changelog.js';
import { problemsOfChanges, schemaOf } from './schema-changes.js';

// npm run schema:diff holds schema.graphql against that of the last release.
const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const versions = readdirSync(new URL('test/releases/', root)).map((name) => name.replace(/\.graphql$/, ''));
const last = versions.sort(compareVersions).at(-1) ?? '';
const [released, current] = [`test/releases/${last}.graphql`, 'schema.graphql'].map((path) => schemaOf(read(path)));
if (!released || !current) throw new Error('Two schemas are read.');
const unreleased = sectionOf(read('CHANGELOG.md'), 'Unreleased');
const today = new Date().toISOString().slice(0, 10);
const problems = await problemsOfChanges(released, current, unreleased, today);
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exitCode = 1;
else process.stdout.write(`Nothing that callers of ${last} use broke untold.\n`);
