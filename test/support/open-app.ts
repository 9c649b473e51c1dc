import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { type App, createApp, type Overrides } from '../../src/app.js';
import type { Scope } from '../../src/auth/scope.js';
import { ALL_SCOPES } from '../../src/auth/scope.js';
import { type Config, loadConfig } from '../../src/config/config.js';
import type { Mail, Mailer } from '../../src/mail/mailer.js';
import { createLogger } from '../../src/runtime/logger.js';
import { migratedDatabase } from './migrated-database.js';
import { copyOfTemplate, isOnPostgres } from './postgres/database.js';
import { TestClock } from './test-clock.js';

/** A GraphQL answer; `data` is as untyped as JSON is. */
export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers by path, and a wrong path fails the assertion.
  readonly data: any;
  readonly extensions?: { readonly cost: { readonly requested: number; readonly charged: number } };
  readonly errors?: readonly { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[];
}

export type Execute = (query: string, variables?: Record<string, unknown>) => Promise<Answer>;

export interface TestApp {
  readonly app: App;
  readonly clock: TestClock;
  /** Mails that were sent, oldest first. */
  readonly mails: Mail[];
  /** SQL of every statement since the last `statements.length = 0`. */
  readonly statements: string[];
  /** The distinct ones of all statements so far, each with the values that were bound to it last. */
  readonly bound: Map<string, readonly unknown[]>;
  /** Folder of the database file. */
  readonly folder: string;
  /** The database file. Empty on PostgreSQL. */
  readonly file: string;
  /** What another process needs to use the same database. */
  readonly settings: Readonly<Record<string, string>>;
  /** A function that asks with a new key of the environment. */
  client(environment?: string, scopes?: readonly Scope[]): Promise<Execute>;
  /** A new key's secret. */
  key(environment?: string, scopes?: readonly Scope[]): Promise<string>;
}

/** For tests that ask for everything there is: what an operation may ask for is tested elsewhere. */
export const WITHOUT_BOUNDS = {
  MAX_TOKENS: '100000',
  MAX_DEPTH: '100',
  MAX_ALIASES: '10000',
  MAX_ROOT_FIELDS: '1000',
  MAX_FIELDS: '100000',
  MAX_COST: '10000000',
  RATE_LIMIT_POINTS: '0',
};

/** What an app keeps on disk. */
export interface Kept {
  readonly database: Buffer;
  /** The key beside the database. */
  readonly secret: Buffer;
}

/** Reads what an app keeps, so that `openApp` can go on from there any number of times. */
export function keptBy({ file }: TestApp): Kept {
  const sqlite = new BetterSqlite3(file, { readonly: true });
  try {
    return { database: sqlite.serialize(), secret: readFileSync(`${file}.secret`) };
  } finally {
    sqlite.close();
  }
}

/**
 * Opens the real app on a fresh, migrated database file, or on a copy of what another app kept. Whoever opens it closes
 * it, and the file goes.
 */
export async function openApp(
  settings: Record<string, string> = {},
  overrides: Overrides = {},
  kept?: Kept,
): Promise<TestApp & { close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'usergraph-test-'));
  const clock = new TestClock();
  const mails: Mail[] = [];
  const statements: string[] = [];
  const bound = new Map<string, readonly unknown[]>();
  const file = join(folder, 'test.db');
  const isOwn = !('DATABASE_URL' in settings);
  const copy = isOwn && isOnPostgres() ? await copyOfTemplate() : null;
  if (isOwn && !copy) {
    writeFileSync(file, kept?.database ?? (await migratedDatabase()), { mode: 0o600 });
    if (kept) writeFileSync(`${file}.secret`, kept.secret, { mode: 0o600 });
  }
  const own = copy ? { ...copy.settings, MAIL_OUTBOX: join(folder, 'outbox') } : { DATABASE_URL: `file:${file}` };
  const config = loadConfig({ ...own, NODE_ENV: 'test', ...settings });
  const app = await createApp(config, {
    clock,
    logger: createLogger('silent'),
    // A test that names a mail server or a folder means the real mailer.
    ...('SMTP_URL' in settings || 'MAIL_OUTBOX' in settings ? {} : { mailer: listMailer(mails) }),
    // A mutation that sends a mail answers when it is sent, so that what a test reads does not depend on time.
    delivering: 'awaited',
    observe: (sql, parameters) => {
      statements.push(sql);
      bound.set(sql, parameters);
    },
    ...overrides,
  });
  const close = async () => {
    await app.close();
    await copy?.remove();
    rmSync(folder, { recursive: true, force: true });
  };
  const key = async (environment = 'test', scopes?: readonly Scope[]) => {
    const input = { environment, kind: 'test', name: 'test', scopes: scopes ?? ALL_SCOPES } as const;
    return (await app.services.apiKeys.create(input)).secret;
  };
  const client = async (environment?: string, scopes?: readonly Scope[]): Promise<Execute> => {
    const secret = await key(environment, scopes);
    return (query, variables) => execute(app, secret, query, variables);
  };
  return { app, clock, mails, statements, bound, folder, file: fileOf(config), settings: own, client, key, close };
}

function fileOf({ database }: Config): string {
  return database.engine === 'sqlite' ? database.file : '';
}

/** Takes every mail into a list. */
export function listMailer(mails: Mail[]): Mailer {
  return {
    send: async (mail) => {
      mails.push(mail);
    },
    close: () => {},
  };
}

/** Sends one operation through the app's own door. */
export async function execute(
  app: App,
  secret: string | null,
  query: string,
  variables?: Record<string, unknown>,
): Promise<Answer> {
  const response = await post(app, secret, { query, variables });
  return (await response.json()) as Answer;
}

export function post(app: App, secret: string | null, body: unknown): Promise<Response> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (secret !== null) headers.authorization = `Bearer ${secret}`;
  const request = new Request('http://localhost/graphql', { method: 'POST', headers, body: JSON.stringify(body) });
  return app.fetch(request);
}
