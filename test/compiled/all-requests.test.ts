import { expect, onTestFinished, test, vi } from 'vitest';
import { DirectExecution } from '../../src/graphql/execution/direct.js';
import { type Answered, CorpusApp, type Exchange, withoutRandomValues } from '../fuzz/corpus-app.js';
import { calls } from '../fuzz/corpus-requests.js';
import type { Wire } from '../fuzz/hostile.js';
import { runs } from '../support/runs.js';
import type { TestApp } from '../support/test-app.js';
import { socketTo } from './roads.js';

/** Sends requests through a socket of the real server. */
async function bySocket(app: TestApp): Promise<Exchange> {
  const exchange = await socketTo(app);
  return async ({ method, path, headers, body }) => {
    const { response, bytes } = await exchange(method, path, headers, body);
    // What differs between two responses, and between those of a known and those of an unknown length.
    const { date: _, connection: __, 'keep-alive': ___, 'transfer-encoding': ____, ...given } = response.headers;
    const { 'content-length': _____, ...others } = given;
    const entries = Object.entries(others).map(([name, value]) => [name, String(value)]);
    return { status: response.statusCode ?? 0, headers: Object.fromEntries(entries), body: bytes.toString('latin1') };
  };
}

const isGraphql = ({ method, path }: Wire) => method === 'POST' && path === '/graphql';

/** A query string, even an empty one, keeps a request off the fast road. */
async function byUsualRoad(app: TestApp): Promise<Exchange> {
  const send = await bySocket(app);
  return (wire) => send(isGraphql(wire) ? { ...wire, path: '/graphql?' } : wire);
}

/** Operations become known by requests of somebody unknown, which change nothing. */
async function byFastRoad(app: TestApp): Promise<Exchange> {
  const send = await bySocket(app);
  return async (wire) => {
    if (isGraphql(wire)) {
      const headers = { ...wire.headers, authorization: 'Bearer sk_test_unknown', 'x-request-id': 'warming' };
      for (const _ of [1, 2]) await send({ ...wire, headers });
    }
    return send(wire);
  };
}

function differenceOf(usual: Answered, fast: Answered): unknown {
  const [one, other] = [withoutRandomValues(usual), withoutRandomValues(fast)];
  return JSON.stringify(one) === JSON.stringify(other) ? null : [one, other];
}

/** Sends the same requests to two apps that are equal, on one road each. Returns the first difference. */
async function compare(seed: number, count: number): Promise<unknown> {
  const now = performance.now.bind(performance);
  const [usual, fast] = [await CorpusApp.open(byUsualRoad), await CorpusApp.open(byFastRoad)];
  try {
    const drawn = calls(seed, count, usual);
    for (let next = drawn.next(); !next.done; ) {
      const answers = [await usual.send(next.value), await fast.send(next.value)] as const;
      const difference = differenceOf(...answers);
      if (difference !== null) return { call: next.value, difference };
      next = drawn.next(answers[0]);
    }
    return null;
  } finally {
    performance.now = now;
    await Promise.all([usual.close(), fast.close()]);
  }
}

test('mutations, persons, searches and errors have the same answers on both roads', async () => {
  const direct = vi.spyOn(DirectExecution.prototype, 'execute');
  onTestFinished(() => direct.mockRestore());
  const seed = Math.floor(Math.random() * 2 ** 31);
  const count = runs(1_000, 8_000);
  expect({ seed, difference: await compare(seed, count) }).toEqual({ seed, difference: null });
  const outcomes = await Promise.all(direct.mock.results.map(({ value }) => value));
  console.log(`direct: ${outcomes.filter(Boolean).length} of ${count} requests, seed ${seed}`);
  expect(outcomes.filter(Boolean).length).toBeGreaterThan(count / 10);
}, 900_000);
