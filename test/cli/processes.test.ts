import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { SECRET_PATTERN } from '../../src/api-keys/api-key.js';
import { VERSION } from '../../src/runtime/version.js';
import {
  ask,
  createKey,
  database,
  folder,
  freePort,
  lastLine,
  run,
  says,
  serve,
  start,
  stop,
} from '../support/processes/process.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('keys', () => {
  test('are listed without secrets, and the running server rejects a revoked key at once', async () => {
    const { settings } = database();
    const { id, secret } = await createKey(settings);
    const reader = await createKey(settings, '--scopes', 'users:read, organizations:read');
    const { url } = await serve(settings);
    const QUERY = '{ users { totalCount } }';
    expect((await ask(url, secret, QUERY)).status).toBe(200);

    const listed = await run(['keys', 'list', '--environment', 'e1', '--json'], settings);
    expect(listed.code).toBe(0);
    expect(lastLine(listed.out).keys).toEqual([
      expect.objectContaining({ id, name: 'k1', scopes: ['*'], revokedAt: null }),
      expect.objectContaining({ id: reader.id, scopes: ['users:read', 'organizations:read'], revokedAt: null }),
    ]);
    expect(listed.out + listed.err).not.toContain(secret);

    const revoked = await run(['keys', 'revoke', '--environment', 'e1', '--id', id, '--json'], settings);
    expect(revoked.code).toBe(0);
    expect(lastLine(revoked.out)).toEqual({ revoked: id });
    const refused = await ask(url, secret, QUERY);
    expect(refused.status).toBe(401);
    expect(refused.text).toContain('UNAUTHENTICATED');
    expect((await ask(url, reader.secret, QUERY)).status).toBe(200);

    const people = await run(['keys', 'list', '--environment', 'e1'], settings);
    expect(people.out).toMatch(new RegExp(`${id}.*revoked \\d{4}-`));
    expect(people.out).toMatch(new RegExp(`${reader.id}.*users:read,organizations:read.*active`));
    const again = await run(['keys', 'revoke', '--environment', 'e1', '--id', id], settings);
    expect(again).toMatchObject({ code: 1, err: `The environment 'e1' has no active key '${id}'.\n` });
  });

  test('mistakes are reported in one line without a stack trace', async () => {
    const { settings } = database();
    const name = ['--environment', 'e1', '--name', 'k1'];
    const scope = await run(['keys', 'create', ...name, '--scopes', 'users:read,users:fly'], settings);
    expect(scope).toMatchObject({ code: 1, out: '' });
    expect(scope.err).toMatch(/^Unknown scope: users:fly\. The scopes are users:read, .*\n$/);
    const listed = await run(['keys', 'list', '--environment', 'nowhere'], settings);
    expect(listed).toMatchObject({ code: 1, err: "No environment is named 'nowhere'.\n" });
    const badId = await run(['keys', 'revoke', '--environment', 'e1', '--id', 'k1'], settings);
    expect(badId.code).toBe(1);
    expect(badId.err).toMatch(/^'k1' is not the id of an API key .*\n$/);
  });

  test('--live creates a live environment', async () => {
    const { settings } = database();
    expect((await createKey(settings, '--live')).secret).toMatch(/^sk_live_/);
  });
});

describe('configuration', () => {
  test('reports every wrong setting at once', async () => {
    const wrong = {
      PORT: '99999',
      GRAPHIQL: 'yes',
      LOG_LEVEL: 'loud',
      CORS_ORIGINS: 'example.com/',
      SECRET_KEY: 'short',
    };
    const { code, out, err } = await run(['serve'], wrong);
    expect(code).toBe(1);
    expect(out).toBe('');
    for (const name of ['DATABASE_URL', ...Object.keys(wrong)]) expect(err).toMatch(new RegExp(`^  ${name} is `, 'm'));
    expect(err).not.toContain('short');
    expect(err.trimEnd().split('\n')).toHaveLength(7);
  });

  test('refuses unsafe settings in production', async () => {
    const { file, settings } = database();
    const { code, err } = await run(['serve'], { ...settings, NODE_ENV: 'production', CORS_ORIGINS: '*' });
    expect(code).toBe(1);
    for (const name of ['SECRET_KEY', 'SMTP_URL', 'CORS_ORIGINS'])
      expect(err).toMatch(new RegExp(`^  ${name} is `, 'm'));
    expect(err.trimEnd().split('\n')).toHaveLength(4);
    expect(existsSync(file)).toBe(false);
  });

  // better-sqlite3 throws a TypeError without a code for it, which main.ts does not recognize.
  test('reports a missing directory in one line', async () => {
    const { code, err } = await run(['migrate'], { DATABASE_URL: `file:${join(folder(), 'none', 'test.db')}` });
    expect(code).toBe(1);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err).toContain('DATABASE_URL');
  });
});

describe('schema', () => {
  test('MIGRATE=false refuses an empty database and serves one that migrate created', async () => {
    const { settings } = database();
    const refused = await run(['serve'], { ...settings, MIGRATE: 'false', PORT: '0' });
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/^The database lacks 0001-initial.*: run "usergraph migrate" first\.\n$/);
    const migrated = await run(['migrate', '--json'], settings);
    expect(migrated.code).toBe(0);
    expect(lastLine(migrated.out).applied).toContain('0001-initial');
    expect(lastLine((await run(['migrate', '--json'], settings)).out).applied).toEqual([]);
    const { child } = await serve({ ...settings, MIGRATE: 'false' });
    expect(await stop(child)).toBe(0);
  });

  test('refuses a database of a newer version and leaves it unchanged', async () => {
    const { file, settings } = database();
    expect((await run(['migrate'], settings)).code).toBe(0);
    const db = new Sqlite(file);
    db.prepare('insert into schema_migrations values (?, ?)').run('9999-from-tomorrow', '2030-01-01T00:00:00.000Z');
    db.close();
    for (const command of ['serve', 'migrate']) {
      const { code, err } = await run([command], { ...settings, PORT: '0' });
      expect(code).toBe(1);
      expect(err).toMatch(/^The database was made by a newer usergraph \(it has 9999-from-tomorrow\).*\n$/);
    }
  });
});

