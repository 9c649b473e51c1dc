import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { followPage } from '../support/docs/follow-page.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Files a newcomer writes by hand, the changelog among them, and those that commands print. */
const MAX_FILES = 8;
const PRINTED = ['schema.graphql', 'subgraph.graphql', 'docs/persons.md'];
const BY_HAND = ['migrations/index.ts', 'src/domain/profile-fields.ts'];

/** Uses the field in every way that the page promises, and prints what it read. */
const SCRIPT = `
import { createApp, loadConfig } from './src/index.js';
import { systemViewer } from './src/auth/viewer.js';
import { createSchema } from './src/graphql/schema.js';
import { exportOf } from './src/transfers/user-export.js';
import { batchesIn } from './src/transfers/user-file.js';

const app = await createApp(loadConfig({ DATABASE_URL: 'file:field.db', LOG_LEVEL: 'silent' }));
const { apiKeys, environments, userExports, importRuns } = app.services;
const { secret } = await apiKeys.create({ environment: 'one', kind: 'test', name: 'test', scopes: '*' });
const { id } = await environments.ensure('one', 'test');
const copy = await environments.ensure('two', 'test');
const ask = async (query) => {
  const headers = { authorization: 'Bearer ' + secret, 'content-type': 'application/json' };
  const body = JSON.stringify({ query });
  const response = await app.fetch(new Request('http://localhost/graphql', { method: 'POST', headers, body }));
  return response.json();
};
const created = await ask('mutation { createUser(input: { email: "ada@example.com", jobTitle: "Analyst" }) { user { id jobTitle } errors { __typename } } }');
const user = created.data.createUser.user;
const long = await ask('mutation { createUser(input: { email: "b@example.com", jobTitle: "' + 'x'.repeat(3000) + '" }) { errors { ... on MutationError { code path } } } }');
const updated = await ask('mutation { updateUser(input: { id: "' + user.id + '", jobTitle: "Countess" }) { user { jobTitle } } }');
const cleared = await ask('mutation { updateUser(input: { id: "' + user.id + '", jobTitle: null }) { user { jobTitle } } }');
await ask('mutation { updateUser(input: { id: "' + user.id + '", jobTitle: "Countess" }) { user { id } } }');
const events = await ask('{ events(first: 10) { nodes { ... on UserUpdatedEvent { snapshot { jobTitle } changes { field previous } } } } }');
const imported = {};
for (const format of ['ndjson', 'csv']) {
  const { chunks } = await exportOf(() => userExports.pages(systemViewer(id, 'test'), false), format, false);
  const plan = { environmentId: copy.id, source: format, format, policy: 'update', rejectsFile: format + '.rejects' };
  const bytes = (async function* () { for await (const chunk of chunks) yield Buffer.from(chunk); })();
  imported[format] = await importRuns.importBatches(await importRuns.beginImport(plan, true), batchesIn(bytes, format));
}
const inCopy = await exportOf(() => userExports.pages(systemViewer(copy.id, 'test'), false), 'ndjson', false);
let exported = '';
for await (const chunk of inCopy.chunks) exported += chunk;
const fields = createSchema().getType('User').getFields();
console.log(JSON.stringify({ user, long, updated, cleared, events, imported, exported, description: fields.jobTitle.description }));
await app.close();
`;

/** A copy of the source without the tests, which would not know the field. */
function copyOfSource(): string {
  const copy = mkdtempSync(join(tmpdir(), 'usergraph-field-'));
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  for (const path of ['src', 'migrations', 'package.json'])
    cpSync(join(ROOT, path), join(copy, path), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const { exclude: _, ...config } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8'));
  writeFileSync(join(copy, 'tsconfig.json'), JSON.stringify({ ...config, include: ['src', 'migrations'] }));
  return copy;
}

/** Runs a program of `node_modules` in the copy. Returns what it prints, whether it fails or not. */
function run(copy: string, program: string, ...args: string[]): string {
  const { stdout } = spawnSync(process.execPath, [join(ROOT, 'node_modules', program), ...args], {
    cwd: copy,
    encoding: 'utf8',
  });
  return stdout;
}

test('a text of the user is added by following docs/adding-a-field.md, in at most eight files', () => {
  const copy = copyOfSource();
  const written = followPage('docs/adding-a-field.md', copy, BY_HAND);
  expect([...written, 'CHANGELOG.md', ...PRINTED].length).toBeLessThanOrEqual(MAX_FILES);
  expect(written.sort()).toEqual(['migrations/0020-job-title.ts', ...BY_HAND]);

  expect(run(copy, 'typescript/bin/tsc', '-p', 'tsconfig.json')).toBe('');
  writeFileSync(join(copy, 'use.ts'), SCRIPT);
  const used = JSON.parse(run(copy, 'tsx/dist/cli.mjs', 'use.ts'));

  expect(used.user.jobTitle).toBe('Analyst');
  expect(used.description).toBe('The job title.');
  expect(used.long.data.createUser.errors).toEqual([{ code: 'INVALID_INPUT', path: ['jobTitle'] }]);
  expect(used.updated.data.updateUser.user.jobTitle).toBe('Countess');
  expect(used.cleared.data.updateUser.user.jobTitle).toBeNull();
  expect(used.events.data.events.nodes).toContainEqual({
    snapshot: { jobTitle: 'Countess' },
    changes: [{ field: 'jobTitle', previous: 'Analyst' }],
  });
  expect(used.imported).toMatchObject({ ndjson: { created: 1, refused: 0 }, csv: { skipped: 1, refused: 0 } });
  expect(used.exported).toContain('"jobTitle":"Countess"');
});

test('control: without its place in the list of steps, the field has no column', () => {
  const copy = copyOfSource();
  followPage('docs/adding-a-field.md', copy, BY_HAND);
  cpSync(join(ROOT, 'migrations/index.ts'), join(copy, 'migrations/index.ts'));
  writeFileSync(join(copy, 'use.ts'), SCRIPT);
  expect(run(copy, 'tsx/dist/cli.mjs', 'use.ts')).not.toContain('Analyst');
});
