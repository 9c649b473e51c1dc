import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  ask,
  CREATE,
  createKey,
  database,
  folder,
  lastLine,
  run,
  says,
  serve,
  start,
  stop,
} from './support/process.js';

vi.setConfig({ testTimeout: 240_000 });

/** `nobody`, on every Linux. */
const NOBODY = 65_534;

const canBeNobody = process.getuid?.() === 0 && canRunAsNobody();
if (!canBeNobody)
  console.warn('SKIPPED: files that may not be written, because this is not root, or nobody may not read us.');

const canMount = tryMounting();
if (!canMount) console.warn('SKIPPED: full disks, because a tmpfs cannot be mounted here.');

function canRunAsNobody(): boolean {
  const main = new URL('../dist/src/main.js', import.meta.url).pathname;
  return spawnSync(process.execPath, [main, '--version'], { uid: NOBODY, gid: NOBODY }).status === 0;
}

function tryMounting(): boolean {
  const place = `${process.env.TMPDIR ?? '/tmp'}/usergraph-mount-${process.pid}`;
  mkdirSync(place);
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', place]).status === 0;
  if (isMounted) spawnSync('umount', [place]);
  rmSync(place, { recursive: true });
  return isMounted;
}

/** A disk of its own that is small, and what fills it up. */
function smallDisk(megabytes: number): { place: string; fill(): void; makeRoom(): void } {
  const place = folder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', place]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', place]));
  const filler = join(place, 'filler');
  return {
    place,
    fill() {
      const handle = openSync(filler, 'a');
      for (const size of [65_536, 4_096]) {
        try {
          for (;;) if (writeSync(handle, Buffer.alloc(size)) < size) break;
        } catch (error) {
          expect(String(error)).toContain('ENOSPC');
        }
      }
      closeSync(handle);
    },
    makeRoom: () => rmSync(filler),
  };
}

/** A command as it looks when it failed: one line on standard error, and what went before on standard output. */
async function failureOf(args: readonly string[], settings: Record<string, string>, uid?: number): Promise<string> {
  const { code, err } = await run(args, settings, uid === undefined ? {} : { uid });
  expect(err.trimEnd().split('\n')).toHaveLength(1);
  expect(err).not.toMatch(/^\s+at |Error:/m);
  expect(code).toBe(1);
  return err.trimEnd();
}

