import { expect, test } from 'vitest';
import type { Clock } from '../src/clock.js';
import { createLogger } from '../src/logger.js';
import { createRequestSigner } from '../src/router/index.js';
import { TestClock, testApp } from './support/test-app.js';

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

/** The signer writes the time of this machine, so the server has to believe it; moved by so many seconds. */
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

test('what the router signed is answered, by each of the keys', async () => {
  const { sign, send } = await world();
  for (const key of [OLD, NEW]) {
    const answer = await send({ headers: await sign(key) });
    expect(answer).toMatchObject({ status: 200, data: { viewer: { environment: { name: 'test' } } } });
  }
});

test('a GET too, as routers ask for streams', async () => {
  const { sign, send } = await world();
  const url = `${URL}?query=${encodeURIComponent('{ __typename }')}`;
  const answer = await send({ method: 'GET', url, headers: await sign(OLD, { method: 'GET', url, body: '' }) });
  expect(answer).toMatchObject({ status: 200, data: { __typename: 'Query' } });
});

const cases: readonly (readonly [name: string, sent: (world: World) => Promise<Sent>, reason: string | RegExp])[] = [
  ['no signature', async ({ headers }) => ({ headers }), 'no signature by a known key'],
  ['a key that is none', async ({ sign }) => ({ headers: await sign(STRANGE) }), 'no signature by a known key'],
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
    'the token of another',
    async ({ sign }) => ({ headers: { ...(await sign(OLD)), authorization: 'Bearer sk_test_other' } }),
    'wrong signature',
  ],
  [
    'a token that was not signed',
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
    'half a signature',
    async ({ sign }) => {
      const { Signature: _, ...headers } = await sign(OLD);
      return { headers };
    },
    'Incomplete signature headers',
  ],
  [
    'one that is too old',
    async ({ sign, clock }) => {
      const headers = await sign(OLD);
      clock.advance(32);
      return { headers };
    },
    'not made within the window',
  ],
  [
    'one of the future',
    async ({ sign, clock }) => {
      clock.advance(-32);
      return { headers: await sign(OLD) };
    },
    'not made within the window',
  ],
  [
    'one that was seen before',
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

test.each(cases)('refused: %s', async (_, sent, reason) => {
  const w = await world();
  const { status, data, errors } = await w.send(await sent(w));
  expect({ status, data }).toEqual({ status: 401, data: undefined });
  // The same words for everything.
  expect(errors).toMatchObject([
    {
      message: 'This server answers its router only: the request bears no signature of it.',
      extensions: { code: 'UNSIGNED_REQUEST' },
    },
  ]);
  expect(w.reason()).toEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason));
});

test('keys take over from one another without a request lost', async () => {
  // Old alone; old and new while routers change over; new alone.
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

test('health, readiness and the public keys of tokens are answered to everybody, GraphiQL to nobody', async () => {
  const { app } = await world();
  const statusOf = async (path: string, headers: Record<string, string> = {}) =>
    (await app.app.fetch(new Request(`http://users.internal${path}`, { headers }))).status;
  expect(await statusOf('/livez')).toBe(200);
  expect(await statusOf('/readyz')).toBe(200);
  expect(await statusOf('/.well-known/jwks.json')).toBe(200);
  expect(await statusOf('/graphql', { accept: 'text/html' })).not.toBe(200);
});
