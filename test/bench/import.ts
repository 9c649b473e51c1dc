import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';

/**
 * `npm run bench:import [-- <rows> <kills>]`: imports made-up users with hashes by the built program, once straight through
 * and once killed at random moments and resumed; says how fast, with how much memory, and whether the two are the same.
 */
const ROWS = Number(process.argv[2] ?? 1_000_000);
const KILLS = Number(process.argv[3] ?? 1);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** One row in so many has no address, and one in so many that of an earlier row. */
const BAD = 1_000;

function* rows(): Generator<string> {
  for (let index = 0; index < ROWS; index++) {
    const isBad = index % BAD === BAD - 1;
    const isTwice = index % BAD === BAD / 2;
    const email = isBad ? `nobody ${index}` : `person.${isTwice ? index - 100 : index}@example.com`;
    // Of the right form, and nobody's: making a million real ones would take a day.
    const passwordHash = `$2b$10$${createHash('sha256').update(String(index)).digest('hex').slice(0, 51)}.u`;
    const name = { firstName: 'Ada', lastName: `Lovelace ${index}`, name: `Ada Lovelace ${index}` };
    const metadata = { plan: 'pro', seat: String(index) };
    const hash = { passwordHash: `${passwordHash.slice(0, 28)}e${passwordHash.slice(29)}`, passwordHashType: 'BCRYPT' };
    const row = { email, emailVerified: index % 3 === 0, ...name, externalId: `customer-${index}`, metadata, ...hash };
    yield `${JSON.stringify(row)}\n`;
  }
}

function start(settings: Record<string, string>, ...args: string[]): ChildProcess & { out: string } {
  const env = { PATH: process.env.PATH, ...settings };
  const child = spawn(process.execPath, ['dist/src/main.js', ...args], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const collected = Object.assign(child, { out: '' });
  child.stdout.on('data', (chunk) => {
    collected.out += chunk;
  });
  return collected;
}

/** Largest resident memory so far, as Linux counts it; 0 elsewhere. */
function peakOf(child: ChildProcess): number {
  try {
    const [, kilobytes = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
    return Math.round(Number(kilobytes) / 1024);
  } catch {
    return 0;
  }
}

async function importAll(
  folder: string,
  name: string,
  file: string,
  kills: number,
): Promise<{ digest: string; told: unknown }> {
  const settings = { DATABASE_URL: `file:${join(folder, `${name}.db`)}` };
  await once(start(settings, 'environments', 'create', '--name', 'bench'), 'close');
  const args = [
    'users',
    'import',
    file,
    '--environment',
    'bench',
    '--rejects',
    join(folder, `${name}.rejects`),
    '--json',
  ];
  let peak = 0;
  for (let kill = 1; kill <= kills; kill++) {
    const child = start(settings, ...args);
    const goal = (ROWS * (kill - 1 + Math.random())) / kills;
    await untilLine(join(folder, `${name}.db`), goal, child);
    peak = Math.max(peak, peakOf(child));
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
    process.stdout.write(`${name}: killed at row ${Math.round(goal)} or soon after\n`);
  }
  const child = start(settings, ...args);
  const closed = once(child, 'close');
  while (child.exitCode === null) {
    peak = Math.max(peak, peakOf(child));
    await Promise.race([closed, wait(200)]);
  }
  const told = { ...JSON.parse(child.out.trim().split('\n').at(-1) ?? '{}'), peakMiB: peak };
  process.stdout.write(`${name}: ${JSON.stringify(told)}\n`);
  return { digest: digestOf(folder, name), told };
}

async function untilLine(database: string, goal: number, child: ChildProcess): Promise<void> {
  const sqlite = new Sqlite(database, { readonly: true });
  const line = sqlite.prepare('select line from user_imports').pluck();
  while (child.exitCode === null && Number(line.get() ?? 0) < goal) await wait(5);
  sqlite.close();
}

/** Of everything that is not drawn anew: users with their hashes, events, refused rows. */
function digestOf(folder: string, name: string): string {
  const sqlite = new Sqlite(join(folder, `${name}.db`), { readonly: true });
  const hash = createHash('sha256');
  const users = sqlite.prepare<
    [],
    object
  >(`select email, email_verified, first_name, last_name, users.name, external_id, metadata,
    version, hash, type from users left join passwords on passwords.environment_id = users.environment_id
    and user_id = users.id order by users.environment_id, users.id`);
  for (const row of users.iterate()) hash.update(JSON.stringify(row));
  const events = sqlite.prepare<[], object>(
    "select sequence, name, json_extract(data, '$.email') from events order by sequence",
  );
  for (const row of events.iterate()) hash.update(JSON.stringify(row));
  sqlite.close();
  hash.update(readFileSync(join(folder, `${name}.rejects`)));
  return hash.digest('hex');
}

const folder = await mkdtemp(join(tmpdir(), 'usergraph-bench-'));
try {
  const file = join(folder, 'people.ndjson');
  await pipeline(rows, createWriteStream(file));
  const { size } = await stat(file);
  process.stdout.write(`${ROWS} rows, ${Math.round(size / 1_048_576)} MiB\n`);
  const straight = await importAll(folder, 'straight', file, 0);
  const killed = await importAll(folder, 'killed', file, KILLS);
  const isSame = straight.digest === killed.digest;
  process.stdout.write(`${isSame ? 'the same' : 'NOT THE SAME'}: ${straight.digest} ${killed.digest}\n`);
  process.exitCode = isSame ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
