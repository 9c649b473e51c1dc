import { spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort, ordinaryUser } from './server.js';

const PGBOUNCER = '/usr/sbin/pgbouncer';

/** Why no pooler can be started here; null when one can. */
export function whyNoPooler(): string | null {
  return existsSync(PGBOUNCER) ? null : 'PgBouncer is not installed (apt-get install pgbouncer)';
}

export interface Pooler {
  readonly url: string;
  remove(): Promise<void>;
}

/** Starts PgBouncer in transaction mode, with few connections, in front of a database. */
export async function startPooler(database: string): Promise<Pooler> {
  const as = ordinaryUser();
  const folder = mkdtempSync(join(tmpdir(), 'usergraph-pooler-'));
  const port = await freePort();
  const { hostname, port: serverPort, pathname, username } = new URL(database);
  const name = pathname.slice(1);
  const lines = [
    '[databases]',
    `${name} = host=${hostname} port=${serverPort} dbname=${name} user=${username}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    'pool_mode = transaction',
    'default_pool_size = 4',
    'max_client_conn = 200',
  ];
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(file, `${lines.join('\n')}\n`);
  if (as.uid !== undefined && as.gid !== undefined) chownSync(folder, as.uid, as.gid);
  const child = spawn(PGBOUNCER, [file], { ...as, cwd: folder, stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `postgres://${username}@127.0.0.1:${port}/${name}`;
  for (let attempt = 0; ; attempt++) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      break;
    } catch (error) {
      if (attempt > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return {
    url,
    remove: async () => {
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
