import { copyFileSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createApp } from '../../src/app.js';
import { ALL_SCOPES } from '../../src/auth/scope.js';
import { loadConfig } from '../../src/config/config.js';
import { copyDatabase, replaceContent } from '../../src/db/sqlite/backup.js';
import { inspect } from '../../src/db/sqlite/inspection.js';
import { createLogger } from '../../src/runtime/logger.js';
import {
  ask,
  CREATE,
  database,
  folder,
  lastLine,
  run,
  type Settings,
  serve,
  stop,
} from '../support/processes/process.js';

// Starting a process takes seconds on a busy machine; nothing here is about time.
vi.setConfig({ testTimeout: 240_000 });

/** Runs `work` until the returned function is called; that one resolves when the last round is over. */
function keep(work: () => Promise<void>, lanes: number): () => Promise<void> {
  let stopped = false;
  onTestFinished(() => {
    stopped = true;
  });
  const lane = async () => {
    while (!stopped) await work();
  };
  const all = Promise.all(Array.from({ length: lanes }, lane));
  return async () => {
    stopped = true;
    await all;
  };
}

/** A database with a key in it, made without a process of its own: those take seconds to start on a busy machine. */
async function prepared(): Promise<{ file: string; settings: Settings; secret: string }> {
  const { file, settings } = database();
  const app = await createApp(loadConfig(settings), { logger: createLogger('silent') });
  const input = { environment: 'e1', kind: 'test', name: 'k1', scopes: ALL_SCOPES } as const;
  const { secret } = await app.services.apiKeys.create(input);
  await app.close();
  return { file, settings, secret };
}

function open(file: string) {
  const db = new Sqlite(file, { readonly: true });
  onTestFinished(() => {
    db.close();
  });
  return db;
}

/** An empty file of a name that is not taken, as copies are made into. */
function empty(place: string, name: string): string {
  const file = join(place, name);
  writeFileSync(file, '');
  return file;
}

test('each backup under load is an exact prefix of the acknowledged writes', async () => {
  const { file, settings, secret } = await prepared();
  const { child, url } = await serve(settings);
  const sent = new Set<string>();
  const acknowledged: string[] = [];
  const done = keep(async () => {
    const email = `${sent.size}@example.com`;
    sent.add(email);
    const { text } = await ask(url, secret, CREATE, { input: { email } });
    expect(JSON.parse(text).data.createUser.errors).toEqual([]);
    acknowledged.push(email);
  }, 8);
  const place = folder();
  const backups: { copy: string; before: string[] }[] = [];
  for (let round = 0; round < 10; round++) {
    const more = acknowledged.length + 20;
    while (acknowledged.length < more) await new Promise(setImmediate);
    const copy = round === 0 ? join(place, 'by-command.db') : empty(place, `${round}.db`);
    const before = [...acknowledged];
    if (round > 0) await copyDatabase(file, copy, () => {});
    else expect((await run(['backup', '--out', copy], settings)).code).toBe(0);
    backups.push({ copy, before });
  }
  await done();
  expect(await stop(child)).toBe(0);

  const log = open(file).prepare('select sequence, user_id from events order by sequence').raw().all();
  for (const { copy, before } of backups) {
    const db = open(copy);
    expect(inspect(copy).problems).toEqual([]);
    const emails = new Set(db.prepare<[], string>('select email from users').pluck().all());
    expect(before.filter((email) => !emails.has(email))).toEqual([]);
    expect([...emails].filter((email) => !sent.has(email))).toEqual([]);
    // Whole users only, and of the log its first events, none left out.
    const events = db.prepare('select sequence, user_id from events order by sequence').raw().all();
    expect(db.prepare("select count(*) from events where name = 'user.created'").pluck().get()).toBe(emails.size);
    expect(events).toEqual(log.slice(0, events.length));
    expect(db.prepare('select count(*) from users where id not in (select user_id from events)').pluck().get()).toBe(0);
  }
  // The copies are of different moments, or this would show nothing.
  expect(new Set(backups.map(({ copy }) => inspect(copy).rows.users)).size).toBe(10);
});

