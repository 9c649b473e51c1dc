import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createSchema } from '../../src/graphql/schema.js';
import { fuzz } from './fuzz.js';
import { describeReport } from './report.js';
import { FuzzedServer, type Health, SETTINGS } from './server.js';

// Usage: npm run fuzz -- --operations 1000000 --seed 7
const { values } = parseArgs({
  options: {
    operations: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    concurrency: { type: 'string', default: '24' },
  },
});
const [operations, seed, concurrency] = [values.operations, values.seed, values.concurrency].map(Number);
if (!operations || seed === undefined || !Number.isInteger(seed) || !concurrency) {
  throw new Error('--operations, --seed and --concurrency must be integers, --operations and --concurrency positive.');
}

const folder = mkdtempSync(join(tmpdir(), 'usergraph-fuzz-'));
try {
  const settings = { ...SETTINGS, DATABASE_URL: `file:${join(folder, 'fuzz.db')}` };
  const keys = [createKey(settings), createKey(settings, '--scopes', 'users:read')];
  const server = await FuzzedServer.start(settings, concurrency);
  const health: Health[] = [await server.health()];
  const logHealth = async (done: number) => {
    health.push(await server.health());
    const { rssMiB, lagMaxMs } = health.at(-1) ?? { rssMiB: 0, lagMaxMs: 0 };
    process.stderr.write(`${done} operations; ${rssMiB} MiB; event loop delay up to ${lagMaxMs} ms\n`);
  };
  // The health request runs in parallel with the operations, and is logged when it is answered.
  const onProgress = (done: number) => void logHealth(done);
  const report = await fuzz(server, { schema: createSchema(), seed, operations, concurrency, keys, onProgress });
  const ended = server.ended;
  if (ended === null) health.push(await server.health());
  const code = await server.stop();
  process.stdout.write(`seed ${seed}: ${describeReport(report, health)}\n`);
  if (ended !== null) process.stdout.write(`The server ended with ${ended}.\n`);
  if (server.log !== '') process.stdout.write(`The server wrote:\n${server.log.slice(0, 20_000)}\n`);
  if (report.failures.length > 0 || ended !== null || code !== 0 || server.log !== '') process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function createKey(settings: Record<string, string>, ...more: string[]): ApiKey {
  const args = ['dist/src/main.js', 'keys', 'create', '--environment', 'fuzz', '--name', 'fuzz', '--json', ...more];
  const env = { ...process.env, ...settings };
  // Standard error repeats the output for people, including the secret, so it is discarded.
  const out = execFileSync(process.execPath, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return JSON.parse(out) as ApiKey; // the only line of output
}

interface ApiKey {
  readonly id: string;
  readonly secret: string;
}
