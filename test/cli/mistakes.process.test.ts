import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { failureOf } from '../support/processes/failure.js';
import {
  ask,
  CREATE,
  createKey,
  database,
  folder,
  lastLine,
  run,
  says,
  start,
  stop,
} from '../support/processes/process.js';

vi.setConfig({ testTimeout: 240_000 });

/** The user `nobody` on every Linux. */
const NOBODY = 65_534;

const canBeNobody = process.getuid?.() === 0 && canRunAsNobody();
if (!canBeNobody)
  console.warn('SKIPPED: files that may not be written, because this is not root, or nobody may not read us.');

function canRunAsNobody(): boolean {
  const main = new URL('../../dist/src/main.js', import.meta.url).pathname;
  return spawnSync(process.execPath, [main, '--version'], { uid: NOBODY, gid: NOBODY }).status === 0;
}

/** Returns the message that `serve`, `config check` and `doctor` all print for the mistake. */
async function messageOf(settings: Record<string, string>, uid?: number): Promise<string> {
  const how = uid === undefined ? {} : { uid };
  const said = await failureOf(['serve'], settings, uid);
  const checked = await run(['config', 'check', '--json'], settings, how);
  expect([checked.code, lastLine(checked.out).problems]).toEqual([1, [said]]);
  const { code, out } = await run(['doctor', '--json'], settings, how);
  const { findings } = lastLine(out) as { findings: { level: string; value: string }[] };
  expect(findings.filter(({ level }) => level === 'failure').map(({ value }) => value)).toEqual([said]);
  expect(code).toBe(1);
  return said;
}

describe('serve, config check and doctor report an unusable database in the same words', () => {
  test('when it is a directory, which Docker creates for a missing file', async () => {
    const { file, settings } = database();
    mkdirSync(file);
    expect(await messageOf({ ...settings, PORT: '0' })).toMatch(
      /is a folder, and the database is a file: .*mount the folder/,
    );
  });

  test('when it is not a database', async () => {
    const { file, settings } = database();
    writeFileSync(file, 'people');
    expect(await messageOf({ ...settings, PORT: '0' })).toContain(`${file} is no SQLite database, or is broken.`);
  });

  test('when its directory is missing or is a file', async () => {
    const { file } = database();
    const missing = { DATABASE_URL: `file:${file}/x.db`, PORT: '0' };
    expect(await messageOf(missing)).toBe(
      `The folder of the database is not there: ${file}. Make it, or set DATABASE_URL to another one.`,
    );
    writeFileSync(file, '');
    expect(await messageOf(missing)).toContain('a part of its path is not a directory (ENOTDIR)');
  });

  test.skipIf(!canBeNobody)('when this user may not write the file or its directory', async () => {
    const place = folder();
    chmodSync(place, 0o755);
    const file = join(place, 'test.db');
    const settings = { DATABASE_URL: `file:${file}`, PORT: '0', HOME: place };
    const wanted = 'permission denied (EACCES).';
    expect(await messageOf(settings, NOBODY)).toBe(
      `The folder ${place} cannot be written: ${wanted} SQLite keeps files of its own beside the database. Let the user of this process write there (uid ${NOBODY}).`,
    );
    expect((await run(['migrate'], settings)).code).toBe(0);
    chmodSync(place, 0o777);
    expect(await messageOf(settings, NOBODY)).toContain(`${file} cannot be written: ${wanted}`);
    expect(await failureOf(['backup', '--out', join(place, 'b.db')], settings, NOBODY)).toContain(wanted);
  });

  test('when another program has locked it', async () => {
    const { file, settings } = database();
    expect((await run(['migrate'], settings)).code).toBe(0);
    const other = new Sqlite(file);
    onTestFinished(() => void other.close());
    other.pragma('locking_mode = EXCLUSIVE');
    other.exec('begin exclusive; commit');
    const said = await failureOf(['serve'], { ...settings, PORT: '0' });
    expect(said).toMatch(/^Another program has locked the database \(SQLITE_BUSY\w*\): end that program/);
    const { findings } = lastLine((await run(['doctor', '--json'], settings)).out);
    expect(findings).toContainEqual(expect.objectContaining({ name: 'database', level: 'failure', value: said }));
  });
});

