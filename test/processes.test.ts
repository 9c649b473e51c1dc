import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Sqlite from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SECRET_PATTERN } from '../src/auth/api-key.js';
import { VERSION } from '../src/version.js';
import {
  ask,
  CREATE,
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
} from './support/process.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

describe('serve', () => {
  test('a new key opens a new database, and a restart answers the same bytes', async () => {
    const { settings } = database();
    const made = await run(['keys', 'create', '--environment', 'e1', '--name', 'first', '--json'], settings);
    expect(made.code).toBe(0);
    const { secret, ...rest } = lastLine(made.out);
    expect(secret).toMatch(SECRET_PATTERN);
    expect(rest).toMatchObject({ name: 'first', environment: 'e1', scopes: ['*'] });
    expect(made.out.trimEnd().split('\n')).toHaveLength(1);

    const first = await serve(settings);
    const key = String(secret);
    const ids: string[] = [];
    for (const name of ['Ada', 'Bob', 'Çelik', 'Zoë 🦊']) {
      const input = { email: `${ids.length}@example.com`, name, externalId: `x${ids.length}`, metadata: { a: name } };
      const { text } = await ask(first.url, key, CREATE, { input });
      ids.push(JSON.parse(text).data.createUser.user.id);
    }
    const page = 'nodes { id email name externalId metadata version createdAt updatedAt }';
    const cursors = 'edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount';
    const second = JSON.parse((await ask(first.url, key, `{ users(first: 2) { ${cursors} } }`)).text);
    const after = second.data.users.pageInfo.endCursor;
    const queries: [string, object?][] = [
      [`{ users { ${page} ${cursors} } }`],
      [`query ($after: String) { users(first: 2, after: $after) { ${page} ${cursors} } }`, { after }],
      [`{ users(last: 3, orderBy: { field: EMAIL }) { ${page} ${cursors} } }`],
      ['query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids: [...ids, 'user_none'] }],
      ['{ userByExternalId(externalId: "x2") { id name } userByEmail(email: "3@EXAMPLE.com") { id name } }'],
      ['{ _service { sdl } __schema { types { name } } }'],
    ];
    const answers = (url: string) => Promise.all(queries.map(([query, given]) => ask(url, key, query, given)));
    const before = await answers(first.url);
    expect(before.map(({ status }) => status)).toEqual(queries.map(() => 200));
    expect(before.filter(({ text }) => text.includes('"errors"'))).toEqual([]);
    expect(await stop(first.child)).toBe(0);
    const restarted = await serve(settings);
    expect(await answers(restarted.url)).toEqual(before);
    expect(await stop(restarted.child)).toBe(0);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s lets every request under way finish', async (signal) => {
    const { file, settings } = database();
    const { secret } = await createKey(settings);
    const { child, url } = await serve(settings);
    const COUNT = 20;
    const agent = new Agent({ keepAlive: true, maxSockets: COUNT });
    onTestFinished(() => agent.destroy());
    // An idle connection must not keep the process alive.
    const idleAgent = new Agent({ keepAlive: true });
    onTestFinished(() => idleAgent.destroy());
    const idle = await answerOf(url, idleAgent, secret, { query: '{ __typename }' }, () => {});
    expect(idle.status).toBe(200);
    let sent = 0;
    let allSent = () => {};
    const everySent = new Promise<void>((resolve) => {
      allSent = resolve;
    });
    const answers = Array.from({ length: COUNT }, (_, index) => {
      const input = { email: `${index}@example.com`, password: `Zq7!vbN-4471-${index}-hxp` };
      return answerOf(url, agent, secret, { query: CREATE, variables: { input } }, () => {
        sent += 1;
        if (sent === COUNT) allSent();
      });
    });
    await everySent;
    const code = stop(child, signal);
    const done = await Promise.all(answers);
    expect(done.map(({ status }) => status)).toEqual(done.map(() => 200));
    const made = done.map(({ text }) => JSON.parse(text).data.createUser);
    expect(made.flatMap(({ errors }) => errors)).toEqual([]);
    expect(new Set(made.map(({ user }) => user.id)).size).toBe(COUNT);
    expect(await code).toBe(0);
    expect(child.collected.out).toContain('"stopped"');
    expect(child.collected.err).toBe('');

    const db = new Sqlite(file, { readonly: true });
    onTestFinished(() => {
      db.close();
    });
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.prepare('select count(*) from users').pluck().get()).toBe(COUNT);
    await expect(fetch(url)).rejects.toThrow();
  });

  test('a closed database leaves no write-ahead log behind', async () => {
    const { file, settings } = database();
    const { secret } = await createKey(settings);
    const { child, url } = await serve(settings);
    await ask(url, secret, CREATE, { input: { email: 'ada@example.com' } });
    expect(existsSync(`${file}-wal`)).toBe(true);
    expect(await stop(child)).toBe(0);
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  test('a taken port is said in one line', async () => {
    const { settings } = database();
    const { url } = await serve(settings);
    const second = await run(['serve'], { ...settings, HOST: '127.0.0.1', PORT: new URL(url).port });
    expect(second.code).toBe(1);
    const { port } = new URL(url);
    expect(second.err).toBe(
      `The port ${port} of 127.0.0.1 is taken: end the program that has it, or set PORT to another one.\n`,
    );
  });
});

/** One request on the agent's sockets; `onSent` when its last byte was handed to the socket. */
function answerOf(url: string, agent: Agent, secret: string, body: object, onSent: () => void) {
  return new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
    const sending = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    sending.on('error', reject);
    sending.on('finish', onSent);
    sending.end(JSON.stringify(body));
  });
}

