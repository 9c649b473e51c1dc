import { expect, test } from 'vitest';
import { createRequestSigner } from '../../src/router/index.js';
import type { Clock } from '../../src/runtime/clock.js';
import { createLogger } from '../../src/runtime/logger.js';
import { TestClock, testApp } from '../support/test-app.js';

const [OLD, NEW, STRANGE] = ['a', 'b', 'c'].map((letter) => `key-${letter}:${letter.repeat(40)}`) as [
  string,
  string,
  string,
];
const URL = 'http://users.internal/graphql';
const BODY = JSON.stringify({ query: '{ viewer { environment { name } } }' });

interface Sent {
  readonly method?: string;
  readonly url?: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** Starts at the time of this machine, because the signer uses that. */
class ShiftedClock extends TestClock implements Clock {
  constructor() {
    super();
    this.advance(Math.round((Date.now() - Date.parse(this.now())) / 1000));
  }
}

async function world(keys = `${OLD},${NEW}`) {
  const log: { reason?: string; msg: string }[] = [];
  const clock = new ShiftedClock();
  const logger = createLogger('info', { write: (line) => log.push(JSON.parse(line)) });
  const app = await testApp({ ROUTER_KEYS: keys }, { logger, clock });
  const authorization = `Bearer ${await app.key()}`;
  const headers = { 'content-type': 'application/json', authorization };
  const sign = (
    key: string,
    of: { url?: string; method?: string; body?: string; headers?: Record<string, string> } = {},
  ) => createRequestSigner(key)({ method: 'POST', url: URL, headers, body: BODY, ...of });
  const send = async ({ method = 'POST', url = URL, headers: given, body = BODY }: Sent) => {
    const response = await app.app.fetch(
      new Request(url, { method, headers: given, ...(method === 'GET' ? {} : { body }) }),
    );
    const answer = (await response.json()) as {
      data?: unknown;
      errors?: { message: string; extensions: { code: string } }[];
    };
    return { status: response.status, ...answer };
  };
  const reason = () => log.findLast(({ msg }) => msg === 'request is not signed by the router')?.reason;
  return { app, clock, headers, sign, send, reason };
}

type World = Awaited<ReturnType<typeof world>>;

test('answers requests that the router signed with any of the keys', async () => {
  const { sign, send } = await world();
  for (const key of [OLD, NEW]) {
    const answer = await send({ headers: await sign(key) });
    expect(answer).toMatchObject({ status: 200, data: { viewer: { environment: { name: 'test' } } } });
  }
});

test('answers signed GET requests, which routers use for streams', async () => {
  const { sign, send } = await world();
  const url = `${URL}?query=${encodeURIComponent('{ __typename }')}`;
  const answer = await send({ method: 'GET', url, headers: await sign(OLD, { method: 'GET', url, body: '' }) });
  expect(answer).toMatchObject({ status: 200, data: { __typename: 'Query' } });
});

const cases: readonly (readonly [name: string, sent: (world: World) => Promise<Sent>, reason: string | RegExp])[] = [
  ['no signature', async ({ headers }) => ({ headers }), 'no signature by a known key'],
  ['an unknown key', async ({ sign }) => ({ headers: await sign(STRANGE) }), 'no signature by a known key'],
  [
    'the name of a key with the secret of another',
    async ({ sign }) => ({ headers: await sign(`key-a:${'b'.repeat(40)}`) }),
    'wrong signature',
  ],
  ['another body', async ({ sign }) => ({ headers: await sign(OLD), body: BODY.replace('name', 'id') }), /digest/],
  [
    'another body with its digest',
    async ({ sign }) => {
      const body = BODY.replace('name', 'id');
      const { 'content-digest': digest = '' } = await sign(OLD, { body });
      return { headers: { ...(await sign(OLD)), 'content-digest': digest }, body };
    },
    'wrong signature',
  ],
  [
    'another access token',
    async ({ sign }) => ({ headers: { ...(await sign(OLD)), authorization: 'Bearer sk_test_other' } }),
    'wrong signature',
  ],
  [
    'an unsigned access token',
    async ({ sign, headers }) => ({
      headers: { ...(await sign(OLD, { headers: { 'content-type': 'application/json' } })), ...headers },
    }),
    'Missing required signed fields',
  ],
  ['another query string', async ({ sign }) => ({ headers: await sign(OLD), url: `${URL}?a=1` }), 'wrong signature'],
  [
    'a signature for another path',
    async ({ sign }) => ({ headers: await sign(OLD, { url: 'http://users.internal/other' }) }),
    'wrong signature',
  ],
  [
    'a signature for another method',
    async ({ sign }) => ({ headers: await sign(OLD, { method: 'PUT' }) }),
    'wrong signature',
  ],
  [
    'another algorithm',
    async ({ sign }) => {
      const headers = await sign(OLD);
      return {
        headers: {
          ...headers,
          'Signature-Input': (headers['Signature-Input'] ?? '').replace('hmac-sha256', 'ed25519'),
        },
      };
    },
    'Unsupported key algorithm',
  ],
  [
    'a missing signature header',
    async ({ sign }) => {
      const { Signature: _, ...headers } = await sign(OLD);
      return { headers };
    },
    'Incomplete signature headers',
  ],
  [
    'a signature that is too old',
    async ({ sign, clock }) => {
      const headers = await sign(OLD);
      clock.advance(32);
      return { headers };
    },
    'not made within the window',
  ],
  [
    'a signature from the future',
    async ({ sign, clock }) => {
      clock.advance(-32);
      return { headers: await sign(OLD) };
    },
    'not made within the window',
  ],
  [
    'a repeated signature',
    async ({ sign, send }) => {
      const headers = await sign(OLD);
      expect((await send({ headers })).status).toBe(200);
      return { headers };
    },
    'seen before',
  ],
  [
    'a GET with another query',
    async ({ sign }) => {
      const url = (query: string) => `${URL}?query=${encodeURIComponent(query)}`;
      const headers = await sign(OLD, { method: 'GET', url: url('{ __typename }'), body: '' });
      return { method: 'GET', url: url('{ viewer { scopes } }'), headers };
    },
    'wrong signature',
  ],
];

test.each(cases)('rejects %s', async (_, sent, reason) => {
  const w = await world();
  const { status, data, errors } = await w.send(await sent(w));
  expect({ status, data }).toEqual({ status: 401, data: undefined });
  // Every rejection has the same message.
  expect(errors).toMatchObject([
    {
      message: 'This server accepts requests only from its router: the request has no valid router signature.',
      extensions: { code: 'UNSIGNED_REQUEST' },
    },
  ]);
  expect(w.reason()).toEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason));
});

test('a key rotation loses no request', async () => {
  // First the old key alone, then both while the routers change, then the new key alone.
  for (const [keys, works, fails] of [
    [OLD, [OLD], [NEW]],
    [`${OLD},${NEW}`, [OLD, NEW], []],
    [NEW, [NEW], [OLD]],
  ] as const) {
    const { sign, send } = await world(keys);
    for (const key of works) expect((await send({ headers: await sign(key) })).status).toBe(200);
    for (const key of fails) expect((await send({ headers: await sign(key) })).status).toBe(401);
  }
});

test('health, readiness and the public keys need no signature, and GraphiQL is off', async () => {
  const { app } = await world();
  const statusOf = async (path: string, headers: Record<string, string> = {}) =>
    (await app.app.fetch(new Request(`http://users.internal${path}`, { headers }))).status;
  expect(await statusOf('/livez')).toBe(200);
  expect(await statusOf('/readyz')).toBe(200);
  expect(await statusOf('/.well-known/jwks.json')).toBe(200);
  expect(await statusOf('/graphql', { accept: 'text/html' })).not.toBe(200);
});
