import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VERSION } from '../../src/runtime/version.js';
import { blockOf, blocksOf } from '../support/docs/pages.js';
import { hasBrowser, runFirstQuery } from '../support/processes/first-query.js';
import { install, NEIGHBORS, pack } from '../support/processes/installed.js';
import { ask, CREATE } from '../support/processes/process.js';
import { said, startIn, stop } from '../support/processes/spawned.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** A folder that `install.ts` has filled from the registry; without one, the package is installed from this clone. */
const { INSTALLED } = process.env;
/** Outside of this project, whose node_modules Node would find otherwise. */
const folder = INSTALLED ?? mkdtempSync(join(tmpdir(), 'usergraph-installed-'));
let paths: readonly string[] = [];

beforeAll(() => {
  const packed = pack(folder);
  paths = packed.paths;
  if (INSTALLED === undefined) install(folder, packed.tarball, NEIGHBORS);
}, 300_000);

afterAll(() => {
  if (INSTALLED === undefined) rmSync(folder, { recursive: true, force: true });
});

const start = (command: string, args: readonly string[], settings: Record<string, string> = {}) =>
  startIn(folder, command, args, settings);

describe('the tarball', () => {
  test('contains the program, its types and its documents, and no tests', () => {
    expect(paths).toEqual(
      expect.arrayContaining([
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'dist/migrations/index.js',
        'dist/src/index.d.ts',
        'dist/src/index.js',
        'dist/src/main.js',
        'docs/README.md',
        'docs/sign-in.md',
        'package.json',
        'schema.graphql',
        'subgraph.graphql',
      ]),
    );
    const foreign = paths.filter(
      (path) =>
        !/^(dist\/(src|migrations)\/.*\.(js|d\.ts)|docs\/[\w-]+\.md|docs\/images\/[\w-]+\.(png|svg)|dist\/src\/assets\/openapi-explorer\.LICENSE|[A-Z]+(\.md)?)$/.test(
          path,
        ),
    );
    expect(foreign.sort()).toEqual(['package.json', 'schema.graphql', 'subgraph.graphql']);
  });

  test('has a client without dependencies: the script of docs/frontends.md runs and type-checks with it', async () => {
    const script = blockOf('docs/frontends.md', '// invite.mjs');
    expect(script).toContain("from 'usergraph/client'");
    writeFileSync(join(folder, 'invite.mjs'), script);
    const settings = { DATABASE_URL: `file:${join(folder, 'client.db')}`, PORT: '0' };
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...settings };
    const options: ExecFileSyncOptionsWithStringEncoding = {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    };
    const args = ['usergraph', 'keys', 'create', '--environment', 'test', '--name', 'a', '--json'];
    const made = execFileSync('npx', args, { ...options, env });
    const { secret } = JSON.parse(made.trimEnd().split('\n').at(-1) ?? ''); // the command's last line
    const server = start('npx', ['usergraph', 'serve'], settings);
    const url = await said(server, /(http:\/\/[\d.]+:\d+)/);
    const given = { PATH: process.env.PATH, USERGRAPH_URL: `${url}/graphql`, USERGRAPH_KEY: secret };
    const run = () => execFileSync(process.execPath, ['invite.mjs'], { ...options, env: given });
    expect(run()).toContain('Made user_');
    // The second time the address is taken, which is data; the list has it once.
    expect(run()).toContain('EMAIL_NOT_AVAILABLE');
    const source = readFileSync(join(folder, 'node_modules/usergraph/dist/src/client/index.js'), 'utf8');
    expect([...source.matchAll(/from '([^.][^']*)'/g)]).toEqual([]);
    await stop(server);
    const typed = `import { createClient, createUser, getUser, UsergraphError } from 'usergraph/client';
      const client = createClient({ url: 'http://127.0.0.1:4000/graphql', token: async () => 'sk_test_x' });
      const { user } = await client.request(getUser, { id: 'user_x' });
      export const email: string | undefined = user?.email;
      const made = await client.request(createUser, { input: { email: 'a@example.com' } });
      export const codes: (string | undefined)[] = made.createUser.errors.map(({ code }) => code);
      // @ts-expect-error: it takes an input.
      await client.request(createUser, {});
      // @ts-expect-error: a user has no such field.
      user?.nothing;
      export const status = (error: UsergraphError): number => error.status;`;
    writeFileSync(join(folder, 'client.mts'), typed);
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
    const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--skipLibCheck'];
    execFileSync(process.execPath, [compiler, ...flags, 'client.mts'], { cwd: folder, stdio: 'inherit' });
  }, 120_000);

  test.each(['README.md', 'docs/embedding.md'])('serves with the lines of %s', async (page) => {
    writeFileSync(join(folder, 'server.mjs'), blockOf(page, '// server.mjs'));
    const settings = { DATABASE_URL: `file:${join(folder, 'embedded.db')}`, PORT: '0', LOG_LEVEL: 'error' };
    const url = await said(start(process.execPath, ['server.mjs'], settings), /listening on (http:\S+)/);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  test('prints the SDL for composers without a database, and signs for a router', () => {
    const run = (args: readonly string[], env: Record<string, string> = {}) =>
      execFileSync('npx', ['usergraph', 'schema', 'print', ...args], {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
      });
    expect(run([])).toBe(readFileSync(join(ROOT, 'schema.graphql'), 'utf8'));
    expect(run(['--subgraph'])).toBe(readFileSync(join(ROOT, 'subgraph.graphql'), 'utf8'));
    expect(run(['--subgraph'], { TYPE_PREFIX: 'Accounts' })).toContain('type AccountsUser implements Node @key');
    const without = run(['--subgraph', '--without', 'authenticated, requiresScopes']);
    expect(without).not.toMatch(/@(authenticated|requiresScopes)\b/);
    expect(run(['--subgraph'], { SUBGRAPH_WITHOUT: 'requiresScopes,authenticated' })).toBe(without);
    expect(run(['--subgraph', '--without', 'tag'], { SUBGRAPH_WITHOUT: 'authenticated' })).toMatch(/@authenticated\b/);
    expect(() => run(['--subgraph', '--without', 'key'])).toThrow(
      /--without: unknown directive key\. Give a comma-separated list of authenticated, /,
    );
    expect(() => run(['--without', 'tag'])).toThrow(/requires --subgraph/);
    const script = `import { createRequestSigner } from 'usergraph/router';
      const sign = createRequestSigner('router-1:${'s'.repeat(32)}');
      console.log(Object.keys(await sign({ method: 'POST', url: 'http://users.internal/graphql', body: '{}' })).join());`;
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(out.trim().toLowerCase()).toBe('content-digest,signature,signature-input');
  }, 120_000);

  test('gives an embedding program its types, and the schema as a file', () => {
    const source = `import { type App, type Config, createApp, loadConfig, VERSION } from 'usergraph';
      const config: Config = loadConfig({ DATABASE_URL: 'file:./types.db' });
      const app: App = await createApp(config);
      const answer: Response = await app.fetch(new Request('http://localhost/livez'));
      // @ts-expect-error: an App has no such member, so it is not of the type that takes everything.
      app.nothing;
      export const told: string = VERSION + answer.status;`;
    writeFileSync(join(folder, 'embed.mts'), source);
    const flags = '--noEmit --strict --skipLibCheck --module nodenext --target es2023'.split(' ');
    execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), ...flags, 'embed.mts'], {
      cwd: folder,
      stdio: 'inherit',
    });
    const script = "console.log(import.meta.resolve('usergraph/schema.graphql'), (await import('usergraph')).VERSION)";
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(out).toMatch(/usergraph\/schema\.graphql \d/);
    expect(out.trim().split(' ').at(-1)).toBe(VERSION);
  });
});

