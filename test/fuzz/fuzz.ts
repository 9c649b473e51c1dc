import type { GraphQLSchema } from 'graphql';
import { Dice } from './dice.js';
import { Documents } from './documents.js';
import { hostileBody, hostileDocument, hostileHeaders, type Wire } from './hostile.js';
import { type Asked, Judge, type Reply } from './judge.js';
import { Known } from './known.js';
import { shrink } from './shrink.js';

/** The system under test: a server over sockets, or an app in this process. */
export interface Target {
  send(wire: Wire): Promise<Reply>;
  /** Sends bytes that may not be valid HTTP. Only targets with sockets have this method. */
  sendBytes?(bytes: Buffer): Promise<void>;
  /** The exit code or signal of the server's process, or null while it runs as it should. */
  readonly ended: string | null;
}

export interface Options {
  readonly schema: GraphQLSchema;
  readonly seed: number;
  readonly operations: number;
  /** The number of concurrent requests. */
  readonly concurrency: number;
  /** API keys. Most requests use the first one. */
  readonly keys: readonly { readonly id: string; readonly secret: string }[];
  readonly onProgress?: (done: number) => void;
}

/** A wrong answer, with everything needed to reproduce it. */
export interface Failure {
  readonly seed: number;
  /** The number of the operation in the run. */
  readonly index: number;
  readonly faults: readonly string[];
  readonly wire: Wire;
  /** The smallest document that causes the same fault. */
  readonly smallest: string | null;
}

export interface Report {
  readonly operations: number;
  readonly seconds: number;
  readonly failures: readonly Failure[];
  /** The number of answers by status and by error code, and of answers with data. */
  readonly counts: ReadonlyMap<string, number>;
  /** Percentiles of the latency. */
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** The run ends after this many failures, because more would only repeat them. */
const MAX_FAILURES = 10;
const CODE = /"code":"([A-Z_]+)"/g;

interface Trial {
  readonly wire: Wire;
  readonly asked: Asked | null;
}

/**
 * Sends operations concurrently and checks each answer. Ends early when the target ends or after MAX_FAILURES failures.
 */
export async function fuzz(target: Target, options: Options): Promise<Report> {
  const { schema, seed, operations, concurrency, keys, onProgress } = options;
  const secrets = keys.map(({ secret }) => secret);
  const known = new Known(keys.map(({ id }) => id));
  const judge = new Judge(schema);
  const failures: Failure[] = [];
  const counts = new Map<string, number>();
  const took = new Uint32Array(operations);
  let next = 0;
  let done = 0;

  const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);

  async function faultsOf({ wire, asked }: Trial, index: number): Promise<string[]> {
    const startedAt = performance.now();
    try {
      const reply = await target.send(wire);
      took[index] = (performance.now() - startedAt) * 1000;
      known.learn(reply.body);
      count(`status ${reply.status}`);
      if (reply.body.startsWith('{"data":{')) count('with data');
      for (const code of new Set([...reply.body.matchAll(CODE)].map(([, name]) => name))) count(String(code));
      // An answer to HEAD has headers only.
      if (wire.method === 'HEAD') return reply.body === '' ? [] : ['a HEAD with a body'];
      return judge.faults(reply, asked);
    } catch (error) {
      return [`no answer: ${error instanceof Error ? error.message : String(error)}`];
    }
  }

  async function one(index: number): Promise<void> {
    const dice = new Dice(Math.imul(seed, 0x9e3779b1) + index);
    if (target.sendBytes && dice.percent(0.2)) {
      count('bytes');
      await target.sendBytes(malformedHttp(dice));
      return;
    }
    const trial = trialOf(dice, schema, known, secrets);
    const faults = await faultsOf(trial, index);
    if (faults.length === 0) return;
    failures.push({ seed, index, faults, wire: trial.wire, smallest: await smallestOf(trial, faults, index) });
  }

  /** Returns the smallest document with the same fault. Accepting another fault would lose the original one. */
  async function smallestOf({ wire, asked }: Trial, faults: readonly string[], index: number): Promise<string | null> {
    if (asked === null || wire.method !== 'POST' || target.ended !== null) return null;
    return shrink(asked.query, async (query) => {
      const again = withDocument(wire, { query, variables: asked.variables });
      const found = await faultsOf({ wire: again, asked: { ...asked, query } }, index);
      return found[0] === faults[0];
    });
  }

