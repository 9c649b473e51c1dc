import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { createApp } from '../../../src/app.js';
import { ALL_SCOPES } from '../../../src/auth/scope.js';
import { loadConfig } from '../../../src/config/config.js';
import { createLogger } from '../../../src/runtime/logger.js';
import { migratedDatabase } from '../migrated-database.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** Built by `build.ts` before the tests. */
const COMMAND = ['dist/src/main.js'];

export type Settings = Record<string, string>;

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * @param through a program that runs ours, with its arguments
 * @param uid another user to run as
 */
export function start(
  args: readonly string[],
  settings: Settings,
  stdin: 'ignore' | 'pipe' = 'ignore',
  { through = [], uid }: { readonly through?: readonly string[]; readonly uid?: number } = {},
): ChildProcess & { readonly collected: { out: string; err: string } } {
  // Only what a process needs to start: settings of whoever runs the tests must not get in.
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR, ...settings };
  const [command = '', ...rest] = [...through, process.execPath, ...COMMAND, ...args];
  const identity = uid === undefined ? {} : { uid, gid: uid };
  const child = spawn(command, rest, { cwd: ROOT, env, stdio: [stdin, 'pipe', 'pipe'], ...identity });
  const collected = { out: '', err: '' };
  child.stdout?.on('data', (chunk) => {
    collected.out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    collected.err += chunk;
  });
  // The next test may need the port.
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  });
  return Object.assign(child, { collected });
}

export type Child = ReturnType<typeof start>;

export async function run(
  args: readonly string[],
  settings: Settings,
  how: Parameters<typeof start>[3] = {},
): Promise<Run> {
  const child = start(args, settings, 'ignore', how);
  const [code] = await once(child, 'close');
  return { code, ...child.collected };
}

/** The object a command with `--json` prints as its last line. */
export function lastLine(out: string): Record<string, unknown> {
  return JSON.parse(out.trimEnd().split('\n').at(-1) ?? ''); // any of JSON.parse becomes unknown values
}

/** Resolves when the output matches; rejects with it when the process ends before. */
export function says(child: Child, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const match = pattern.exec(child.collected.out);
      if (match) resolve(match);
    };
    child.stdout?.on('data', look);
    child.once('close', (code) =>
      reject(new Error(`ended with ${code}: ${child.collected.out}${child.collected.err}`)),
    );
    look();
  });
}

export async function stop(child: Child, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  const closed = once(child, 'close');
  child.kill(signal);
  const [code] = await closed;
  return code;
}

export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'usergraph-process-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export async function serve(settings: Settings): Promise<{ child: Child; url: string }> {
  const port = await freePort();
  const child = start(['serve'], { HOST: '127.0.0.1', PORT: String(port), ...settings });
  await says(child, /"listening"/);
  return { child, url: `http://127.0.0.1:${port}/graphql` };
}

/** Makes a key of the environment `e1`, by the command when it has more options than a name. */
export async function createKey(settings: Settings, ...more: string[]): Promise<{ id: string; secret: string }> {
  if (more.length === 0) return createKeyHere(settings);
  const made = await run(['keys', 'create', '--environment', 'e1', '--name', 'k1', '--json', ...more], settings);
  expect(made.err).not.toContain('Error');
  expect(made.code).toBe(0);
  const { id, secret } = lastLine(made.out);
  return { id: String(id), secret: String(secret) };
}

/** In this process: to start another one takes thirty times as long. */
async function createKeyHere(settings: Settings): Promise<{ id: string; secret: string }> {
  const config = loadConfig({ NODE_ENV: 'test', ...settings });
  const { database } = config;
  if (database.engine === 'sqlite' && !existsSync(database.file)) {
    writeFileSync(database.file, await migratedDatabase(), { mode: 0o600 });
  }
  const app = await createApp(config, { logger: createLogger('silent'), delivering: 'awaited' });
  const input = { environment: 'e1', kind: 'test', name: 'k1', scopes: ALL_SCOPES } as const;
  const { apiKey, secret } = await app.services.apiKeys.create(input);
  await app.close();
  return { id: apiKey.id, secret };
}

export async function ask(url: string, secret: string, query: string, variables?: object) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  return { status: response.status, text: await response.text() };
}

/** A database with a key in it, in a folder of its own. */
export function database(): { file: string; settings: Settings } {
  const file = join(folder(), 'test.db');
  return { file, settings: { DATABASE_URL: `file:${file}` } };
}

export const CREATE = `mutation ($input: CreateUserInput!) {
  createUser(input: $input) { user { id email } errors { ... on MutationError { code message } } }
}`;
