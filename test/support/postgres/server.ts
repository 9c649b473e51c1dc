import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { runOnce } from './once.js';

/** The newest PostgreSQL that Debian's packages have put on this machine; null when there is none. */
export function binariesOfPostgres(): string | null {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return null;
  const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(root, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb'))) ?? null;
}

/** Why no server can be started here; null when one can. */
export function whyNoPostgres(): string | null {
  if (binariesOfPostgres() === null) return 'PostgreSQL is not installed (apt-get install postgresql)';
  if (process.getuid?.() === 0 && userOf() === null)
    return 'the user postgres does not exist, and PostgreSQL refuses root';
  return null;
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** The ordinary user that Debian's package has made. */
function userOf(): User | null {
  const id = (flag: string) => spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' });
  const [uid, gid] = [id('-u'), id('-g')];
  return uid.status === 0 ? { uid: Number(uid.stdout), gid: Number(gid.stdout) } : null;
}

/** Who a server is started as: root may not. */
export function ordinaryUser(): Partial<User> {
  return process.getuid?.() === 0 ? (userOf() ?? {}) : {};
}

export interface PostgresServer {
  readonly port: number;
  readonly folder: string;
  readonly pid: number;
  /** The URL of a database. */
  url(database?: string): string;
  /** Runs statements in a database. */
  run(sql: string, database?: string): Promise<pg.QueryResult>;
  /** Ends the server with a signal, and waits for it. SIGQUIT loses what is not durable, as a crash does. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same data. */
  start(): Promise<void>;
  /** Ends it, and removes its data. */
  remove(): Promise<void>;
}

export interface ServerOptions {
  /** Settings of the server. By default nothing is durable, as it is for tests. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Makes the data in an empty folder, instead of a new cluster: a replica copies its primary. */
  readonly make?: (bin: string, folder: string, as: Partial<User>) => void;
}

const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off' };

/** A replica gets what is on disk: a commit must not leave it to later. */
export const SENT_AT_ONCE = { ...FAST, synchronous_commit: 'on' };

/** Starts a PostgreSQL server on a free port of the loopback interface, as an ordinary user. */
export async function startPostgres({
  settings = FAST,
  make = initialize,
}: ServerOptions = {}): Promise<PostgresServer> {
  const bin = binariesOfPostgres();
  if (bin === null) throw new Error('PostgreSQL is not installed.');
  const as = ordinaryUser();
  const folder = mkdtempSync(join(tmpdir(), 'usergraph-postgres-'));
  if (as.uid !== undefined && as.gid !== undefined) chownSync(folder, as.uid, as.gid);
  const data = join(folder, 'data');
  make(bin, data, as);
  const port = await freePort();
  const all = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    max_connections: '1000',
    ...settings,
  };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const begin = () => {
    const child = spawn(join(bin, 'postgres'), ['-D', data, ...flags], { ...as, cwd: folder, stdio: 'ignore' });
    return { child, ended: new Promise<void>((resolve) => child.once('exit', () => resolve())) };
  };
  let running = begin();
  const url = (database = 'postgres') => `postgres://usergraph@127.0.0.1:${port}/${database}`;
  const run = (sql: string, database?: string) => runOnce(url(database), sql);
  const untilReady = async () => {
    for (let attempt = 0; ; attempt++) {
      try {
        await run('select 1');
        return;
      } catch (error) {
        if (attempt > 600) throw error;
        // After a crash, the first attempts meet what is left of the processes before.
        if (running.child.exitCode !== null) running = begin();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  await untilReady();
  const stop = async (signal: NodeJS.Signals = 'SIGINT') => {
    running.child.kill(signal);
    await running.ended;
  };
  return {
    port,
    folder,
    get pid() {
      return running.child.pid ?? 0;
    },
    url,
    run,
    stop,
    start: async () => {
      running = begin();
      await untilReady();
    },
    remove: async () => {
      if (running.child.exitCode === null) await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function initialize(bin: string, data: string, as: Partial<User>): void {
  const flags = ['-D', data, '-U', 'usergraph', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'];
  execFileSync(join(bin, 'initdb'), flags, { ...as, cwd: tmpdir(), stdio: 'ignore' });
}

/** Starts a streaming replica of a server. */
export function startReplica(primary: PostgresServer, settings?: ServerOptions['settings']): Promise<PostgresServer> {
  const from = ['-h', '127.0.0.1', '-p', String(primary.port), '-U', 'usergraph', '-c', 'fast', '--no-sync', '-R'];
  return startPostgres({
    ...(settings && { settings }),
    make: (bin, data, as) => {
      execFileSync(join(bin, 'pg_basebackup'), ['-D', data, ...from], { ...as, cwd: tmpdir(), stdio: 'ignore' });
    },
  });
}

/** Sends a signal to all processes of a server, each of which has a session of its own. */
export function signalAll({ pid }: PostgresServer, signal: NodeJS.Signals): void {
  const parentOf = (process: string) => /\) . (\d+)/.exec(readFileSync(`/proc/${process}/stat`, 'utf8'))?.[1];
  const isChild = (process: string) => /^\d+$/.test(process) && parentOf(process) === String(pid);
  for (const child of [String(pid), ...readdirSync('/proc').filter(isChild)]) process.kill(Number(child), signal);
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