  async function worker(): Promise<void> {
    while (next < operations && failures.length < MAX_FAILURES && target.ended === null) {
      await one(next++);
      done++;
      if (done % 10_000 === 0) onProgress?.(done);
    }
  }

  const startedAt = performance.now();
  await Promise.all(Array.from({ length: concurrency }, worker));
  const seconds = (performance.now() - startedAt) / 1000;
  const sorted = took.subarray(0, done).sort();
  const at = (share: number) => Math.round((sorted[Math.floor((sorted.length - 1) * share)] ?? 0) / 100) / 10;
  return { operations: done, seconds, failures, counts, latencyMs: { p50: at(0.5), p99: at(0.99), max: at(1) } };
}

/** Draws a request: mostly valid and invalid operations, sometimes no operation at all. */
export function trialOf(dice: Dice, schema: GraphQLSchema, known: Known, secrets: readonly string[]): Trial {
  const wrongPercent = dice.weighted([
    [50, 0],
    [35, 2],
    [15, 20],
  ]);
  const good = new Documents(schema, dice, known).operation(wrongPercent);
  const sort = dice.below(100);
  const secret = dice.percent(90) ? secrets[0] : dice.pick(secrets);
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (!dice.percent(3)) headers.authorization = `Bearer ${secret}`;
  const wire: Wire = { method: 'POST', path: '/graphql', headers, body: JSON.stringify(good) };
  if (sort < 70) return { wire, asked: good };
  if (sort < 88) {
    const operation = { query: hostileDocument(dice, known, good.query), variables: good.variables };
    return { wire: withDocument(wire, operation), asked: operation };
  }
  if (sort < 93) return { wire: { ...wire, body: hostileBody(dice, JSON.stringify(good)) }, asked: null };
  if (sort < 97) return { wire: { ...wire, headers: { ...headers, ...hostileHeaders(dice) } }, asked: good };
  return { wire: { ...wire, ...otherEndpoint(dice, good.query), headers: withoutType(headers) }, asked: null };
}

function withDocument(wire: Wire, operation: Asked): Wire {
  return { ...wire, body: JSON.stringify(operation) };
}

function withoutType({ 'content-type': _, ...headers }: Record<string, string>): Record<string, string> {
  return headers;
}

/** Draws another method and path, with an operation in the query string. */
function otherEndpoint(dice: Dice, query: string): Pick<Wire, 'method' | 'path' | 'body'> {
  const method = dice.weighted([
    [70, 'GET'],
    [5, 'PUT'],
    [5, 'DELETE'],
    [5, 'OPTIONS'],
    [5, 'HEAD'],
    [10, 'POST'],
  ]);
  // An unpaired surrogate cannot be percent-encoded.
  const asked = `query=${encodeURIComponent(Buffer.from(query.slice(0, 3000)).toString())}`;
  const path = dice.pick([
    `/graphql?${asked}`,
    `/graphql?${asked}&variables=${dice.pick(['{', '[]', '1', 'null', '%7B%7D', '%ff'])}`,
    `/graphql?${asked}&extensions=%7B%7D&operationName=${dice.pick(['Fuzz', 'Nothing', ''])}`,
    '/graphql',
    '/graphql/',
    '/nothing',
    '/graphql?%',
    '/graphiql/x/graphiql.js',
  ]);
  return { method, path, body: null };
}

/** Returns bytes that are not HTTP, or incomplete or ambiguous requests. */
function malformedHttp(dice: Dice): Buffer {
  const head = 'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  return Buffer.from(
    dice.pick([
      'GET',
      '\u0000\u0001\u0002\r\n\r\n',
      `${head}Content-Length: 100\r\n\r\n{"query":`,
      `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      `${head}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n`,
      `${head}Content-Length: -1\r\n\r\n`,
      `${head}X: ${'y'.repeat(20_000)}\r\n\r\n`,
      `GET /graphql?${'q'.repeat(30_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      'GET / HTTP/9.9\r\n\r\n',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      'GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    ]),
  );
}
