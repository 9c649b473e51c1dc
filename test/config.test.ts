import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ConfigError, loadConfig } from '../src/config.js';
import { MAX_SECRET_FILE_BYTES } from '../src/secret-file.js';

const DATABASE_URL = 'file:./usergraph.db';

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('only the database has to be named', () => {
  const config = loadConfig({ DATABASE_URL });
  expect(config).toMatchObject({ production: false, host: '127.0.0.1', port: 4000, graphiql: true, corsOrigins: [] });
  expect(config.databaseFile).toMatch(/^\/.*usergraph\.db$/);
  expect(loadConfig({ DATABASE_URL, PORT: '', CORS_ORIGINS: '' })).toEqual(config);
});

test('every problem is named at once, with what was wanted, and no secret is shown', () => {
  const environment = { PORT: '99999', SECRET_KEY: 'too-short', GRAPHIQL: 'yes', CORS_ORIGINS: 'example.com' };
  expect(problemsOf(environment)).toEqual([
    'DATABASE_URL is not set; wanted: file:<path>, e.g. file:./usergraph.db.',
    'PORT is "99999"; wanted: a whole number from 0 to 65535.',
    'SECRET_KEY is set, not shown; wanted: 32 characters or more.',
    'CORS_ORIGINS is "example.com"; wanted: origins like https://app.example.com, separated by commas, or *.',
    'GRAPHIQL is "yes"; wanted: true or false.',
  ]);
});

test.each([
  [{ DATABASE_URL: 'postgres://localhost/x' }, 'DATABASE_URL'],
  [{ DATABASE_URL, PORT: '4000.5' }, 'PORT'],
  [{ DATABASE_URL, PORT: 'http' }, 'PORT'],
  [{ DATABASE_URL, NODE_ENV: 'prod' }, 'NODE_ENV'],
  [{ DATABASE_URL, SMTP_URL: 'http://mail.example' }, 'SMTP_URL'],
  [{ DATABASE_URL, SMTP_URL: 'smtp://mail.example' }, 'MAIL_FROM'],
  [{ DATABASE_URL, LOG_LEVEL: 'loud' }, 'LOG_LEVEL'],
  [{ DATABASE_URL, MAX_BODY_BYTES: '10' }, 'MAX_BODY_BYTES'],
  [{ DATABASE_URL, DRAIN_SECONDS: '-1' }, 'DRAIN_SECONDS'],
  [{ DATABASE_URL, MIGRATE: '1' }, 'MIGRATE'],
  [{ DATABASE_URL, WEBHOOK_NETWORKS: '10.0.0.0/8, 10.1.2.3' }, 'WEBHOOK_NETWORKS'],
  [{ DATABASE_URL, CORS_ORIGINS: 'https://a.example, https://b.example/path' }, 'CORS_ORIGINS'],
])('%j is refused because of %s', (environment, setting) => {
  expect(problemsOf(environment)).toEqual([expect.stringMatching(new RegExp(`^${setting} is `))]);
});

test('production refuses what is unsafe and starts with what is safe', () => {
  const unsafe = { DATABASE_URL, NODE_ENV: 'production', CORS_ORIGINS: '*', WEBHOOK_NETWORKS: '10.0.0.0/8,::/0' };
  expect(problemsOf(unsafe).map((problem) => problem.split(' ')[0])).toEqual([
    'SECRET_KEY',
    'SMTP_URL',
    'CORS_ORIGINS',
    'WEBHOOK_NETWORKS',
  ]);
  const safe = {
    DATABASE_URL,
    NODE_ENV: 'production',
    SECRET_KEY: 'k'.repeat(32),
    SMTP_URL: 'smtps://user:password@mail.example:465',
    MAIL_FROM: 'Accounts <accounts@example.com>',
    // As they are written elsewhere; browsers know one form of each.
    CORS_ORIGINS: 'HTTPS://App.example.com/, https://admin.example.com:443',
  };
  expect(loadConfig(safe)).toMatchObject({
    production: true,
    graphiql: false,
    corsOrigins: ['https://app.example.com', 'https://admin.example.com'],
  });
});

function fileWith(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'usergraph-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'secret');
  writeFileSync(file, content);
  return file;
}

test('secrets come from files too, without the line break at the end', () => {
  const environment = {
    DATABASE_URL,
    SECRET_KEY_FILE: fileWith(`${'k'.repeat(32)}\r\n`),
    SMTP_URL_FILE: fileWith('smtp://user:password@mail.example\n'),
    MAIL_FROM: 'accounts@example.com',
  };
  const { secretKey, mail } = loadConfig(environment);
  expect(secretKey).toBe('k'.repeat(32));
  expect(mail).toMatchObject({ smtpUrl: 'smtp://user:password@mail.example' });
  const spaced = { DATABASE_URL, SECRET_KEY_FILE: fileWith(` ${'k'.repeat(30)} `) };
  expect(loadConfig(spaced).secretKey).toBe(` ${'k'.repeat(30)} `);
});

test('what is wrong with a secret file is said without its content', () => {
  const missing = fileWith('');
  rmSync(missing);
  expect(problemsOf({ DATABASE_URL, SECRET_KEY_FILE: missing })).toEqual([
    `SECRET_KEY_FILE is "${missing}", and the file cannot be read (ENOENT); wanted: a file that holds SECRET_KEY.`,
  ]);
  const whole = tmpdir();
  expect(problemsOf({ DATABASE_URL, SECRET_KEY_FILE: whole })).toEqual([expect.stringContaining('(EISDIR)')]);
  expect(problemsOf({ DATABASE_URL, SECRET_KEY_FILE: fileWith('\n') })).toEqual([
    expect.stringContaining('the file is empty'),
  ]);
  const both = { DATABASE_URL, SECRET_KEY: 'k'.repeat(32), SECRET_KEY_FILE: fileWith('l'.repeat(32)) };
  expect(problemsOf(both)).toEqual(['SECRET_KEY_FILE is set, and so is SECRET_KEY; wanted: one of them.']);
  const production = { DATABASE_URL, NODE_ENV: 'production', MAIL_OUTBOX: 'x', SECRET_KEY_FILE: fileWith('too-short') };
  expect(problemsOf(production)).toEqual(['SECRET_KEY is set, not shown; wanted: 32 characters or more.']);
});

test('a secret file has a limit, so that an endless one is no trap', () => {
  const most = { DATABASE_URL, SECRET_KEY_FILE: fileWith('k'.repeat(MAX_SECRET_FILE_BYTES)) };
  expect(loadConfig(most).secretKey).toHaveLength(MAX_SECRET_FILE_BYTES);
  const more = { DATABASE_URL, SECRET_KEY_FILE: fileWith('k'.repeat(MAX_SECRET_FILE_BYTES + 1)) };
  expect(problemsOf(more)).toEqual([expect.stringContaining(`more than ${MAX_SECRET_FILE_BYTES} bytes`)]);
  expect(problemsOf({ DATABASE_URL, SECRET_KEY_FILE: '/dev/zero' })).toEqual([expect.stringContaining('more than')]);
});
