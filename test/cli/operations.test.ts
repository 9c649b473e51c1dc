import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { SMTPServer } from 'smtp-server';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { MAX_GRACE_SECONDS, parseDuration } from '../../src/cli/terminal/duration.js';
import { isEnvironmentName, MAX_ENVIRONMENT_NAME_LENGTH } from '../../src/environments/environment.js';
import {
  ask,
  createKey,
  database,
  folder,
  freePort,
  lastLine,
  run,
  serve,
  stop,
} from '../support/processes/process.js';

// Starting a process takes seconds on a busy machine, and no test here depends on time.
vi.setConfig({ testTimeout: 240_000 });

describe('environments', () => {
  test('are created once, are listed by name, and pass their kind to their keys', async () => {
    const { settings } = database();
    const live = await run(['environments', 'create', '--name', 'production', '--live', '--json'], settings);
    expect(live.code).toBe(0);
    expect(lastLine(live.out)).toMatchObject({ name: 'production', kind: 'live' });
    expect((await run(['environments', 'create', '--name', 'a b'], settings)).out).toMatch(
      /^Created the test environment 'a b': env_\S+\.\n$/,
    );
    const again = await run(['environments', 'create', '--name', 'production'], settings);
    expect(again).toMatchObject({ code: 1, err: "An environment named 'production' already exists.\n" });

    const key = await run(['keys', 'create', '--environment', 'production', '--name', 'k', '--json'], settings);
    expect(lastLine(key.out).secret).toMatch(/^sk_live_/);
    const { environments } = lastLine((await run(['environments', 'list', '--json'], settings)).out);
    expect(environments).toMatchObject([
      { name: 'a b', kind: 'test' },
      { name: 'production', kind: 'live', id: lastLine(live.out).id },
    ]);
  });

  test('have one kind and a printable name', async () => {
    const { settings } = database();
    const both = await run(['environments', 'create', '--name', 'x', '--live', '--test'], settings);
    expect(both).toMatchObject({ code: 1, err: 'Use either --live or --test, not both.\n' });
    const { code, err } = await run(['environments', 'create', '--name', 'a\nb'], settings);
    expect(code).toBe(1);
    expect(err).toMatch(/^The name of an environment must have 1 to 255 characters.*\n$/);
    const longest = 'n'.repeat(MAX_ENVIRONMENT_NAME_LENGTH);
    expect([longest, 'a b', '日本'].every(isEnvironmentName)).toBe(true);
    expect(['', ' ', 'a\nb', `${longest}n`].some(isEnvironmentName)).toBe(false);
  });
});

test('refuses text to be stored that is not UTF-8', async () => {
  const { settings } = database();
  expect(await run(['environments', 'create', '--name', 'e1'], settings)).toMatchObject({ code: 0 });
  // Simulates a Latin-1 terminal. The shell's printf writes the byte, and Node reads it as U+FFFD.
  const latin1 = (args: string) => {
    const command = `name=$(printf 'Caf\\351'); exec "$0" dist/src/main.js ${args}`;
    const env = { PATH: process.env.PATH, ...settings };
    const { status, stderr } = spawnSync('sh', ['-c', command, process.execPath], { env, encoding: 'utf8' });
    return { status, stderr };
  };
  const told = "'Caf\ufffd' is not valid UTF-8: run the command from a terminal or script in UTF-8.\n";
  for (const args of [
    'environments create --name "$name"',
    'keys create --environment e1 --name "$name"',
    'keys create --environment "$name" --name k1',
    'seed --environment "$name" --users 1',
    'issuers add --environment e1 --issuer "$name" --jwks https://example.com',
  ]) {
    expect([args, latin1(args)]).toEqual([args, { status: 1, stderr: told }]);
  }
  const { environments } = lastLine((await run(['environments', 'list', '--json'], settings)).out);
  expect(environments).toMatchObject([{ name: 'e1' }]);
});

test('parses durations that have a unit and are within the limit', () => {
  const parse = (text: string) => parseDuration('--grace', text, MAX_GRACE_SECONDS);
  expect(['0s', '30s', '15m', '24h', '7d', '90d'].map(parse)).toEqual([0, 30, 900, 86_400, 604_800, 7_776_000]);
  for (const text of ['91d', '7776001s', '', '5', 'd', '-1h', '1.5h', '1w', '1h30m', '9999999999s']) {
    expect(() => parse(text)).toThrow(/^--grace must be a duration like 30s, 15m, 24h or 7d, and at most 90d\.$/);
  }
});