describe('an address that the server cannot listen on', () => {
  test('is reported when it belongs to another machine or its name does not resolve', async () => {
    const { settings } = database();
    // TEST-NET-1 (RFC 5737) is assigned to no machine.
    expect(await messageOf({ ...settings, HOST: '192.0.2.1', PORT: '0' })).toBe(
      '192.0.2.1 is not an address of this machine (EADDRNOTAVAIL): set HOST to one, or to 0.0.0.0 for all.',
    );
    const said = await messageOf({ ...settings, PORT: '0', METRICS_PORT: '0', METRICS_HOST: 'nowhere.invalid' });
    expect(said).toMatch(/^The host name nowhere\.invalid does not resolve \(E\w+\): set METRICS_HOST to an address/);
  });

  test('is reported by serve when it is in use, and not by config check: the server may be running', async () => {
    const { settings } = database();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const address = other.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const wanted = { ...settings, PORT: '0', METRICS_PORT: port };
    expect(await failureOf(['serve'], wanted)).toBe(
      `Port ${port} of 127.0.0.1 is already in use: stop the program that uses it, or set METRICS_PORT to another port.`,
    );
    expect((await run(['config', 'check'], wanted)).code).toBe(0);
    expect(await failureOf(['demo'], { PORT: port })).toContain(`Port ${port} of 127.0.0.1 is already in use`);
  });

  test.skipIf(!canBeNobody)('is reported when it needs a privilege', async (context) => {
    const place = folder();
    chmodSync(place, 0o777);
    const settings = { DATABASE_URL: `file:${join(place, 'test.db')}`, PORT: '1' };
    const check = await run(['config', 'check'], settings, { uid: NOBODY });
    if (check.code === 0) context.skip('Everybody may listen on every port of this machine.');
    expect(await messageOf(settings, NOBODY)).toBe(
      'This user has no permission to listen on port 1: set PORT to 1024 or higher.',
    );
  });
});

test('reports missing files, directories in place of files, and files that it cannot create in one line', async () => {
  const { file, settings } = database();
  await createKey(settings);
  const place = folder();
  const users = join(place, 'users.ndjson');
  writeFileSync(users, '{"email":"no address"}\n');
  mkdirSync(join(place, 'folder.ndjson'));
  const none = join(place, 'none');
  const on = ['--environment', 'e1'];
  const cases: [string[], string][] = [
    [['backup', '--out', join(none, 'b.db')], `There is no folder ${none}: make it first.`],
    [['backup', '--out', place], `There is a file ${place} already.`],
    [['backup', '--out', join(users, 'b.db')], `There is no folder ${users}: make it first.`],
    [['restore', '--from', none, '--to', join(place, 'r.db')], `There is no file ${none}.`],
    [['restore', '--from', place, '--to', join(place, 'r.db')], `${place} is a folder, and a file is wanted.`],
    [['restore', '--from', users, '--to', join(place, 'r.db')], `${users} is no SQLite database, or is broken.`],
    [['restore', '--from', file, '--to', join(none, 'r.db')], `There is no folder ${none}: make it first.`],
    [['users', 'import', none, '--format', 'csv', ...on], `There is no file ${none}.`],
    [['users', 'import', join(place, 'folder.ndjson'), ...on], 'is a folder, and a file is wanted.'],
    [['users', 'import', users, ...on, '--rejects', join(none, 'r')], `There is no folder ${none}: make it first.`],
    [['users', 'import', users, ...on, '--rejects', place], `${place} is a folder, and a file is wanted.`],
    [['users', 'export', ...on, '--out', join(none, 'x')], `There is no folder ${none}: make it first.`],
    [['users', 'export', ...on, '--out', '/proc/x'], '/proc/x'],
    [['issuers', 'add', ...on, '--issuer', 'x', '--key', none], 'the file cannot be read (ENOENT)'],
    [['keys', 'list', '--environment', 'e2'], "No environment is named 'e2'."],
  ];
  for (const [args, wanted] of cases) expect(await failureOf(args, settings)).toContain(wanted);
  const noFolder = { ...settings, TMPDIR: none };
  expect(await failureOf(['users', 'import', users, ...on, '--dry-run'], noFolder)).toContain(
    `${none}/usergraph-copy-`,
  );
  expect(await failureOf(['demo'], { PORT: '0', TMPDIR: none })).toContain(`${none}/usergraph-demo-`);
  const full = ['sh', '-c', '"$@" > /dev/full', 'sh'];
  const { code, err } = await run(['users', 'export', ...on], settings, { through: full });
  expect([code, err]).toEqual([1, expect.stringContaining('the disk is full (ENOSPC)')]);
});

