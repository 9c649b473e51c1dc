import { describe, expect, test } from 'vitest';
import { describeSettings, loadConfig } from '../../src/config/config.js';
import type { SETTINGS } from '../../src/config/settings.js';
import { fileWith, problemsOf } from '../support/configuration.js';

const DATABASE_URL = 'file:./usergraph.db';

/** A value of each setting that differs from its default. The type requires an entry for each new setting. */
const SAMPLES: Record<keyof typeof SETTINGS, () => string> = {
  DATABASE_URL: () => 'file:./other.db',
  DATABASE_PASSWORD: () => 'secret',
  DATABASE_PASSWORD_FILE: () => fileWith('secret'),
  DATABASE_REPLICA_URLS: () => 'postgres://replica/usergraph',
  DATABASE_REPLICA_MAX_LAG_SECONDS: () => '5',
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

const POSTGRES = { DATABASE_URL: 'postgres://primary/usergraph', SECRET_KEY: 'k'.repeat(32) };

describe.each(Object.entries(SAMPLES))('%s', (name, sample) => {
  const given = (value: string | undefined) => {
    const required = Object.entries({ ...REQUIRED, ...(name === 'DATABASE_REPLICA_URLS' && POSTGRES) }).filter(
      ([other]) => other !== name,
    );
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