test('keys rotate creates a replacement while the old key keeps working', async () => {
  const { settings } = database();
  const { id, secret } = await createKey(settings, '--scopes', 'users:read');
  const rotated = await run(['keys', 'rotate', '--environment', 'e1', '--id', id, '--grace', '7d', '--json'], settings);
  expect(rotated.code).toBe(0);
  const made = lastLine(rotated.out);
  expect(made).toMatchObject({ name: 'k1', scopes: ['users:read'], expiresAt: null, replaced: { id } });
  const { child, url } = await serve(settings);
  for (const either of [secret, String(made.secret)]) {
    expect((await ask(url, either, '{ users { totalCount } }')).status).toBe(200);
  }
  const again = await run(['keys', 'rotate', '--environment', 'e1', '--id', id], settings);
  expect(again).toMatchObject({ code: 1, err: `The environment 'e1' has no active key '${id}' to replace.\n` });
  // A grace period of zero ends the old key at once.
  const next = ['keys', 'rotate', '--environment', 'e1', '--id', String(made.id), '--grace', '0s'];
  expect((await run(next, settings)).code).toBe(0);
  expect((await ask(url, String(made.secret), '{ users { totalCount } }')).status).toBe(401);
  expect((await ask(url, secret, '{ users { totalCount } }')).status).toBe(200);
  expect(await stop(child)).toBe(0);
});

