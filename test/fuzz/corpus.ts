import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Answered, type Call, CorpusApp, withoutRandomValues } from './corpus-app.js';
import { compare, type Line } from './corpus-compare.js';
import { calls } from './corpus-requests.js';

// npm run corpus -- record FILE [--seed N] [--count N] sends requests to the app and records the answers.
// npm run corpus -- record FILE --from OLD sends the requests of an earlier recording.
// npm run corpus -- compare OLD NEW prints the differences, except in texts of messages and descriptions.
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '8000' },
    from: { type: 'string' },
    show: { type: 'string', default: '20' },
  },
});
const [command, first, second] = positionals;
const [seed, count, show] = [values.seed, values.count, values.show].map(Number);
if (!Number.isInteger(seed) || !Number.isInteger(count) || !Number.isInteger(show)) {
  throw new Error('--seed, --count and --show must be integers.');
}
if (command === 'record' && first) await record(first);
else if (command === 'compare' && first && second) {
  const { text, differing } = compare(linesOf(first), linesOf(second), show ?? 0);
  process.stdout.write(`${text}\n`);
  if (differing > 0) process.exitCode = 1;
} else throw new Error('Usage: record FILE [--seed N] [--count N] [--from OLD], or compare OLD NEW [--show N].');

async function record(name: string): Promise<void> {
  const startedAt = Date.now();
  const statuses = new Map<number, number>();
  const file = openSync(name, 'w');
  const app = await CorpusApp.open();
  let n = 0;
  const send = async (call: Call): Promise<Answered> => {
    const answered = await app.send(call);
    statuses.set(answered.status, (statuses.get(answered.status) ?? 0) + 1);
    writeSync(file, `${JSON.stringify(lineOf(n++, call, answered))}\n`);
    return answered;
  };
  try {
    if (values.from === undefined) await draw(app, send);
    else for (const line of linesOf(values.from)) await send(callOf(line));
  } finally {
    await app.close();
    closeSync(file);
  }
  const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, times]) => `${times} with ${status}`);
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  process.stdout.write(`${n} requests in ${seconds} s: ${counts.join(', ')}\n`);
}

async function draw(app: CorpusApp, send: (call: Call) => Promise<Answered>): Promise<void> {
  const drawn = calls(seed ?? 1, count ?? 0, app);
  for (let next = drawn.next(); !next.done; ) next = drawn.next(await send(next.value));
}

function lineOf(n: number, { who, wire, isSignIn }: Call, answered: Answered): Line {
  const { method, path, headers, body } = wire;
  const sent = Buffer.isBuffer(body) ? { base64: body.toString('base64') } : { body };
  const request = { method, path, headers, ...sent };
  return { n, who, ...(isSignIn ? { isSignIn } : {}), request, answer: withoutRandomValues(answered) };
}

function callOf({ who, isSignIn, request }: Line): Call {
  const { method, path, headers, body = null, base64 } = request;
  const wire = { method, path, headers, body: base64 === undefined ? body : Buffer.from(base64, 'base64') };
  return { who, wire, ...(isSignIn ? { isSignIn } : {}) };
}

function linesOf(name: string): Line[] {
  const lines = readFileSync(name, 'utf8').split('\n');
  // This script wrote the lines.
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Line);
}
