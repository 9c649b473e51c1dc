import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Dice } from '../fuzz/dice.js';
import { FuzzedServer, SETTINGS } from '../fuzz/server.js';
import { Requests } from '../support/rest/hostile.js';
import { Checker, OURS } from '../support/rest/openapi.js';

// Usage: npm run fuzz:rest -- --requests 1000000 --seed 7
const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    concurrency: { type: 'string', default: '24' },
  },
});
const [count = 0, seed = 0, concurrency = 1] = [values.requests, values.seed, values.concurrency].map(Number);
/** Failures that are printed. */
const MAX_SHOWN = 20;
const LOGGED_EVERY = 100_000;

const folder = mkdtempSync(join(tmpdir(), 'usergraph-fuzz-'));
const settings = { ...SETTINGS, DATABASE_URL: `file:${join(folder, 'fuzz.db')}` };
const args = ['dist/src/main.js', 'keys', 'create', '--environment', 'fuzz', '--name', 'fuzz', '--json'];
// Standard error repeats the output for people, including the secret, so it is discarded.
const created = execFileSync(process.execPath, args, {
  env: { ...process.env, ...settings },
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
});
const { secret } = JSON.parse(created) as { secret: string }; // the only line of output
const server = await FuzzedServer.start(settings, concurrency);
const ids: string[] = ['user_00000000000000000000000000', 'org_1'];
const requests = new Requests(new Dice(seed), ids);
const checker = new Checker(OURS);
const statuses = new Map<number, number>();
const failures: string[] = [];
let sent = 0;

async function sendSome(): Promise<void> {
  while (sent < count && server.ended === null) {
    const index = sent++;
    if (index % LOGGED_EVERY === 0) process.stderr.write(`${index}: ${JSON.stringify(await server.health())}\n`);
    const { method, path, body, headers } = requests.draw();
    const encoded = encodeURI(path).replaceAll('%25', '%');
    const authorization = index % 20 === 0 ? {} : { authorization: `Bearer ${secret}` };
    const problem = await problemOf(method, encoded, body ?? null, { ...headers, ...authorization });
    if (problem !== null) failures.push(`${index}: ${method} ${path} ${body}: ${problem}`);
  }
}

async function problemOf(
  method: string,
  path: string,
  body: string | null,
  headers: Record<string, string>,
): Promise<string | null> {
  try {
    const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const reply = await server.send({ method, path, headers: { ...headers, ...length }, body });
    statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
    if (reply.status >= 500 && reply.status !== 501) return `${reply.status} ${reply.body}`;
    const json = reply.body === '' ? null : JSON.parse(reply.body);
    if (typeof json?.id === 'string' && ids.length < 200) ids.push(json.id);
    const [pathname = ''] = path.split('?');
    const [wrong] = method === 'HEAD' ? [] : checker.check(method, pathname, reply.status, json);
    return wrong ?? null;
  } catch (error) {
    return String(error);
  }
}

try {
  await Promise.all(Array.from({ length: concurrency }, sendSome));
  const health = server.ended === null ? await server.health() : null;
  const code = await server.stop();
  process.stdout.write(`seed ${seed}: ${sent} requests, ${failures.length} failures; ${JSON.stringify(health)}\n`);
  process.stdout.write(`by status: ${JSON.stringify(Object.fromEntries(statuses))}\n`);
  for (const failure of failures.slice(0, MAX_SHOWN)) process.stdout.write(`${failure.slice(0, 2_000)}\n`);
  if (server.log !== '') process.stdout.write(`The server wrote:\n${server.log.slice(0, 20_000)}\n`);
  if (failures.length > 0 || code !== 0 || server.log !== '') process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