/** What `serve`, `config check` and `doctor` say of the same mistake. */
async function saidOf(settings: Record<string, string>, uid?: number): Promise<string> {
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

describe('a database that cannot be used is told by serve, config check and doctor in the same words', () => {
  test('a folder, which Docker makes of a file that is not there', async () => {
    const { file, settings } = database();
    mkdirSync(file);
    expect(await saidOf({ ...settings, PORT: '0' })).toMatch(
      /is a folder, and the database is a file: .*mount the folder/,
    );
  });

  test('no database', async () => {
    const { file, settings } = database();
    writeFileSync(file, 'people');
    expect(await saidOf({ ...settings, PORT: '0' })).toContain(`${file} is no SQLite database, or is broken.`);
  });

  test('a folder that is not there, and one that is none', async () => {
    const { file } = database();
    const missing = { DATABASE_URL: `file:${file}/x.db`, PORT: '0' };
    expect(await saidOf(missing)).toBe(
      `The folder of the database is not there: ${file}. Make it, or set DATABASE_URL to another one.`,
    );
    writeFileSync(file, '');
    expect(await saidOf(missing)).toContain('a part of its path is no folder (ENOTDIR)');
  });

  test.skipIf(!canBeNobody)('a file, or a folder, that this user may not write', async () => {
    const place = folder();
    chmodSync(place, 0o755);
    const file = join(place, 'test.db');
    const settings = { DATABASE_URL: `file:${file}`, PORT: '0', HOME: place };
    const wanted = 'this user may not (EACCES).';
    expect(await saidOf(settings, NOBODY)).toBe(
      `The folder ${place} cannot be written: ${wanted} SQLite keeps files of its own beside the database. Let the user of this process write there (uid ${NOBODY}).`,
    );
    expect((await run(['migrate'], settings)).code).toBe(0);
    chmodSync(place, 0o777);
    expect(await saidOf(settings, NOBODY)).toContain(`${file} cannot be written: ${wanted}`);
    expect(await failureOf(['backup', '--out', join(place, 'b.db')], settings, NOBODY)).toContain(wanted);
  });

  test('one that another program has locked', async () => {
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

describe('an address that cannot be listened on', () => {
  test('none of this machine, and a name that leads nowhere', async () => {
    const { settings } = database();
    // An address of TEST-NET-1 (RFC 5737) is nobody's.
    expect(await saidOf({ ...settings, HOST: '192.0.2.1', PORT: '0' })).toBe(
      '192.0.2.1 is no address of this machine (EADDRNOTAVAIL): set HOST to one of its own, 0.0.0.0 for all.',
    );
    const said = await saidOf({ ...settings, PORT: '0', METRICS_PORT: '0', METRICS_HOST: 'nowhere.invalid' });
    expect(said).toMatch(/^The name nowhere\.invalid leads to no address \(E\w+\): set METRICS_HOST to an address/);
  });

  test('one that is taken is told when it is wanted; that a server runs is no mistake before', async () => {
    const { settings } = database();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const address = other.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const wanted = { ...settings, PORT: '0', METRICS_PORT: port };
    expect(await failureOf(['serve'], wanted)).toBe(
      `The port ${port} of 127.0.0.1 is taken: end the program that has it, or set METRICS_PORT to another one.`,
    );
    expect((await run(['config', 'check'], wanted)).code).toBe(0);
    expect(await failureOf(['demo'], { PORT: port })).toContain(`The port ${port} of 127.0.0.1 is taken`);
  });

  test.skipIf(!canBeNobody)('one that needs a privilege', async (context) => {
    const place = folder();
    chmodSync(place, 0o777);
    const settings = { DATABASE_URL: `file:${join(place, 'test.db')}`, PORT: '1' };
    const check = await run(['config', 'check'], settings, { uid: NOBODY });
    if (check.code === 0) context.skip('Everybody may listen on every port of this machine.');
    expect(await saidOf(settings, NOBODY)).toBe('This user may not listen on port 1: set PORT to one from 1024 on.');
  });
});

test('files that are not there, are folders or cannot be made are one line too', async () => {
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
    [['keys', 'list', '--environment', 'e2'], "There is no environment 'e2'."],
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

test('a file that keeps the key beside the database is used whole or not at all', async () => {
  const { file, settings } = database();
  writeFileSync(`${file}.secret`, '');
  const { code, err } = await run(['migrate'], settings);
  expect([code, err]).toEqual([0, '']);
  const failed = await run(['serve'], { ...settings, PORT: '0' });
  expect(failed).toMatchObject({
    code: 1,
    err: expect.stringContaining(`${file}.secret, which keeps it, cannot be used: it is empty.`),
  });
});

describe.skipIf(!canMount)('a full disk', () => {
  test('keeps a server from starting', async () => {
    const { place, fill } = smallDisk(1);
    fill();
    const said = await failureOf(['serve'], { DATABASE_URL: `file:${join(place, 'test.db')}`, PORT: '0' });
    expect(said).toMatch(/^The disk of the database is full( or broken)? \(SQLITE_\w+\): make room on it/);
  });

  test('while serving is SERVICE_UNAVAILABLE and one clear line, and over when there is room', async () => {
    const { place, fill, makeRoom } = smallDisk(8);
    const settings = { DATABASE_URL: `file:${join(place, 'test.db')}`, RATE_LIMIT_POINTS: '0' };
    const { secret } = await createKey(settings);
    const { child, url } = await serve(settings);
    fill();
    const create = (index: number) => ask(url, secret, CREATE, { input: { email: `${index}@example.com` } });
    let count = 0;
    let answer = await create(count);
    // What the write-ahead log had room for.
    while (answer.status === 200 && count < 1_000) answer = await create(++count);
    expect(answer.status).toBe(503);
    const { errors } = JSON.parse(answer.text) as { errors: { message: string; extensions: object }[] };
    expect(errors).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(
          /^The database cannot be used at the moment, and nothing was changed: try again later\./,
        ),
        extensions: expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }),
      }),
    ]);
    // Reading goes on.
    const read = await ask(url, secret, '{ users { totalCount } }');
    expect(JSON.parse(read.text).data).toEqual({ users: { totalCount: count } });
    const lines = child.collected.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const failures = lines.filter(({ level }) => Number(level) >= 50);
    expect(failures).toEqual(
      failures.map(() =>
        expect.objectContaining({
          err: {
            what: expect.stringMatching(/^The disk of the database is full/),
            advice: expect.stringMatching(/^make room/),
          },
        }),
      ),
    );
    expect(failures).toContainEqual(expect.objectContaining({ msg: 'the database cannot be used' }));
    expect(child.collected.out).not.toContain('stack');
    makeRoom();
    expect((await create(count)).status).toBe(200);
    expect(await stop(child)).toBe(0);
    expect(child.collected.err).toBe('');
  });

  test('leaves no half of a backup or an export', async () => {
    const { settings } = database();
    expect((await run(['seed', '--environment', 'e1', '--users', '300'], settings)).code).toBe(0);
    const { place, fill } = smallDisk(1);
    fill();
    expect(await failureOf(['backup', '--out', join(place, 'b.db')], settings)).toMatch(/free; .* are needed/);
    const out = join(place, 'users.ndjson');
    const said = await failureOf(['users', 'export', '--environment', 'e1', '--out', out], settings);
    expect(said).toContain('the disk is full (ENOSPC)');
    expect(readdirSync(place)).toEqual(['filler']);
  });
});

test('all that is written is its owner’s alone, whatever the umask is', async () => {
  const place = folder();
  const file = join(place, 'test.db');
  // An environment file with Windows line ends.
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
  // One that was made before by somebody else.
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
  // One file of each name, and none with a blank at its end.
  expect(found.filter((path) => path !== path.trim())).toEqual([]);
  expect(await stop(child)).toBe(0);
});

test('a name that ends with white space is refused where it would be another file', async () => {
  const { file, settings } = database();
  expect((await run(['migrate'], settings)).code).toBe(0);
  copyFileSync(file, `${file} `);
  const said = await failureOf(['restore', '--from', `${file} `, '--to', `${file}.new`], settings);
  expect(said).toBe(`The name of a database ends with white space: ${JSON.stringify(`${file} `)}. Rename it.`);
});
