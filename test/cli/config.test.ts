import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, onTestFinished, test, vi } from 'vitest';
import { loadConfig } from '../../src/config/config.js';
import { MAX_SECRET_FILE_BYTES } from '../../src/secrets/secret-file.js';
import { fileWith, problemsOf } from '../support/configuration.js';

const DATABASE_URL = 'file:./usergraph.db';

test('requires only DATABASE_URL', () => {
  const config = loadConfig({ DATABASE_URL });
  expect(config).toMatchObject({ production: false, host: '127.0.0.1', port: 4000, graphiql: true, corsOrigins: [] });
  expect(config.database).toMatchObject({ engine: 'sqlite', file: expect.stringMatching(/^\/.*usergraph\.db$/) });
  expect(loadConfig({ DATABASE_URL, PORT: '', CORS_ORIGINS: '' })).toEqual(config);
});

test('reports every problem at once, with the expected format and without secrets', () => {
  const environment = { PORT: '99999', SECRET_KEY: 'too-short', GRAPHIQL: 'yes', CORS_ORIGINS: 'example.com' };
  expect(problemsOf(environment)).toEqual([
    'DATABASE_URL is not set; wanted: file:<path>, e.g. file:./usergraph.db, or postgres://<user>@<host>:<port>/<database>.',
    'PORT is "99999"; wanted: a whole number from 0 to 65535.',
    'SECRET_KEY is set, not shown; wanted: 32 characters or more.',
    'CORS_ORIGINS is "example.com"; wanted: origins like https://app.example.com, separated by commas, or *.',
    'GRAPHIQL is "yes"; wanted: true or false.',
  ]);
});

test.each([
  [{ DATABASE_URL: 'mysql://localhost/x' }, 'DATABASE_URL'],
  [{ DATABASE_URL: 'postgres://localhost' }, 'DATABASE_URL'],
  [{ DATABASE_URL: 'postgres://localhost/x' }, 'SECRET_KEY'],
  [{ DATABASE_URL, DATABASE_POOL_SIZE: '1' }, 'DATABASE_POOL_SIZE'],
  [{ DATABASE_URL, PORT: '4000.5' }, 'PORT'],
  [{ DATABASE_URL, PORT: 'http' }, 'PORT'],
  [{ DATABASE_URL, NODE_ENV: 'prod' }, 'NODE_ENV'],
  [{ DATABASE_URL, SMTP_URL: 'http://mail.example' }, 'SMTP_URL'],
  [{ DATABASE_URL, SMTP_URL: 'smtp://mail.example' }, 'MAIL_FROM'],
  // Node decodes bytes that are not UTF-8 to U+FFFD.
  [{ DATABASE_URL, MAIL_FROM: 'Caf\ufffd <a@example.com>' }, 'MAIL_FROM'],
  [{ DATABASE_URL, MAIL_PRODUCT_NAME: 'Caf\ufffd' }, 'MAIL_PRODUCT_NAME'],
  [{ DATABASE_URL, LOG_LEVEL: 'loud' }, 'LOG_LEVEL'],
  [{ DATABASE_URL, MAX_BODY_BYTES: '10' }, 'MAX_BODY_BYTES'],
  [{ DATABASE_URL, DRAIN_SECONDS: '-1' }, 'DRAIN_SECONDS'],
  [{ DATABASE_URL, MIGRATE: '1' }, 'MIGRATE'],
  [{ DATABASE_URL, WEBHOOK_NETWORKS: '10.0.0.0/8, 10.1.2.3' }, 'WEBHOOK_NETWORKS'],
  [{ DATABASE_URL, STATUS_FOR_JSON: '200' }, 'STATUS_FOR_JSON'],
  [{ DATABASE_URL, SUBGRAPH_WITHOUT: 'authenticated,key' }, 'SUBGRAPH_WITHOUT'],
  [{ DATABASE_URL, DATABASE_REPLICA_URLS: 'postgres://replica/usergraph' }, 'DATABASE_REPLICA_URLS'],
  [
    { DATABASE_URL: 'postgres://a/b', SECRET_KEY: 'k'.repeat(32), DATABASE_REPLICA_URLS: 'replica' },
    'DATABASE_REPLICA_URLS',
  ],
  [{ DATABASE_URL, SUBGRAPH_WITHOUT: '@authenticated' }, 'SUBGRAPH_WITHOUT'],
  [{ DATABASE_URL, CORS_ORIGINS: 'https://a.example, https://b.example/path' }, 'CORS_ORIGINS'],
])('refuses %j because of %s', (environment, setting) => {
  expect(problemsOf(environment)).toEqual([expect.stringMatching(new RegExp(`^${setting} is `))]);
});