test('a backup is one file that only its owner can read, and never overwrites another', async () => {
  const { settings } = await prepared();
  const out = join(folder(), 'backup.db');
  const made = await run(['backup', '--out', out, '--json'], settings);
  expect(made.code).toBe(0);
  expect(lastLine(made.out)).toMatchObject({ file: out, rows: { environments: 1, api_keys: 1, users: 0 } });
  expect(readdirSync(dirname(out))).toEqual(['backup.db']);
  expect(statSync(out).mode & 0o777).toBe(0o600);
  expect(open(out).pragma('journal_mode', { simple: true })).toBe('delete');
  const again = await run(['backup', '--out', out], settings);
  expect(again).toMatchObject({ code: 1, err: `There is a file ${out} already.\n` });
  const { file, settings: empty } = database();
  const none = await run(['backup', '--out', join(folder(), 'b.db')], empty);
  expect(none).toMatchObject({ code: 1, err: `No database exists at ${file} yet.\n` });
  const nowhere = await run(['backup', '--out', join(dirname(out), 'none', 'b.db')], settings);
  expect(nowhere.err).toMatch(/^There is no folder .*: make it first\.\n$/);
});

test('a restore under load shows each reader the old or the new state, and keeps later writes', async () => {
  const { file, settings, secret } = await prepared();
  const { child, url } = await serve(settings);
  const place = folder();
  const states: { backup: string; emails: string }[] = [];
  for (const letter of ['a', 'b']) {
    for (let index = 0; index < 40; index++) {
      await ask(url, secret, CREATE, { input: { email: `${letter}${String(index).padStart(2, '0')}@example.com` } });
    }
    const backup = empty(place, `${letter}.db`);
    await copyDatabase(file, backup, () => {});
    const emails = open(backup).prepare<[], string>('select email from users order by email').pluck().all();
    states.push({ backup, emails: emails.join() });
  }

  const READ = '{ users(first: 100, orderBy: { field: EMAIL, direction: ASC }) { nodes { email } } }';
  const seen = new Set<string>();
  let reads = 0;
  const readers = keep(async () => {
    const { text } = await ask(url, secret, READ);
    seen.add(
      JSON.parse(text)
        .data.users.nodes.map(({ email }: { email: string }) => email)
        .join(),
    );
    reads += 1;
  }, 3);
  const WRITE = `mutation ($input: CreateOrganizationInput!) {
    createOrganization(input: $input) { organization { id } errors { ... on MutationError { code } } }
  }`;
  const written: string[] = [];
  const writers = keep(async () => {
    const { text } = await ask(url, secret, WRITE, { input: { name: 'Acme' } });
    const { data } = JSON.parse(text);
    if (data) written.push(data.createOrganization.organization.id);
  }, 2);
  for (let round = 0; round < 10; round++) {
    const more = reads + 10;
    while (reads < more) await new Promise(setImmediate);
    const draft = join(place, `draft-${round}.db`);
    copyFileSync(states[round % 2]?.backup ?? '', draft);
    await replaceContent(draft, file, 1 + round, () => {});
  }
  const LOG = 'query ($after: String) { events(first: 1, after: $after) { edges { cursor } } }';
  const { edges } = JSON.parse((await ask(url, secret, LOG)).text).data.events;
  const restored = await run(['restore', '--from', states[0]?.backup ?? '', '--replace', '--json'], settings);
  expect(restored.code).toBe(0);
  expect(lastLine(restored.out)).toMatchObject({ file, rows: { users: 40 } });
  // Numbers of the log are given out again: a cursor from before must not skip what gets them now.
  const stale = await ask(url, secret, LOG, { after: edges[0].cursor });
  expect(JSON.parse(stale.text).errors[0].extensions.code).toBe('CURSOR_EXPIRED');
  const before = written.length;
  while (written.length < before + 20) await new Promise(setImmediate);
  await writers();
  await readers();
  expect(JSON.parse((await ask(url, secret, READ)).text).data.users.nodes).toHaveLength(40);
  expect(await stop(child)).toBe(0);
  expect([...seen].filter((emails) => !states.some((state) => state.emails === emails))).toEqual([]);
  expect(seen.size).toBe(2);
  expect(inspect(file).problems).toEqual([]);
  const kept = new Set(open(file).prepare<[], string>('select id from organizations').pluck().all());
  // Two may have been answered while the command was ending.
  expect(written.slice(before + 2).filter((id) => !kept.has(id))).toEqual([]);
  expect(readdirSync(dirname(file)).filter((name) => name.includes('restoring'))).toEqual([]);
});