describe('config', () => {
  test('check reports all problems at once and starts nothing', async () => {
    const { settings } = database();
    expect(await run(['config', 'check'], settings)).toMatchObject({ code: 0, out: 'The configuration is valid.\n' });
    const wrong = { PORT: 'http', MAX_BODY_BYTES: '1', SECRET_KEY: 'short-secret', SECRET_KEY_FILE: '/nowhere/key' };
    const lines = await run(['config', 'check'], wrong);
    expect(lines.code).toBe(1);
    expect(
      lines.out
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(['DATABASE_URL', 'PORT', 'SECRET_KEY_FILE', 'MAX_BODY_BYTES']);
    const { ok, problems } = lastLine((await run(['config', 'check', '--json'], wrong)).out);
    expect(ok).toBe(false);
    expect(problems).toEqual(lines.out.trimEnd().split('\n'));
    expect(lines.out).not.toContain('short-secret');
  });

  test('check reads the persisted documents', async () => {
    const { settings } = database();
    const file = join(folder(), 'documents.json');
    const given = { ...settings, PERSISTED_DOCUMENTS: file };
    writeFileSync(file, JSON.stringify({ a: '{ __typename }' }));
    expect(await run(['config', 'check'], given)).toMatchObject({ code: 0 });
    writeFileSync(file, JSON.stringify({ a: '{ nothing }' }));
    const { code, out } = await run(['config', 'check'], given);
    expect([code, out]).toEqual([1, expect.stringContaining('Cannot query field "nothing"')]);
    writeFileSync(file, Buffer.from(JSON.stringify({ a: '{ users(search: "\u00eb") { totalCount } }' }), 'latin1'));
    const latin1 = await run(['config', 'check'], given);
    expect([latin1.code, latin1.out]).toEqual([1, expect.stringContaining('cannot be read: it is not UTF-8.')]);
  });

  test('print shows the effective settings without secrets', async () => {
    const { settings } = database();
    const smtp = join(folder(), 'smtp');
    writeFileSync(smtp, 'smtp://user:open-sesame@127.0.0.1\n');
    const given = { ...settings, SMTP_URL_FILE: smtp, MAIL_FROM: 'a@example.com', SECRET_KEY: 'open-sesame'.repeat(3) };
    const { code, out } = await run(['config', 'print'], given);
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual(
      expect.arrayContaining([
        'PORT=4000',
        'MAIL_FROM=a@example.com',
        'SECRET_KEY=set, not shown',
        'SMTP_URL=set, not shown',
        '# MAIL_OUTBOX is not set',
      ]),
    );
    expect(out).not.toContain('open-sesame');
  });
});

describe('doctor', () => {
  /** Returns the findings by name. */
  function findings(out: string): Map<string, { level: string; value: string; advice?: string }> {
    const { findings } = lastLine(out) as {
      findings: { name: string; level: string; value: string; advice?: string }[];
    };
    return new Map(findings.map((finding) => [finding.name, finding]));
  }

  test('reports a healthy server, and does not create a database', async () => {
    const { file, settings } = database();
    const before = await run(['doctor', '--json'], settings);
    expect(before.code).toBe(0);
    expect(findings(before.out).get('database')).toMatchObject({ level: 'warning', value: `${file} is not there yet` });
    expect(existsSync(file)).toBe(false);

    const { child } = await serve(settings);
    const backups = folder();
    const { code, out } = await run(['doctor', '--json', '--backups', backups], settings);
    expect(code).toBe(0);
    const found = findings(out);
    expect([...found.values()].filter(({ level }) => level === 'failure')).toEqual([]);
    expect(found.get('versions')?.value).toMatch(/^usergraph \d\S*, Node v\d\S*, SQLite 3\S*, better-sqlite3 \d/);
    expect(found.get('pragmas')?.value).toContain('journal_mode=wal synchronous=2 foreign_keys=1');
    expect(found.get('database')).toMatchObject({ level: 'ok', value: expect.stringContaining('mode 600') });
    expect(found.get('schema')?.value).toMatch(/^up to date, \d{4}-/);
    expect(found.get('integrity')?.level).toBe('ok');
    expect(found.get('mails')).toMatchObject({ level: 'ok', value: '0 waiting, 0 failed' });
    expect(found.get('fsync')?.value).toMatch(/^median [\d.]+ ms/);
    expect(found.get('disk')?.value).toMatch(/ free in /);
    expect(found.get('backups')).toMatchObject({ level: 'warning', value: `no file *.db in ${backups}` });
    expect(await stop(child)).toBe(0);
  });

  test('distinguishes failures from warnings, and says what to do about each', async () => {
    const { file, settings } = database();
    expect((await run(['migrate'], settings)).code).toBe(0);
    const db = new Sqlite(file);
    db.pragma('foreign_keys = OFF');
    db.prepare("insert into event_sequences (environment_id, last) values ('env_none', 1)").run();
    db.prepare('update schema_migrations set applied_at = ?').run('2999-01-01T00:00:00.000Z');
    db.prepare("delete from schema_migrations where name <> '0001-initial'").run();
    db.prepare("insert into schema_migrations values ('9999-from-tomorrow', '2999-01-01T00:00:00.000Z')").run();
    db.close();
    chmodSync(file, 0o644);
    // No server listens on this port any more.
    const port = await freePort();
    const mail = { SMTP_URL: `smtp://user:open-sesame@127.0.0.1:${port}`, MAIL_FROM: 'a@example.com' };
    const { code, out, err } = await run(['doctor', '--json'], { ...settings, ...mail });
    expect(code).toBe(1);
    const levels = Object.fromEntries([...findings(out)].map(([name, { level }]) => [name, level]));
    expect(levels).toMatchObject({
      database: 'warning',
      integrity: 'failure',
      schema: 'failure',
      clock: 'failure',
      mail: 'failure',
    });
    expect(findings(out).get('integrity')?.value).toContain('event_sequences');
    expect(findings(out).get('database')?.advice).toContain(`chmod 600 ${file}`);
    expect(err).toContain('FAILURE  mail');
    expect(out + err).not.toContain('open-sesame');
  });

  test('checks the mail server without sending mail', async () => {
    const { settings } = database();
    const mails: string[] = [];
    const server = new SMTPServer({
      authOptional: true,
      hideSTARTTLS: true,
      onData: (_stream, _session, done) => {
        mails.push('mail');
        done();
      },
    });
    const listening = server.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    onTestFinished(() => new Promise<void>((resolve) => server.close(resolve)));
    const { port } = listening.address() as AddressInfo; // a server on a TCP port
    const mail = { SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: 'a@example.com' };
    const { code, out } = await run(['doctor', '--json'], { ...settings, ...mail });
    expect(code).toBe(0);
    expect(findings(out).get('mail')).toEqual({ name: 'mail', level: 'ok', value: `127.0.0.1:${port} answers` });
    expect(mails).toEqual([]);
  });

  test('reports wrong settings, and a file that is not a database', async () => {
    const wrong = await run(['doctor'], { PORT: 'http' });
    expect(wrong.code).toBe(1);
    expect(wrong.out.match(/FAILURE {2}configuration/g)).toHaveLength(2);
    const { file, settings } = database();
    writeFileSync(file, 'not a database, but longer than the header that SQLite looks at first'.repeat(20));
    const junk = await run(['doctor', '--json'], settings);
    expect(junk.code).toBe(1);
    expect(findings(junk.out).get('database')).toMatchObject({
      level: 'failure',
      value: expect.stringContaining(`${file} is no SQLite database, or is broken.`),
    });
  });
});
