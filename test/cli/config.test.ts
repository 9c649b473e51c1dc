import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { describeSettings, loadConfig } from '../../src/config/config.js';
import type { SETTINGS } from '../../src/config/settings.js';
import { ConfigError } from '../../src/domain/operator-error.js';
import { MAX_SECRET_FILE_BYTES } from '../../src/secrets/secret-file.js';

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

function fileWith(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'usergraph-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'secret');
  writeFileSync(file, content);
  return file;
}

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

/** A value of each setting that differs from its default. The type requires an entry for each new setting. */
const SAMPLES: Record<keyof typeof SETTINGS, () => string> = {
  DATABASE_URL: () => 'file:./other.db',
  DATABASE_PASSWORD: () => 'secret',
  DATABASE_PASSWORD_FILE: () => fileWith('secret'),
  DATABASE_POOL_SIZE: () => '20',
  DATABASE_POOLER: () => 'true',
  DATABASE_STATEMENT_TIMEOUT_SECONDS: () => '5',
  DATABASE_LOCK_TIMEOUT_SECONDS: () => '5',
  PORT: () => '4100',
  HOST: () => '0.0.0.0',
  NODE_ENV: () => 'test',
  SECRET_KEY: () => 's'.repeat(32),
  SECRET_KEY_FILE: () => fileWith('s'.repeat(40)),
  SMTP_URL: () => 'smtp://mail.example',
  SMTP_URL_FILE: () => fileWith('smtp://mail.example'),
  MAIL_FROM: () => 'Accounts <accounts@example.com>',
  MAIL_OUTBOX: () => './mails',
  MAIL_REPLY_TO: () => 'support@example.com',
  MAIL_PRODUCT_NAME: () => 'Example Accounts',
  MAIL_TEMPLATES: () => './templates',
  MAIL_DAILY_QUOTA: () => '7',
  SMTP_TIMEOUT_SECONDS: () => '2.5',
  PUBLIC_URL: () => 'https://accounts.example.com',
  ACCESS_TOKEN_TTL_SECONDS: () => '60',
  SESSION_TTL_DAYS: () => '7',
  CLOCK_TOLERANCE_SECONDS: () => '0',
  TRUSTED_PROXIES: () => '1',
  CORS_ORIGINS: () => 'https://app.example.com, https://admin.example.com',
  STATUS_FOR_JSON: () => 'legacy200',
  PERSISTED_DOCUMENTS: () => './documents.json',
  PERSISTED_DOCUMENTS_ONLY: () => 'true',
  ROUTER_KEYS: () => `router-1:${'r'.repeat(32)}`,
  ROUTER_KEYS_FILE: () => fileWith(`router-1:${'r'.repeat(32)}`),
  ROUTER_SIGNATURE_SECONDS: () => '10',
  SUBGRAPH_WITHOUT: () => 'authenticated,requiresScopes',
  TYPE_PREFIX: () => 'Accounts',
  FIELD_PREFIX: () => 'accounts',
  REST: () => 'false',
  GRAPHIQL: () => 'false',
  MIGRATE: () => 'false',
  WORKERS: () => '2',
  LOG_LEVEL: () => 'warn',
  MAX_BODY_BYTES: () => '2048',
  MAX_TOKENS: () => '500',
  MAX_DEPTH: () => '5',
  MAX_ALIASES: () => '0',
  MAX_ROOT_FIELDS: () => '5',
  MAX_DIRECTIVES: () => '5',
  MAX_FIELDS: () => '50',
  MAX_COST: () => '500',
  MAX_WAITING_REQUESTS: () => '50',
  RATE_LIMIT_POINTS: () => '0',
  RATE_LIMIT_SECONDS: () => '30',
  EVENT_RETENTION_DAYS: () => '30',
  EVENT_RETENTION_COUNT: () => '1000',
  EVENT_ERASURE_DAYS: () => '30',
  WEBHOOK_NETWORKS: () => '10.1.0.0/16, 127.0.0.0/8',
  REQUEST_TIMEOUT_SECONDS: () => '5',
  DRAIN_SECONDS: () => '0.5',
  METRICS_PORT: () => '9464',
  METRICS_HOST: () => '::1',
  OTEL_EXPORTER_OTLP_ENDPOINT: () => 'http://127.0.0.1:4318',
  OTEL_EXPORTER_OTLP_HEADERS: () => 'a=b c',
  OTEL_EXPORTER_OTLP_HEADERS_FILE: () => fileWith('a=b c'),
  OTEL_SERVICE_NAME: () => 'accounts',
  OTEL_TRACES_SAMPLER_ARG: () => '0.25',
};

/** Settings that other settings require. */
const REQUIRED = {
  DATABASE_URL,
  MAIL_FROM: 'a@example.com',
  PERSISTED_DOCUMENTS: 'd.json',
  METRICS_PORT: '1',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4317',
};

describe.each(Object.entries(SAMPLES))('%s', (name, sample) => {
  const given = (value: string | undefined) => {
    const required = Object.entries(REQUIRED).filter(([other]) => other !== name);
    return Object.fromEntries(value === undefined ? required : [...required, [name, value]]);
  };

  test('ignores white space around the value, e.g. from a file with Windows line endings', () => {
    const value = sample();
    const config = loadConfig(given(value));
    for (const spaced of [`${value}\r`, `${value}\r\n`, ` \t${value} `, `\u00a0${value}`]) {
      expect(loadConfig(given(spaced))).toEqual(config);
    }
    // The sample differs from the default, so the comparison above is meaningful.
    if (name !== 'DATABASE_URL') expect(describeSettings(given(value))).not.toEqual(describeSettings(given(undefined)));
  });

  test('counts as not set when it is blank', () => {
    for (const blank of ['', ' ', '\t', '\r', '\r\n']) {
      if (name === 'DATABASE_URL') expect(problemsOf(given(blank))).toEqual([expect.stringContaining('is not set')]);
      else expect(loadConfig(given(blank))).toEqual(loadConfig(given(undefined)));
    }
  });

  test('refuses quotes around the value and control characters in it', () => {
    const value = sample();
    const inside = (character: string) => value + character + value;
    for (const wrong of [`"${value}"`, `'${value}'`, `"${value}"\r`, ...['\0', '\n', '\r', '\u0085'].map(inside)]) {
      const problems = problemsOf(given(wrong));
      expect(problems[0]).toMatch(new RegExp(`^${name} (stands in quotes|has a control character)`));
      expect(problems.join()).not.toContain(value);
    }
  });
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