test('seed creates the data that it reports', async () => {
  const { settings } = database();
  const seeded = await run(['seed', '--environment', 'e1', '--users', '300', '--json'], settings);
  expect(seeded.code).toBe(0);
  expect(seeded.out.trimEnd().split('\n')).toHaveLength(1);
  expect(lastLine(seeded.out)).toMatchObject({ environment: 'e1', users: 300, organizations: 5, applications: 4 });
  const { secret } = await createKey(settings);
  const { url } = await serve(settings);
  const query = `{
    users(first: 100) { totalCount nodes {
      emailVerified
      organizationMemberships { totalCount }
      authorizedApplications { totalCount }
    } }
  }`;
  const { users } = JSON.parse((await ask(url, secret, query)).text).data;
  expect(users.totalCount).toBe(300);
  const counts = (field: string) =>
    new Set(users.nodes.map((node: Record<string, { totalCount: number }>) => node[field]?.totalCount));
  expect(counts('organizationMemberships')).toEqual(new Set([0, 1]));
  expect(counts('authorizedApplications')).toEqual(new Set([0, 1, 2, 3, 4]));
  for (const users of ['many', '10000001']) {
    const wrong = await run(['seed', '--environment', 'e1', '--users', users], settings);
    expect(wrong.code).toBe(1);
    expect(wrong.err).toBe('--users must be an integer from 1 to 10000000.\n');
  }
});

test('demo prints everything needed for a first query, and removes its files', async () => {
  const place = folder();
  const child = start(['demo'], { PORT: String(await freePort()), HOST: '127.0.0.1', TMPDIR: place });
  await says(child, /new WorkOS\(.*\n/);
  const [line = '', restLine = ''] = child.collected.out.match(/curl .*\n/g) ?? [];
  const { out } = child.collected;
  const [, graphiql = ''] = /GraphiQL\s+(http:\S+)/.exec(out) ?? [];
  const [, secret = ''] = /API key\s+(\S+)/.exec(out) ?? [];
  expect(secret).toMatch(SECRET_PATTERN);
  const page = await fetch(graphiql, { headers: { accept: 'text/html' } });
  expect(page.headers.get('content-type')).toMatch(/^text\/html/);
  const { stdout } = await promisify(execFile)('bash', ['-c', line]);
  const { data } = JSON.parse(stdout);
  expect(data.users.totalCount).toBe(200);
  expect(data.users.nodes).toHaveLength(3);
  expect(data.users.nodes[0].email).toContain('@example.com');
  const overRest = JSON.parse((await promisify(execFile)('bash', ['-c', restLine])).stdout);
  expect(overRest.data.map(({ id }: { id: string }) => id)).toEqual(
    data.users.nodes.map(({ id }: { id: string }) => id),
  );
  const [client = ''] = /new WorkOS\(.*/.exec(out) ?? [];
  const program = `import { WorkOS } from '@workos-inc/node';
    console.log((await (${client}).userManagement.listUsers()).data.length);`;
  const made = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { cwd: ROOT });
  expect(made.stdout).toBe('10\n');
  const [, email, password, environmentId] = /Sign in\s+(\S+), password (\S+), environmentId (\S+)/.exec(out) ?? [];
  const signIn = `mutation ($input: AuthenticateWithPasswordInput!) {
    authenticateWithPassword(input: $input) { user { email } tokens { accessToken } }
  }`;
  const body = JSON.stringify({ query: signIn, variables: { input: { email, password, environmentId } } });
  const answer = await fetch(graphiql, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const { data: signedIn } = (await answer.json()) as { data: Record<string, { user: { email: string } }> };
  expect(signedIn.authenticateWithPassword?.user.email).toBe(email);
  const [, outbox = ''] = /Mails\s+(\S+)/.exec(out) ?? [];
  expect(outbox.startsWith(place)).toBe(true);
  expect(await stop(child)).toBe(0);
  expect(existsSync(join(outbox, '..'))).toBe(false);
});

test('`npx usergraph` runs the program in a clone after npm install', () => {
  const clone = folder();
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
  for (const file of files.filter((one) => /^(src|migrations)\/|^[^/]+$/.test(one) && existsSync(join(ROOT, one)))) {
    cpSync(join(ROOT, file), join(clone, file));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  // npm runs this script at the end of `npm install`.
  execFileSync('npm', ['run', 'prepare'], { cwd: clone, stdio: 'pipe' });
  const out = execFileSync('npx', ['--offline', 'usergraph', '--version'], { cwd: clone, encoding: 'utf8' });
  expect(out).toBe(`${VERSION}\n`);
  // An installation without development dependencies has no compiler and builds nothing.
  rmSync(join(clone, 'node_modules'));
  mkdirSync(join(clone, 'node_modules'));
  execFileSync('npm', ['run', 'prepare'], { cwd: clone, stdio: 'pipe' });
});
