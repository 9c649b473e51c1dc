import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';

/** The files that all servers of a comparison start from. */
export interface Data {
  /** The database of usergraph, and the secret of a key. */
  readonly own: string;
  readonly secret: string;
  /** The same users for the peers, in a schema without anything that they do not serve. */
  readonly peers: string;
}

const SCHEMA = `
  create table users (id text primary key, email text not null unique, first_name text, last_name text,
    email_verified integer not null, profile_picture_url text, last_sign_in_at text, external_id text unique,
    metadata text not null, created_at text not null, updated_at text not null);
  create table applications (id text primary key, name text not null);
  create table authorized_applications (id text primary key, user_id text not null references users,
    application_id text not null references applications, granted_scopes text not null);
  create index grants_by_user on authorized_applications (user_id, id);
`;

const COPY = `
  insert into users select id, email, first_name, last_name, email_verified, profile_picture_url, last_sign_in_at,
    external_id, metadata, created_at, updated_at from own.users order by id;
  insert into applications select id, name from own.applications;
  insert into authorized_applications select id, user_id, application_id, granted_scopes
    from own.authorized_applications;
`;

/** Makes the files in the folder, unless they are there from an earlier run. */
export function prepareData(folder: string, users: number, program: string): Data {
  mkdirSync(folder, { recursive: true });
  const own = join(folder, `${users}.db`);
  const peers = join(folder, `${users}.peers.db`);
  const run = runner(program, own);
  if (!existsSync(peers)) {
    for (const end of ['', '-wal', '-shm', '.secret']) rmSync(own + end, { force: true });
    run('seed', '--environment', 'bench', '--users', String(users));
    copyForPeers(own, peers);
  }
  return { own, secret: createKey(run), peers };
}

/** Makes only the file of usergraph in the folder, unless it is there. */
export function prepareOwn(folder: string, users: number, program: string): Pick<Data, 'own' | 'secret'> {
  mkdirSync(folder, { recursive: true });
  const own = join(folder, `${users}.db`);
  const run = runner(program, own);
  if (!existsSync(own)) run('seed', '--environment', 'bench', '--users', String(users));
  return { own, secret: createKey(run) };
}

type Run = (...args: string[]) => string;

function runner(program: string, own: string): Run {
  return (...args) =>
    execFileSync(process.execPath, [program, ...args], {
      env: { PATH: process.env.PATH, DATABASE_URL: `file:${own}` },
      encoding: 'utf8',
      stdio: 'pipe',
    });
}

function createKey(run: Run): string {
  const made = run('keys', 'create', '--environment', 'bench', '--name', 'bench', '--json');
  const secret = /"secret":\s*"(sk_\w+)"/.exec(made)?.[1];
  if (secret === undefined) throw new Error(`No secret in: ${made}`);
  return secret;
}

function copyForPeers(own: string, peers: string): void {
  const unfinished = `${peers}.unfinished`;
  rmSync(unfinished, { force: true });
  const sqlite = new Sqlite(unfinished);
  sqlite.exec(SCHEMA);
  sqlite.prepare('attach ? as own').run(own);
  sqlite.exec(COPY);
  sqlite.close();
  renameSync(unfinished, peers);
}

/** IDs of users: some anywhere, and some in the middle of the list. */
export function drawIds(peers: string): { readonly anywhere: readonly string[]; readonly middle: readonly string[] } {
  const sqlite = new Sqlite(peers, { readonly: true });
  const ids = sqlite.prepare<[], string>('select id from users order by id').pluck().all();
  sqlite.close();
  const at = (position: number) => ids[position % ids.length] ?? '';
  const half = Math.floor(ids.length / 2);
  return {
    anywhere: Array.from({ length: 6_400 }, (_, index) => at(index * 7_919)),
    middle: Array.from({ length: 256 }, (_, index) => at(half + index * 37)),
  };
}
