import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { vi } from 'vitest';
import { createApp } from '../../src/app.js';
import { createProgram } from '../../src/cli/program.js';
import { loadConfig } from '../../src/config/config.js';
import { createLogger } from '../../src/runtime/logger.js';
import { database, lastLine, type Settings } from './processes/process.js';

export const HASH = '$2b$10$aaaaaaaaaaaaaaaaaaaaaebbbbbbbbbbbbbbbbbbbbbbbbbbbbbbu';
export const HASHED = { passwordHash: HASH, passwordHashType: 'BCRYPT' };

interface World {
  readonly settings: Settings;
  readonly file: string;
  /** A path in the folder of the database. */
  readonly path: (name: string) => string;
  /** Writes a file there. */
  readonly put: (name: string, content: string | Buffer) => string;
}

export async function world(): Promise<World> {
  const { file, settings } = database();
  const app = await createApp(loadConfig(settings), { logger: createLogger('silent') });
  await app.services.environments.ensure('e1', 'test');
  await app.close();
  const path = (name: string) => join(file, '..', name);
  const put = (name: string, content: string | Buffer) => {
    writeFileSync(path(name), content);
    return path(name);
  };
  return { settings, file, path, put };
}

export const importArgs = (file: string, ...more: string[]) => [
  'users',
  'import',
  file,
  '--environment',
  'e1',
  ...more,
];

/** Runs a command in this process: the same program, without the second it takes to start one. */
export async function command(settings: Settings, args: readonly string[]) {
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  const told = { out: '', err: '' };
  const collect = (stream: 'out' | 'err') => (chunk: unknown) => {
    told[stream] += chunk;
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(collect('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(collect('err')),
    // Commander ends the process for an argument that it refuses: here that would be the one of the tests.
    vi.spyOn(process, 'exit').mockImplementation((code) => {
      throw new Error(`exit ${code}`);
    }),
  ];
  try {
    await createProgram().parseAsync(args, { from: 'user' });
    return { code: process.exitCode ?? 0, ...told };
  } catch (error) {
    return { code: 1, ...told, err: `${told.err}${error instanceof Error ? error.message : error}\n` };
  } finally {
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
  }
}

/** Runs an import; its exit code and what it tells programs. */
export async function importFile({ settings }: World, file: string, ...more: string[]) {
  const { code, out, err } = await command(settings, importArgs(file, '--json', ...more));
  if (code !== 0 && code !== 2) throw new Error(err);
  return { code, result: lastLine(out), err };
}

export function ndjson(...rows: unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

export function query<T>(file: string, sql: string): T[] {
  const sqlite = new Sqlite(file, { readonly: true });
  try {
    return sqlite.prepare<[], T>(sql).all();
  } finally {
    sqlite.close();
  }
}

/** All that an import writes and is not drawn anew each time. */
export function stateOf(file: string) {
  const users = query(
    file,
    `select email, email_verified, first_name, last_name, name, locale, external_id, metadata, version, hash, type,
      salt_position from users left join passwords on user_id = users.id and passwords.environment_id = users.environment_id
      order by users.id`,
  );
  const events = query(file, 'select name, sequence, actor_source, actor_name from events order by sequence');
  return { users, events };
}

interface Reject {
  readonly line: number;
  readonly errors: readonly { code: string; path: readonly string[] | null; message: string }[];
  readonly row?: unknown;
  readonly text?: string | null;
}

export function rejectsIn(file: string): Reject[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

export const codesOf = (rejects: readonly Reject[]) =>
  rejects.map(({ line, errors }) => [line, errors.map(({ code, path }) => `${code}@${path?.join('.') ?? ''}`).sort()]);

export const ADA = {
  email: 'ada@example.com',
  emailVerified: true,
  firstName: 'Ada',
  lastName: 'Lovelace',
  name: 'Ada Lovelace',
  externalId: 'a-1',
  locale: 'en-gb',
  metadata: { plan: 'pro', empty: '' },
  ...HASHED,
};

/** Many rows, one in a hundred of them bad, and some that clash with earlier ones. */
export function manyRows(count: number): string {
  return ndjson(
    ...Array.from({ length: count }, (_, index) => {
      const number = index % 97 === 96 ? index - 50 : index;
      const email = index % 100 === 99 ? `nobody ${index}` : `person.${number}@example.com`;
      return {
        email,
        externalId: `e-${index}`,
        firstName: `Person ${index}`,
        metadata: { n: String(index) },
        ...HASHED,
      };
    }),
  );
}
