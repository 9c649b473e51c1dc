import { type ChildProcess, type ExecFileSyncOptionsWithStringEncoding, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { VERSION } from '../src/version.js';
import { install, pack } from './support/installed.js';
import { ask, CREATE } from './support/process.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CHROMIUM = '/usr/bin/chromium';
const hasBrowser = existsSync(CHROMIUM);
if (!hasBrowser) console.warn(`SKIPPED: GraphiQL of the installed package, because there is no ${CHROMIUM}.`);

/** Outside of this project, whose node_modules Node would find otherwise. */
const folder = mkdtempSync(join(tmpdir(), 'usergraph-installed-'));
let paths: readonly string[] = [];

beforeAll(() => {
  const packed = pack(folder);
  paths = packed.paths;
  install(folder, packed.tarball, ['express', 'fastify', 'hono', '@hono/node-server']);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A process of the folder, told nothing of ours but where Node is. */
function start(command: string, args: readonly string[], settings: Record<string, string> = {}): ChildProcess {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...settings };
  // A group of its own: npx starts the program as a child, and a test's end reaches both.
  const child = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'ignore'], detached: true });
  onTestFinished(() => signal(child, 'SIGKILL'));
  return child;
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) process.kill(-child.pid, name);
}

/** The first match in what the process says. */
function said(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += chunk;
      const [, match] = pattern.exec(text) ?? [];
      if (match !== undefined) resolve(match);
    });
    child.once('close', () => reject(new Error(`The process ended without saying ${pattern}: ${text}`)));
  });
}

async function stop(child: ChildProcess): Promise<number | null> {
  const closed = once(child, 'close');
  signal(child, 'SIGTERM');
  const [code] = await closed;
  return code;
}

describe('the tarball', () => {
  test('holds the program, its types and its texts, and nothing of the tests', () => {
    expect(paths).toEqual(
      expect.arrayContaining([
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'dist/migrations/index.js',
        'dist/src/index.d.ts',
        'dist/src/index.js',
        'dist/src/main.js',
        'package.json',
        'schema.graphql',
        'subgraph.graphql',
      ]),
    );
    const foreign = paths.filter((path) => !/^(dist\/(src|migrations)\/.*\.(js|d\.ts)|[A-Z]+(\.md)?)$/.test(path));
    expect(foreign.sort()).toEqual(['package.json', 'schema.graphql', 'subgraph.graphql']);
  });

  test('has a client without dependencies: the README’s script runs with it, and its types hold', async () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const [, script = ''] = /```js\n\/\/ invite\.mjs\n([\s\S]*?)```/.exec(readme) ?? [];
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
    execFileSync(process.execPath, [compiler, ...flags, 'client.mts'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  }, 120_000);

  test('serves with the lines of the README', async () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const [, script = ''] = /```js\n\/\/ server\.mjs\n([\s\S]*?)```/.exec(readme) ?? [];
    writeFileSync(join(folder, 'server.mjs'), script);
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
    expect(() => run(['--subgraph', '--without', 'key'])).toThrow(/--without key: give names out of authenticated, /);
    expect(() => run(['--without', 'tag'])).toThrow(/add --subgraph/);
    const script = `import { createRequestSigner } from 'usergraph/router';
      const sign = createRequestSigner('router-1:${'s'.repeat(32)}');
      console.log(Object.keys(await sign({ method: 'POST', url: 'http://users.internal/graphql', body: '{}' })).join());`;
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(out.trim().toLowerCase()).toBe('content-digest,signature,signature-input');
  });

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

describe('npx usergraph demo', () => {
  test('answers the line it prints, and serves GraphiQL', async () => {
    const demo = start('npx', ['--offline', 'usergraph', 'demo'], { PORT: '0' });
    const line = await said(demo, /(curl -s .*)\n/);
    const { data } = JSON.parse(execFileSync('sh', ['-c', line], { encoding: 'utf8' }));
    expect(data.users.totalCount).toBe(200);
    expect(data.users.nodes).toHaveLength(3);

    if (hasBrowser) {
      const [url = ''] = /http:\S+/.exec(line) ?? [];
      await runFirstQuery(url);
    }
    // npx tells no code of a program that a signal stopped; that it stopped is seen by its port.
    await stop(demo);
    await expect(fetch(line.split(' ')[2] ?? '')).rejects.toThrow();
  });
});

/** Runs GraphiQL's opening query with the key that the demo filled in, and waits for the last line of the answer. */
async function runFirstQuery(url: string): Promise<void> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  const failed: string[] = [];
  page.on('requestfailed', (request) => failed.push(request.url()));
  await page.goto(url);
  await page.getByRole('button', { name: /execute query/i }).click();
  const result = page.locator('.result-window');
  await result.getByText('authorizedApplications').first().waitFor();
  // The editor draws only the lines in view: the last ones come when the first are scrolled away.
  await result.click();
  await page.keyboard.press('Control+End');
  await result.getByText('"totalCount": 200').waitFor();
  expect(failed).toEqual([]);
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
    for (const path of parts) expect((await fetch(`${url}/${path}`)).status).toBe(200);

    expect(await stop(host)).toBe(0);
    // A database that was closed leaves no write-ahead log.
    expect(existsSync(join(folder, `${name}.db-wal`))).toBe(false);
  });
});

test('a body that a parser of the host has read already is taken as it is, JSON only', async () => {
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