describe('the first minute', () => {
  const command = join(folder, 'node_modules/.bin/usergraph');

  test('runs on the Node of these tests, and prints its version', () => {
    const tell = (file: string) => execFileSync(file, ['--version'], { cwd: folder, encoding: 'utf8' }).trim();
    // The command finds Node as `/usr/bin/env node` does.
    expect(tell('node')).toBe(process.version);
    expect(tell(command)).toBe(VERSION);
  });

  test('answers a query, and exits with 0 on SIGTERM', async () => {
    const database = join(folder, 'minute.db');
    const settings = { DATABASE_URL: `file:${database}`, PORT: '0' };
    const args = ['keys', 'create', '--environment', 'e1', '--name', 'k1', '--json'];
    const secret = await said(start(command, args, settings), /"secret":"(sk_\w+)"/);
    const server = start(command, ['serve'], settings);
    const url = await said(server, /(http:\/\/[\d.]+:\d+)/);
    const { text } = await ask(`${url}/graphql`, secret, '{ users { totalCount } }');
    expect(JSON.parse(text).data).toEqual({ users: { totalCount: 0 } });
    expect(await stop(server)).toBe(0);
    expect(existsSync(`${database}-wal`)).toBe(false);
  });

  test('the demo ends with 0 on SIGTERM', async () => {
    const demo = start(command, ['demo'], { PORT: '0' });
    await said(demo, /(curl -s .*)\n/);
    expect(await stop(demo)).toBe(0);
  });

  test('npx usergraph demo answers the line it prints, and serves GraphiQL', async () => {
    const demo = start('npx', ['--offline', 'usergraph', 'demo'], { PORT: '0' });
    const line = await said(demo, /(curl -s .*)\n/);
    const { data } = JSON.parse(execFileSync('sh', ['-c', line], { encoding: 'utf8' }));
    expect(data.users.totalCount).toBe(200);
    expect(data.users.nodes).toHaveLength(3);

    const [url = ''] = /http:\S+/.exec(line) ?? [];
    const [key = ''] = /sk_test_\w+/.exec(line) ?? [];
    await replayReadme(url, key);
    if (hasBrowser) await runFirstQuery(url);
    // npx tells no code of a program that a signal stopped; that it stopped is seen by its port.
    await stop(demo);
    await expect(fetch(line.split(' ')[2] ?? '')).rejects.toThrow();
  });
});