describe('keys', () => {
  test('are listed without their secrets, and a revoked one is refused by the running server at once', async () => {
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

  test('mistakes are one line and no stack', async () => {
    const { settings } = database();
    const name = ['--environment', 'e1', '--name', 'k1'];
    const scope = await run(['keys', 'create', ...name, '--scopes', 'users:read,users:fly'], settings);
    expect(scope).toMatchObject({ code: 1, out: '' });
    expect(scope.err).toMatch(/^Unknown scope: users:fly\. There are users:read, .*\n$/);
    const listed = await run(['keys', 'list', '--environment', 'nowhere'], settings);
    expect(listed).toMatchObject({ code: 1, err: "There is no environment 'nowhere'.\n" });
    const badId = await run(['keys', 'revoke', '--environment', 'e1', '--id', 'k1'], settings);
    expect(badId.code).toBe(1);
    expect(badId.err).toMatch(/^'k1' is no key id.*\n$/);
  });

  test('--live makes a live environment', async () => {
    const { settings } = database();
    expect((await createKey(settings, '--live')).secret).toMatch(/^sk_live_/);
  });
});

describe('configuration', () => {
  test('every wrong setting is named at once', async () => {
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

  test('production refuses what is unsafe', async () => {
    const { file, settings } = database();
    const { code, err } = await run(['serve'], { ...settings, NODE_ENV: 'production', CORS_ORIGINS: '*' });
    expect(code).toBe(1);
    for (const name of ['SECRET_KEY', 'SMTP_URL', 'CORS_ORIGINS'])
      expect(err).toMatch(new RegExp(`^  ${name} is `, 'm'));
    expect(err.trimEnd().split('\n')).toHaveLength(4);
    expect(existsSync(file)).toBe(false);
  });

  // Fails on purpose: better-sqlite3 throws a TypeError without a code there, which main.ts does not know.
  test('a folder that is not there is said in one line', async () => {
    const { code, err } = await run(['migrate'], { DATABASE_URL: `file:${join(folder(), 'none', 'test.db')}` });
    expect(code).toBe(1);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err).toContain('DATABASE_URL');
  });
});

describe('schema', () => {
  test('MIGRATE=false refuses an empty database, and serves one that migrate made', async () => {
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

  test('a database of a newer version is refused and left as it is', async () => {
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

test('seed makes what it says', async () => {
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
    expect(wrong.err).toBe('--users is a whole number from 1 to 10000000.\n');
  }
});

test('demo prints all that is needed to ask it something, and leaves nothing behind', async () => {
  const place = folder();
  const child = start(['demo'], { PORT: String(await freePort()), HOST: '127.0.0.1', TMPDIR: place });
  const [line] = await says(child, /curl .*\n/);
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

test('in a clone `npx usergraph` runs the program when the packages are installed', () => {
  const clone = folder();
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
  for (const file of files.filter((one) => /^(src|migrations)\/|^[^/]+$/.test(one) && existsSync(join(ROOT, one)))) {
    cpSync(join(ROOT, file), join(clone, file));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  // What npm runs at the end of `npm install`.
  execFileSync('npm', ['run', 'prepare'], { cwd: clone, stdio: 'pipe' });
  const out = execFileSync('npx', ['--offline', 'usergraph', '--version'], { cwd: clone, encoding: 'utf8' });
  expect(out).toBe(`${VERSION}\n`);
  // Where only what runs is installed there is no compiler, and nothing to build.
  rmSync(join(clone, 'node_modules'));
  mkdirSync(join(clone, 'node_modules'));
  execFileSync('npm', ['run', 'prepare'], { cwd: clone, stdio: 'pipe' });
});
