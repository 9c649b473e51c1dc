import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawIds, prepareData } from './peers/data.js';
import { chartOf, type Figures, type Row, tablesOf } from './peers/report.js';
import { PEERS, type Server, startOwn, startPeer } from './peers/servers.js';
import { NEW_EMAIL, type Operation, type Workload, workloadsOf } from './peers/workloads.js';

/**
 * `npm run bench [-- <seconds> <rounds> <users>]`: loads usergraph and its peers in turn with six workloads, prints the
 * medians, and writes them to docs/benchmarks.md and docs/images/benchmarks.svg. Only the shares mean anything: the generator of
 * the load runs on the same machine.
 */
const SECONDS = Number(process.argv[2] ?? 5);
const ROUNDS = Number(process.argv[3] ?? 3);
const USERS = Number(process.argv[4] ?? 100_000);
const CONNECTIONS = 32;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGES = join(ROOT, 'test/bench/peers');
const PROGRAM = join(ROOT, 'dist/src/main.js');

/** The part of autocannon that is used. */
type Fire = (options: object) => Promise<{
  readonly requests: { readonly average: number };
  readonly latency: { readonly p99: number };
  readonly non2xx: number;
  readonly errors: number;
}>;

function loadAutocannon(): Fire {
  if (!existsSync(join(PACKAGES, 'node_modules'))) execFileSync('npm', ['ci'], { cwd: PACKAGES, stdio: 'inherit' });
  return createRequire(join(PACKAGES, 'package.json'))('autocannon') as Fire; // it has no types
}

const operationsFor = ({ isOwn }: Server, { own, peers }: Workload): readonly Operation[] => (isOwn ? own : peers);
let created = 0;

function requestOf(operation: Operation) {
  const body = JSON.stringify(operation);
  if (!body.includes(NEW_EMAIL)) return { method: 'POST', body };
  const setupRequest = (request: object) => ({
    ...request,
    body: body.replace(NEW_EMAIL, `bench.${process.pid}.${created++}@example.com`),
  });
  return { method: 'POST', setupRequest };
}

async function fire(autocannon: Fire, server: Server, workload: Workload, duration: number): Promise<Figures> {
  const { url, headers } = server;
  const requests = operationsFor(server, workload).map(requestOf);
  const result = await autocannon({ url, headers, requests, duration, connections: CONNECTIONS });
  if (result.non2xx + result.errors > 0) throw new Error(`${server.name} failed at ${workload.name}.`);
  return { perSecond: result.requests.average, p99: result.latency.p99 };
}

/** Checks that a server answers a workload without errors, before its speed counts. */
async function check(server: Server, workload: Workload): Promise<void> {
  const [operation] = operationsFor(server, workload);
  const body = JSON.stringify(operation).replace(NEW_EMAIL, `check.${created++}@example.com`);
  const response = await fetch(server.url, { method: 'POST', headers: server.headers, body });
  const text = await response.text();
  if (/"errors":\[\{/.test(text) || !text.includes('"id"')) throw new Error(`${server.name}: ${text.slice(0, 300)}`);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
}

async function measure(autocannon: Fire, servers: readonly Server[], workloads: readonly Workload[]): Promise<Row[]> {
  const samples = new Map<Server, Map<string, Figures[]>>(servers.map((server) => [server, new Map()]));
  for (const server of servers) for (const workload of workloads) await check(server, workload);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const workload of workloads) {
      for (const server of servers) {
        const figures = await fire(autocannon, server, workload, round === 0 ? 1 : SECONDS);
        // Round 0 warms up.
        if (round === 0) continue;
        const of = samples.get(server);
        of?.set(workload.name, [...(of.get(workload.name) ?? []), figures]);
        console.log(`${round} ${workload.name} ${server.name}: ${Math.round(figures.perSecond)}/s`);
      }
    }
  }
  return servers.map((server) => {
    const figures = [...(samples.get(server) ?? [])].map(
      ([name, of]) =>
        [
          name,
          { perSecond: median(of.map(({ perSecond }) => perSecond)), p99: median(of.map(({ p99 }) => p99)) },
        ] as const,
    );
    const { name, isOwn, coldMs } = server;
    return { name, isOwn, coldMs, memory: server.memory(), figures: new Map(figures) };
  });
}

function write(rows: readonly Row[], workloads: readonly Workload[]): void {
  const tables = tablesOf(rows, workloads);
  const page = join(ROOT, 'docs/benchmarks.md');
  const machine = `${USERS.toLocaleString('en')} users, ${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s, Node ${process.version}, ${cpus().length} cores shared with the generator of the load:`;
  const text = readFileSync(page, 'utf8');
  const [start, end] = ['<!-- figures -->', '<!-- end of figures -->'];
  const before = text.slice(0, text.indexOf(start) + start.length);
  writeFileSync(page, `${before}\n\n${machine}\n\n${tables}\n\n${text.slice(text.indexOf(end))}`);
  writeFileSync(join(ROOT, 'docs/images/benchmarks.svg'), chartOf(rows, workloads));
  console.log(`\n${tables}`);
}

const autocannon = loadAutocannon();
const data = prepareData(join(ROOT, 'node_modules/.cache/usergraph-bench'), USERS, PROGRAM);
const workloads = workloadsOf(drawIds(data.peers));
const folder = mkdtempSync(join(tmpdir(), 'usergraph-bench-'));
const servers: Server[] = [];
try {
  for (const name of Object.keys(PEERS)) servers.push(await startPeer(name as keyof typeof PEERS, data, folder)); // its keys
  servers.push(await startOwn(data, folder, PROGRAM));
  write(await measure(autocannon, servers, workloads), workloads);
} finally {
  for (const server of servers) await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