test('restore waits for a lock that another process holds', async () => {
  const { file } = await prepared();
  const draft = empty(folder(), 'draft.db');
  await copyDatabase(file, draft, () => {});
  const other = new Sqlite(file);
  other.exec('begin immediate');
  let replaced = false;
  const replacing = replaceContent(draft, file, 7, () => {}).then(() => {
    replaced = true;
  });
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  expect(replaced).toBe(false);
  expect(other.pragma('user_version', { simple: true })).toBe(0);
  other.exec('commit');
  other.close();
  await replacing;
  expect(open(file).pragma('user_version', { simple: true })).toBe(7);
});

test('restores into a new file, and refuses what is unsafe', async () => {
  const { file, settings } = await prepared();
  const place = folder();
  const backup = join(place, 'backup.db');
  expect((await run(['backup', '--out', backup], settings)).code).toBe(0);
  const to = join(place, 'restored.db');
  // No setting is needed to look at a backup.
  expect((await run(['restore', '--from', backup, '--to', to], {})).code).toBe(0);
  expect(inspect(to).rows.api_keys).toBe(1);
  expect(statSync(to).mode & 0o777).toBe(0o600);
  expect((await run(['keys', 'list', '--environment', 'e1'], { DATABASE_URL: `file:${to}` })).out).toContain('k1');

  const taken = await run(['restore', '--from', backup, '--to', to], {});
  expect(taken).toMatchObject({ code: 1, err: `The file ${to} already exists.\n` });
  const unasked = await run(['restore', '--from', backup], settings);
  expect(unasked.err).toMatch(/^A database already exists at .*: pass --replace to replace it.*\n$/);
  const missing = await run(['restore', '--from', join(place, 'none.db'), '--replace'], settings);
  expect(missing).toMatchObject({ code: 1, err: `There is no file ${join(place, 'none.db')}.\n` });
  const junk = join(place, 'junk.db');
  writeFileSync(junk, 'no database, but longer than the header that SQLite looks at first'.repeat(20));
  const wrong = await run(['restore', '--from', junk, '--replace'], settings);
  expect(wrong.code).toBe(1);
  expect(wrong.err).toMatch(/^\S+junk\.db is no SQLite database.*\n$/);
  expect(inspect(file).rows.api_keys).toBe(1);
});

test('a damaged backup is refused and changes nothing', async () => {
  const { file, settings } = await prepared();
  const backup = empty(folder(), 'backup.db');
  await copyDatabase(file, backup, () => {});
  const db = new Sqlite(backup);
  db.pragma('foreign_keys = OFF');
  db.prepare("update api_keys set environment_id = 'env_none'").run();
  db.close();
  const { code, err } = await run(['restore', '--from', backup, '--replace'], settings);
  expect(code).toBe(1);
  expect(err).toContain('is damaged:\n  1 rows of api_keys point at rows of environments that are not there\n');
  expect(open(file).prepare("select count(*) from api_keys where environment_id = 'env_none'").pluck().get()).toBe(0);
  expect(existsSync(`${file}.restoring`)).toBe(false);
});
