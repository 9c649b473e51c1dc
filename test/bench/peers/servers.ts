import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Data } from './data.js';

/** A server under load. */
export interface Server {
  readonly name: string;
  readonly isOwn: boolean;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds from the start of the process to its first answer. */
  readonly coldMs: number;
  /** Resident memory in MB. */
  memory(): number;
  stop(): Promise<void>;
}

export const PEERS = {
  bare: 'node:http',
  mercurius: 'Mercurius',
  yoga: 'Yoga',
  apollo: 'Apollo',
} as const;

const HERE = fileURLToPath(new URL('.', import.meta.url));
const FIRST = JSON.stringify({ query: '{ __typename }' });

/** Starts usergraph as users do: the built program, with its limits, logs and keys, on a copy of the file. */
export function startOwn(data: Pick<Data, 'own' | 'secret'>, folder: string, program: string): Promise<Server> {
  return startOwnOn(copyOf(data.own, folder), data, folder, program);
}

/** The same on the file itself. */
export function startOwnOn(
  file: string,
  data: Pick<Data, 'own' | 'secret'>,
  folder: string,
  program: string,
): Promise<Server> {
  const env = {
    DATABASE_URL: `file:${file}`,
    NODE_ENV: 'production',
    RATE_LIMIT_POINTS: '1000000000',
    MAIL_OUTBOX: join(folder, 'mail'),
    SECRET_KEY: readFileSync(`${data.own}.secret`, 'utf8').trim(),
  };
  return start('usergraph', true, [program, 'serve'], env, { authorization: `Bearer ${data.secret}` });
}

export function startPeer(name: keyof typeof PEERS, data: Data, folder: string): Promise<Server> {
  const env = { DATABASE: copyOf(data.peers, folder), SYNCHRONOUS: 'FULL', NODE_ENV: 'production' };
  return start(PEERS[name], false, [join(HERE, `${name}.mjs`)], env, {});
}

function copyOf(file: string, folder: string): string {
  const copy = join(folder, `${Math.random().toString(36).slice(2)}.db`);
  for (const end of ['', '-wal']) if (existsSync(file + end)) copyFileSync(file + end, copy + end);
  return copy;
}

async function start(
  name: string,
  isOwn: boolean,
  args: string[],
  env: Record<string, string>,
  more: Record<string, string>,
): Promise<Server> {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // Apollo's standalone server answers at every path.
  const url = `http://127.0.0.1:${port}/graphql`;
  const headers = { 'content-type': 'application/json', ...more };
  await firstAnswer(url, headers, child);
  const coldMs = performance.now() - startedAt;
  const memory = () =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  const stop = async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };
  return { name, isOwn, url, headers, coldMs, memory, stop };
}

async function firstAnswer(url: string, headers: Record<string, string>, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The server of ${url} ended with ${child.exitCode}.`);
    try {
      await (await fetch(url, { method: 'POST', headers, body: FIRST })).text();
      return;
    } catch {
      // It does not listen yet.
      await wait(10);
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (typeof address !== 'object' || address === null) throw new Error('A TCP server has an address.');
  return address.port;
}