/** Sends the query and the mutation of the README, and compares the answers with those below them; ids are the demo's. */
async function replayReadme(url: string, key: string): Promise<void> {
  const withoutIds = (answer: string) => answer.replaceAll(/"(id|endCursor)": ?"[^"]+"/g, '"$1":""');
  const blocks = blocksOf('README.md');
  const asked = blocks.flatMap(({ language, code }, index) => {
    const answer = blocks[index + 1];
    return language === 'graphql' && answer?.language === 'json' ? [{ query: code, answer: answer.code }] : [];
  });
  expect(asked).toHaveLength(2);
  for (const { query, answer } of asked) {
    const { text } = await ask(url, key, query);
    expect(JSON.parse(withoutIds(text))).toEqual(JSON.parse(withoutIds(answer)));
  }
}

describe.each(['express', 'fastify', 'hono'])('the example for %s', (name) => {
  test('answers beside routes of its own, reads bodies itself, and stops cleanly', async () => {
    copyFileSync(join(ROOT, 'examples', name, 'server.mjs'), join(folder, `${name}.mjs`));
    const settings = { DATABASE_URL: `file:${join(folder, `${name}.db`)}`, PORT: '0', LOG_LEVEL: 'error' };
    const args = ['keys', 'create', '--environment', 'e1', '--name', 'k1', '--json'];
    const made = start(join(folder, 'node_modules/.bin/usergraph'), args, settings);
    const secret = await said(made, /"secret":"(sk_\w+)"/);

    const host = start(process.execPath, [`${name}.mjs`], settings);
    const url = await said(host, /listening on (http:\S+)/);
    const post = (path: string, body: unknown, headers: Record<string, string> = {}) => {
      const init = { 'content-type': 'application/json', ...headers };
      return fetch(`${url}${path}`, { method: 'POST', headers: init, body: JSON.stringify(body) });
    };

    const input = { email: 'ada@example.com', name: 'Ada' };
    const created = await ask(`${url}/graphql`, secret, CREATE, { input });
    expect(JSON.parse(created.text).data.createUser).toMatchObject({ user: { email: 'ada@example.com' }, errors: [] });
    const got = await fetch(`${url}/graphql?query=${encodeURIComponent('{ users { totalCount } }')}`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    expect(await got.json()).toEqual({
      data: { users: { totalCount: 1 } },
      extensions: { cost: { requested: 11, charged: 11, maximum: 10_000 } },
    });

    // The host's own routes read their bodies as ever.
    expect(await (await post('/greetings', { name: 'Ada' })).json()).toEqual({ greeting: 'Hello, Ada' });
    expect((await fetch(`${url}/nothing`)).status).toBe(404);

    // The limit is ours, not that of the host's parser: 100 kB in Express, 1 MiB in Fastify.
    const ofSize = (bytes: number) => ({ query: '{ __typename }', variables: { pad: 'x'.repeat(bytes) } });
    expect((await post('/graphql', ofSize(200_000))).status).toBe(200);
    expect((await post('/graphql', ofSize(300_000))).status).toBe(413);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await post('/graphql', { query: '{ __typename }' }, form)).status).toBe(415);
    expect((await ask(`${url}/graphql`, 'sk_test_wrong', '{ users { totalCount } }')).status).toBe(401);

    // GraphiQL and the parts its page names.
    const page = await (await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } })).text();
    const parts = [...page.matchAll(/(?:src|href)="(graphiql[^"]+)"/g)].map(([, path]) => path);
    expect(parts).toHaveLength(2);
    for (const path of parts) {
      const part = await fetch(`${url}/${path}`);
      expect(part.status).toBe(200);
      // A response that is not read keeps its connection busy, and the server would wait for it.
      await part.arrayBuffer();
    }

    expect(await stop(host)).toBe(0);
    // A database that was closed leaves no write-ahead log.
    expect(existsSync(join(folder, `${name}.db-wal`))).toBe(false);
  });
});

test("a body that the host's parser has already read is accepted, if it is JSON", async () => {
  const example = readFileSync(join(ROOT, 'examples/express/server.mjs'), 'utf8');
  const parser = 'app.use(express.json());';
  const parsedFirst = example.replace(parser, '').replace('const app = express();', `$&\n${parser}`);
  expect(parsedFirst).not.toBe(example);
  writeFileSync(join(folder, 'parsed.mjs'), parsedFirst);
  const settings = { DATABASE_URL: `file:${join(folder, 'parsed.db')}`, PORT: '0', LOG_LEVEL: 'error' };
  const host = start(process.execPath, ['parsed.mjs'], settings);
  const url = `${await said(host, /listening on (http:\S+)/)}/graphql`;
  const answer = await ask(url, 'sk_test_wrong', '{ __typename }');
  expect(answer.status).toBe(401);
  const headers = { 'content-type': 'application/json' };
  const post = (body: string) => fetch(url, { method: 'POST', headers, body });
  const named = await post(
    JSON.stringify({ query: 'query ($yes: Boolean!) { __typename @include(if: $yes) }', variables: { yes: true } }),
  );
  expect(await named.json()).toEqual({ data: { __typename: 'Query' } });
  // An empty object is what Express makes of no body.
  expect((await post('{}')).status).toBe(400);
  expect(await stop(host)).toBe(0);
});