test('production refuses unsafe settings and accepts safe ones', () => {
  const unsafe = { DATABASE_URL, NODE_ENV: 'production', CORS_ORIGINS: '*', WEBHOOK_NETWORKS: '10.0.0.0/8,::/0' };
  expect(problemsOf(unsafe).map((problem) => problem.split(' ')[0])).toEqual([
    'SECRET_KEY',
    'SMTP_URL',
    'CORS_ORIGINS',
    'WEBHOOK_NETWORKS',
  ]);
  // A wrong value is reported together with them.
  const wrong = { ...unsafe, CORS_ORIGINS: 'x', WEBHOOK_NETWORKS: 'x', MAX_COST: 'x', RATE_LIMIT_POINTS: 'x' };
  expect(problemsOf(wrong).map((problem) => problem.split(' ')[0])).toEqual([
    'CORS_ORIGINS',
    'MAX_COST',
    'RATE_LIMIT_POINTS',
    'WEBHOOK_NETWORKS',
    'SECRET_KEY',
    'SMTP_URL',
  ]);
  const safe = {
    DATABASE_URL,
    NODE_ENV: 'production',
    SECRET_KEY: 'k'.repeat(32),
    SMTP_URL: 'smtps://user:password@mail.example:465',
    MAIL_FROM: 'Accounts <accounts@example.com>',
    // Browsers send one normalized form of each of these origins.
    CORS_ORIGINS: 'HTTPS://App.example.com/, https://admin.example.com:443',
  };
  expect(loadConfig(safe)).toMatchObject({
    production: true,
    graphiql: false,
    corsOrigins: ['https://app.example.com', 'https://admin.example.com'],
  });
});

test('reads secrets from files and trims white space around them', () => {
  const environment = {
    DATABASE_URL,
    SECRET_KEY_FILE: fileWith(`${'k'.repeat(32)}\r\n`),
    SMTP_URL_FILE: fileWith('smtp://user:password@mail.example\n'),
    MAIL_FROM: 'accounts@example.com',
  };
  const { secretKey, mail } = loadConfig(environment);
  expect(secretKey).toBe('k'.repeat(32));
  expect(mail).toMatchObject({ smtpUrl: 'smtp://user:password@mail.example' });
  const spaced = { DATABASE_URL, SECRET_KEY_FILE: fileWith(`\ufeff ${'k'.repeat(32)} `) };
  expect(loadConfig(spaced).secretKey).toBe('k'.repeat(32));
});

test('reports problems of a secret file without its content', () => {
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

test('limits the size of a secret file, so that an endless file does not block the start', () => {
  const most = { DATABASE_URL, SECRET_KEY_FILE: fileWith('k'.repeat(MAX_SECRET_FILE_BYTES)) };
  expect(loadConfig(most).secretKey).toHaveLength(MAX_SECRET_FILE_BYTES);
  const more = { DATABASE_URL, SECRET_KEY_FILE: fileWith('k'.repeat(MAX_SECRET_FILE_BYTES + 1)) };
  expect(problemsOf(more)).toEqual([expect.stringContaining(`larger than ${MAX_SECRET_FILE_BYTES} bytes`)]);
  expect(problemsOf({ DATABASE_URL, SECRET_KEY_FILE: '/dev/zero' })).toEqual([expect.stringContaining('larger than')]);
});

test.each([
  ['file:./a.db', '/srv/a.db'],
  ['file: ./a.db', '/srv/a.db'],
  ['file:a b.db', '/srv/a b.db'],
  ['file:a%20b.db', '/srv/a%20b.db'],
  ['file:data/', '/srv/data'],
  ['file:/srv/a#1.db', '/srv/a#1.db'],
  ['file:///srv/a.db', '/srv/a.db'],
])('DATABASE_URL %s names the file %s', (url, wanted) => {
  vi.spyOn(process, 'cwd').mockReturnValue('/srv');
  onTestFinished(() => void vi.restoreAllMocks());
  expect(loadConfig({ DATABASE_URL: url }).database).toEqual({ engine: 'sqlite', file: wanted });
});

test.each(['file:', 'file: ', 'a.db', 'file:~/a.db', 'file:a.db?mode=ro', 'file://server/a.db', 'file::memory:'])(
  'refuses %s as DATABASE_URL',
  (url) => {
    expect(problemsOf({ DATABASE_URL: url })).toEqual([expect.stringMatching(/^DATABASE_URL is ".*"; wanted: file:/)]);
  },
);

test('accepts an address in HOST with or without brackets and refuses anything else', () => {
  for (const [host, wanted] of Object.entries({ '[::1]': '::1', '::1': '::1', localhost: 'localhost' })) {
    expect(loadConfig({ DATABASE_URL, HOST: host }).host).toBe(wanted);
  }
  expect(loadConfig({ DATABASE_URL, HOST: '[::1]' }).tokens.publicUrl).toBe('http://[::1]:4000');
  for (const HOST of ['*', '127.0.0.1:4000', 'http://localhost', '[localhost', 'a b', '-a']) {
    expect(problemsOf({ DATABASE_URL, HOST })).toEqual([expect.stringMatching(/^HOST is /)]);
  }
});

test('accepts numbers only as ASCII digits', () => {
  for (const PORT of ['0x10', '1e3', '+1', '4000.0', '4,000', '٤']) {
    expect(problemsOf({ DATABASE_URL, PORT })).toEqual([expect.stringMatching(/^PORT is /)]);
  }
  expect(problemsOf({ DATABASE_URL, MAIL_OUTBOX: '~/mails' })).toEqual([expect.stringMatching(/^MAIL_OUTBOX is /)]);
});