test('an empty secret file beside the database is refused', async () => {
  const { file, settings } = database();
  writeFileSync(`${file}.secret`, '');
  const { code, err } = await run(['migrate'], settings);
  expect([code, err]).toEqual([0, '']);
  const failed = await run(['serve'], { ...settings, PORT: '0' });
  expect(failed).toMatchObject({
    code: 1,
    err: expect.stringContaining(`its file ${file}.secret cannot be used: it is empty.`),
  });
});

test('only the owner may read the files that are written, whatever the umask is', async () => {
  const place = folder();
  const file = join(place, 'test.db');
  // The settings end with carriage returns, as in an environment file with Windows line endings.
  const settings = { DATABASE_URL: `file:${file}\r`, MAIL_OUTBOX: `${join(place, 'mails')}\r` };
  const how = { through: ['sh', '-c', 'umask 000; exec "$@"', 'sh'] };
  const on = ['--environment', 'e1'];
  const made = await run(['keys', 'create', ...on, '--name', 'k', '--json'], settings, how);
  const secret = String(lastLine(made.out).secret);
  const child = start(['serve'], { ...settings, PORT: '0\r', LOG_LEVEL: 'info ' }, 'ignore', how);
  const [, url = ''] = await says(child, /"url":"([^"]+)"/);
  const { text } = await ask(url, secret, CREATE, { input: { email: 'a@example.com', password: 'Zq7!vbN-4471-hxp' } });
  const { id } = JSON.parse(text).data.createUser.user as { id: string };
  const send =
    'mutation ($userId: ID!) { sendVerificationEmail(input: { userId: $userId }) { errors { __typename } } }';
  expect((await ask(url, secret, send, { userId: id })).text).toContain('"errors":[]');
  await vi.waitFor(
    () => expect(existsSync(join(place, 'mails')) && readdirSync(join(place, 'mails'))).toHaveLength(1),
    20_000,
  );
  const rows = join(place, 'rows.ndjson');
  writeFileSync(rows, '{"email":"no address"}\n', { mode: 0o600 });
  // Another program created this file before, with wider permissions.
  writeFileSync(join(place, 'rejects.ndjson'), '', { mode: 0o644 });
  const commands: [string[], number][] = [
    [['backup', '--out', join(place, 'backup.db')], 0],
    [['restore', '--from', join(place, 'backup.db'), '--to', join(place, 'restored.db')], 0],
    [['users', 'export', ...on, '--with-hashes', '--out', join(place, 'users.ndjson')], 0],
    [['users', 'import', rows, ...on], 2],
    [['users', 'import', rows, ...on, '--restart', '--rejects', join(place, 'rejects.ndjson')], 2],
  ];
  for (const [args, code] of commands) expect([args, (await run(args, settings, how)).code]).toEqual([args, code]);
  const found = readdirSync(place, { recursive: true, encoding: 'utf8' });
  expect(found).toEqual(
    expect.arrayContaining([
      'test.db',
      'test.db-wal',
      'test.db-shm',
      'test.db.secret',
      'backup.db',
      'restored.db',
      'users.ndjson',
      'rejects.ndjson',
      'rows.ndjson.rejects.ndjson',
    ]),
  );
  const open = found.filter((path) => (statSync(join(place, path)).mode & 0o077) !== 0);
  expect(open).toEqual([]);
  // No file name ends with the carriage return of a setting.
  expect(found.filter((path) => path !== path.trim())).toEqual([]);
  expect(await stop(child)).toBe(0);
});

test('refuses a database name that ends with white space', async () => {
  const { file, settings } = database();
  expect((await run(['migrate'], settings)).code).toBe(0);
  copyFileSync(file, `${file} `);
  const said = await failureOf(['restore', '--from', `${file} `, '--to', `${file}.new`], settings);
  expect(said).toBe(`The name of a database ends with white space: ${JSON.stringify(`${file} `)}. Rename it.`);
});
