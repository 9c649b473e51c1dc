import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * How streams of events behave when there are many: `npm run bench:streams -- <streams> <events>`. One process serves
 * them, another one writes; one in a hundred never reads. Told are the milliseconds from the answer to the writer until
 * a reader has the event, and the memory of the process that serves.
 */
const [streams = 2_000, events = 50] = process.argv.slice(2).map(Number);
const MAIN = 'dist/src/main.js';
const folder = mkdtempSync(join(tmpdir(), 'usergraph-bench-'));
const settings = { DATABASE_URL: `file:${join(folder, 'bench.db')}`, RATE_LIMIT_POINTS: '0', LOG_LEVEL: 'info' };
const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...settings };
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

async function serve(port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [MAIN, 'serve'], { env: { ...env, PORT: String(port) } });
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => String(chunk).includes('"listening"') && resolve());
  });
  return child;
}

/** The memory of a process, in MiB. */
function memoryOf({ pid }: ChildProcess): number {
  const [, kib = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kib) / 1024);
}

function post(port: number, secret: string, query: string, accept: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', accept, authorization: `Bearer ${secret}` };
    const sent = request({ port, host: '127.0.0.1', path: '/graphql', method: 'POST', headers, agent }, resolve);
    sent.once('error', reject);
    sent.end(JSON.stringify({ query }));
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}

function percentile(sorted: readonly number[], part: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN).toFixed(1);
}

const args = [MAIN, 'keys', 'create', '--environment', 'bench', '--name', 'bench', '--json'];
const { secret } = JSON.parse(execFileSync(process.execPath, args, { env, encoding: 'utf8' })) as { secret: string };
const [serving, writing] = [await serve(4_310), await serve(4_311)];
const before = memoryOf(serving);
const query = 'subscription { events { cursor node { name ... on UserCreatedEvent { snapshot { email } } } } }';
const arrivals = new Map<string, number[]>();
let readers = 0;
for (let index = 0; index < streams; index++) {
  const response = await post(4_310, secret, query, 'text/event-stream');
  // Its socket fills up, and nothing takes anything out.
  if (index % 100 === 0) {
    response.pause();
    continue;
  }
  readers++;
  response.on('data', (chunk: Buffer) => {
    for (const [, email = ''] of String(chunk).matchAll(/"email":"([^"]+)"/g)) {
      const times = arrivals.get(email) ?? [];
      times.push(performance.now());
      arrivals.set(email, times);
    }
  });
}
const open = memoryOf(serving);
const latencies: number[] = [];
const slowest: number[] = [];
for (let index = 0; index < events; index++) {
  const email = `u${index}@example.com`;
  const mutation = `mutation { createUser(input: { email: "${email}" }) { user { id } } }`;
  await textOf(await post(4_311, secret, mutation, 'application/json'));
  const written = performance.now();
  while ((arrivals.get(email)?.length ?? 0) < readers) await new Promise((resolve) => setTimeout(resolve, 1));
  const times = (arrivals.get(email) ?? []).map((at) => at - written).sort((a, b) => a - b);
  latencies.push(times[0] ?? Number.NaN);
  slowest.push(times.at(-1) ?? Number.NaN);
}
const missed = [...arrivals.values()].filter((times) => times.length !== readers).length;
const after = memoryOf(serving);
for (const child of [serving, writing]) {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}
rmSync(folder, { recursive: true });
latencies.sort((a, b) => a - b);
slowest.sort((a, b) => a - b);
console.log(`${streams} streams of which ${streams - readers} never read, ${events} events by another process`);
console.log(`first reader  p50 ${percentile(latencies, 0.5)} ms  p99 ${percentile(latencies, 0.99)} ms`);
console.log(`last reader   p50 ${percentile(slowest, 0.5)} ms  p99 ${percentile(slowest, 0.99)} ms`);
console.log(`events that did not reach each reader once: ${missed}`);
console.log(`memory of the server: ${before} MiB, ${open} MiB with the streams, ${after} MiB after the events`);
process.exit(0);
