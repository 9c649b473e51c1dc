import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { Client, type CombinedError, fetchExchange } from '@urql/core';
import { describe, expect, test } from 'vitest';
import { ConfigError, loadConfig } from '../src/config.js';
import { hashOf, MAX_REGISTERED_CHARACTERS } from '../src/graphql/persisted-documents.js';
import { makeUser } from './support/make.js';
import { fileOf, manifestOf } from './support/manifest.js';
import { allowSignIn, signedIn } from './support/sign-in.js';
import { type TestApp, testApp } from './support/test-app.js';

const NEW = 'application/graphql-response+json';
const JSON_TYPE = 'application/json';

interface Sent {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: read by path, and a wrong path fails the assertion.
  readonly body: any;
}

interface Request_ {
  readonly body?: unknown;
  readonly raw?: string;
  readonly get?: Record<string, string>;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly secret?: string | null;
}

async function send(
  { app }: TestApp,
  { body, raw, get, method, headers = {}, secret = null }: Request_,
): Promise<Sent> {
  const all = {
    accept: NEW,
    ...(get ? {} : { 'content-type': JSON_TYPE }),
    ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
    ...headers,
  };
  const query = get ? `?${new URLSearchParams(get)}` : '';
  const init = {
    method: method ?? (get ? 'GET' : 'POST'),
    headers: all,
    ...(get ? {} : { body: raw ?? JSON.stringify(body) }),
  };
  const response = await app.fetch(new Request(`http://localhost/graphql${query}`, init));
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  return {
    status: response.status,
    type,
    headers: response.headers,
    body: type.includes('json') ? JSON.parse(text) : text,
  };
}

/** One rule of the released specification: what is sent, and the status. */
type Rule = readonly [name: string, status: number, request: Request_];

const RULES: readonly Rule[] = [
  ['a well-formed request that succeeds', 200, { body: { query: '{ __typename }' } }],
  ['a body that is no JSON', 400, { raw: '{"query":' }],
  ['an empty body', 400, { raw: '' }],
  ['a document that is no GraphQL', 400, { body: { query: '{' } }],
  ['a body that is no map', 422, { raw: '7' }],
  ['a body without a query', 422, { body: { operationName: 'A' } }],
  ['a query that is no text', 422, { body: { query: 7 } }],
  ['variables that are no map', 422, { body: { query: '{ __typename }', variables: [] } }],
  ['an operation name that is no text', 422, { body: { query: '{ __typename }', operationName: {} } }],
  ['extensions that are no map', 422, { body: { query: '{ __typename }', extensions: 'x' } }],
  ['a document that does not validate', 422, { body: { query: '{ nothing }' } }],
  [
    'a variable that cannot be coerced',
    422,
    { body: { query: 'query ($id: ID!) { user(id: $id) { id } }', variables: {} } },
  ],
  ['an operation name that is not there', 422, { body: { query: 'query A { __typename }', operationName: 'B' } }],
  ['several operations and no name', 422, { body: { query: 'query A { __typename } query B { __typename }' } }],
  ['nobody, where somebody is asked for', 401, { body: { query: '{ viewer { scopes } }' } }],
  ['a query by GET', 200, { get: { query: '{ __typename }' } }],
  ['variables of a GET that are no JSON', 400, { get: { query: '{ __typename }', variables: '{' } }],
  ['a mutation by GET', 405, { get: { query: 'mutation { createUser(input: { email: "a@b.co" }) { user { id } } }' } }],
  ['another method', 405, { method: 'PUT', body: { query: '{ __typename }' } }],
  ['a type that nobody answers', 406, { body: { query: '{ __typename }' }, headers: { accept: 'image/png' } }],
  [
    'a body of another type',
    415,
    { raw: 'query=%7B__typename%7D', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  ],
  ['a plain text body', 415, { raw: '{"query":"{ __typename }"}', headers: { 'content-type': 'text/plain' } }],
];

describe('GraphQL over HTTP, September 2026', () => {
  test.each(RULES)('%s is %i', async (_, status, request) => {
    const app = await testApp();
    expect((await send(app, request)).status).toBe(status);
    // A client that takes application/json alone gets the same, and its own type.
    const accept = request.headers?.accept ?? JSON_TYPE;
    const plain = await send(app, { ...request, headers: { ...request.headers, accept } });
    expect(plain.status).toBe(status);
    if (plain.body !== '' && plain.type.includes('json')) expect(plain.type).toMatch(/^application\/json/);
  });

  test('data with errors is 294, whatever the errors would be by themselves', async () => {
    const app = await testApp();
    const secret = await app.key('test', ['users:read']);
    const query = '{ viewer { scopes } events: node(id: "event_01E4ZCR3C56J083X43JQXF3JK5") { id } }';
    const { status, body } = await send(app, { body: { query }, secret });
    expect([status, body.data, body.errors[0].extensions.code]).toEqual([
      294,
      { viewer: { scopes: ['users:read'] }, events: null },
      'FORBIDDEN',
    ]);
    expect(body.extensions.http).toBeUndefined();
    expect(body.errors[0].extensions.http).toBeUndefined();
    // The control: the same without the field that fails.
    expect((await send(app, { body: { query: '{ viewer { scopes } }' }, secret })).status).toBe(200);
  });

  test('errors without data keep the status of their reason', async () => {
    const app = await testApp();
    const secret = await app.key('test', ['users:write']);
    const { status, body } = await send(app, { body: { query: '{ users { totalCount } }' }, secret });
    expect([status, body.data ?? null]).toEqual([403, null]);
  });

  test('STATUS_FOR_JSON=legacy200 answers application/json with 200, but where HTTP has clients act', async () => {
    const app = await testApp({ STATUS_FOR_JSON: 'legacy200', MAX_COST: '100', RATE_LIMIT_POINTS: '100' });
    const secret = await app.key('test', ['users:read']);
    const legacy = { accept: JSON_TYPE };
    const cases: [Request_, number, number][] = [
      [{ body: { query: '{ nothing }' } }, 200, 422],
      [{ body: { query: 'query ($id: ID!) { user(id: $id) { id } }' } }, 200, 422],
      [
        { body: { query: '{ viewer { scopes } node(id: "event_01E4ZCR3C56J083X43JQXF3JK5") { id } }' }, secret },
        200,
        294,
      ],
      [{ body: { query: '{' } }, 200, 400],
      [{ body: { query: `{ ${'users(first: 1) { totalCount } '.repeat(25)} }` }, secret }, 200, 400],
      [{ body: { query: '{ users(first: 100) { nodes { id } } }' }, secret }, 200, 400],
      [{ body: { documentId: hashOf('{ unknown }') } }, 200, 404],
      [{ body: { query: 'query A { __typename }', operationName: 'B' } }, 200, 422],
      // Not well-formed.
      [{ raw: '{' }, 400, 400],
      [{ body: { query: 7 } }, 422, 422],
      [{ get: { query: 'mutation { createUser(input: { email: "a@b.co" }) { user { id } } }' } }, 405, 405],
      // Clients and proxies act on these.
      [{ body: { query: '{ viewer { scopes } }' } }, 401, 401],
      [{ body: { query: '{ organizations { totalCount } }' }, secret }, 403, 403],
    ];
    for (const [request, json, released] of cases) {
      const { status } = await send(app, { ...request, headers: legacy });
      expect([request, status]).toEqual([request, json]);
      expect([request, (await send(app, request)).status]).toEqual([request, released]);
      // Who accepts both is answered with the better one.
      const both = await send(app, { ...request, headers: { accept: `${JSON_TYPE};q=0.9, ${NEW}` } });
      expect(both.status).toBe(released);
    }
    const spent = await app.key('test', ['users:read']);
    const spend = () => send(app, { body: { query: '{ users { totalCount } }' }, secret: spent, headers: legacy });
    let status = 0;
    for (let tries = 0; status !== 429 && tries < 100; tries++) status = (await spend()).status;
    expect(status).toBe(429);
  });
});

describe('STATUS_FOR_JSON=always200', () => {
  const ANYTHING = { accept: '*/*' };

  test.each(RULES)('%s (%i) is 200 with its errors, where no newer type is asked for', async (_, status, request) => {
    const app = await testApp({ STATUS_FOR_JSON: 'always200' });
    for (const accept of [JSON_TYPE, '*/*']) {
      const answer = await send(app, { ...request, headers: { accept, ...request.headers } });
      expect([answer.status, answer.type]).toEqual([200, expect.stringMatching(/^application\/json/)]);
      if (status === 200) expect(answer.body.errors).toBeUndefined();
      else
        expect(answer.body.errors[0].extensions).toMatchObject({
          code: expect.any(String),
          requestId: expect.any(String),
        });
      expect(JSON.stringify(answer.body)).not.toContain('"http"');
    }
    if (!request.headers?.accept) expect((await send(app, request)).status).toBe(status);
  });

  test('keeps the headers of a refusal, and is 200 for a part that is refused', async () => {
    const app = await testApp({ STATUS_FOR_JSON: 'always200', MAX_COST: '100', RATE_LIMIT_POINTS: '100' });
    const nobody = await send(app, { body: { query: '{ viewer { scopes } }' }, headers: ANYTHING });
    expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([200, 'Bearer']);
    const secret = await app.key('test', ['users:read']);
    const partial = { query: '{ viewer { scopes } node(id: "event_01E4ZCR3C56J083X43JQXF3JK5") { id } }' };
    expect(await send(app, { body: partial, headers: ANYTHING, secret })).toMatchObject({
      status: 200,
      body: { data: { node: null }, errors: [{ extensions: { code: 'FORBIDDEN' } }] },
    });
    const spend = { body: { query: '{ users(first: 90) { nodes { id } } }' }, headers: ANYTHING, secret };
    await send(app, spend);
    const spent = await send(app, spend);
    expect([spent.status, spent.body.errors[0].extensions.code]).toEqual([200, 'RATE_LIMITED']);
    expect(Number(spent.headers.get('retry-after'))).toBe(spent.body.errors[0].extensions.retryAfterSeconds);
  });

  test('leaves streams their status', async () => {
    const app = await testApp({ STATUS_FOR_JSON: 'always200' });
    const query = 'subscription { events { cursor } }';
    const refused = await send(app, { body: { query }, headers: { accept: 'text/event-stream' } });
    expect(refused.status).toBe(401);
  });
});

describe('406', () => {
  test('says in JSON which types there are', async () => {
    const app = await testApp();
    const secret = await app.key();
    const images = { accept: 'image/png' };
    expect(await send(app, { body: { query: '{ viewer { scopes } }' }, secret, headers: images })).toMatchObject({
      status: 406,
      type: 'application/json; charset=utf-8',
      body: {
        errors: [
          {
            message:
              'The header Accept names no media type of this answer: send application/json, application/graphql-response+json or text/event-stream.',
            extensions: { code: 'BAD_REQUEST', requestId: expect.any(String) },
          },
        ],
      },
    });
  });

  test('names the type of a stream to who asks for one as JSON, and begins none', async () => {
    const app = await testApp();
    const secret = await app.key();
    const query = 'subscription { events { cursor } }';
    const { status, body } = await send(app, { body: { query }, secret, headers: { accept: JSON_TYPE } });
    expect([status, body.errors[0].message]).toEqual([406, expect.stringMatching(/: send text\/event-stream\.$/)]);
    expect(app.app.services.eventStreams.count()).toBe(0);
  });
});

test('no answer is kept by a browser or a proxy', async () => {
  const app = await testApp();
  const requests: Request_[] = [
    { get: { query: '{ __typename }' } },
    { body: { query: '{ __typename }' } },
    { raw: '{' },
  ];
  for (const request of requests) expect((await send(app, request)).headers.get('cache-control')).toBe('no-store');
});

/** Clients as their teams use them, over the app's own door. */
describe('real clients take the released statuses', () => {
  const PARTIAL = '{ viewer { scopes } event: node(id: "event_01E4ZCR3C56J083X43JQXF3JK5") { id } }';
  const INVALID = '{ nothing }';

  async function clients() {
    const app = await testApp();
    const secret = await app.key('test', ['users:read']);
    const statuses: number[] = [];
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const request = new Request(input, init);
      request.headers.set('authorization', `Bearer ${secret}`);
      const response = await app.app.fetch(request);
      statuses.push(response.status);
      return response;
    };
    return { fetch, statuses };
  }

  test('Apollo Client 4 has the data of a 294 and the code of a 422', async () => {
    const { fetch, statuses } = await clients();
    const link = new HttpLink({ uri: 'http://localhost/graphql', fetch });
    const client = new ApolloClient({ link, cache: new InMemoryCache() });
    const ask = (query: string) => client.query({ query: gql(query), errorPolicy: 'all' });
    const partial = await ask(PARTIAL);
    expect(partial.data).toMatchObject({ viewer: { scopes: ['users:read'] }, event: null });
    expect(JSON.stringify(partial.error)).toContain('FORBIDDEN');
    expect(JSON.stringify((await ask(INVALID)).error)).toContain('GRAPHQL_VALIDATION_FAILED');
    expect(statuses).toEqual([294, 422]);
  });

  test('urql has the data of a 294 and the code of a 422', async () => {
    const { fetch, statuses } = await clients();
    const client = new Client({
      url: 'http://localhost/graphql',
      fetch,
      exchanges: [fetchExchange],
      preferGetMethod: false,
    });
    const codes = ({ error }: { error?: CombinedError | undefined }) =>
      error?.graphQLErrors.map(({ extensions }) => extensions.code);
    const partial = await client.query(PARTIAL, {}).toPromise();
    expect(partial.data).toMatchObject({ viewer: { scopes: ['users:read'] }, event: null });
    expect(codes(partial)).toEqual(['FORBIDDEN']);
    expect(codes(await client.query(INVALID, {}).toPromise())).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect(statuses).toEqual([294, 422]);
  });

  test('Apollo Client registers a document by its hash, and sends the hash alone from then on', async () => {
    const { fetch, statuses } = await clients();
    const sent: string[] = [];
    const noting: typeof globalThis.fetch = (input, init) => {
      sent.push(String(init?.body));
      return fetch(input, init);
    };
    const sha256 = (text: string) => hashOf(text);
    const link = ApolloLink.from([
      new PersistedQueryLink({ sha256 }),
      new HttpLink({ uri: 'http://localhost/graphql', fetch: noting }),
    ]);
    const client = new ApolloClient({ link, cache: new InMemoryCache() });
    for (const _ of [1, 2]) {
      const { data } = await client.query({
        query: gql('query Me { viewer { scopes } }'),
        fetchPolicy: 'network-only',
      });
      expect(data).toMatchObject({ viewer: { scopes: ['users:read'] } });
    }
    expect(statuses).toEqual([404, 200, 200]);
    expect(sent.map((body) => body.includes('viewer'))).toEqual([false, true, false]);
  });
});

describe('budgets', () => {
  test('every answer says what it cost, and the headers what is left', async () => {
    const app = await testApp({ RATE_LIMIT_POINTS: '10000', RATE_LIMIT_SECONDS: '60' });
    const secret = await app.key();
    const first = await send(app, { body: { query: '{ users(first: 50) { nodes { id } } }' }, secret });
    const { requested, maximum } = first.body.extensions.cost;
    expect(requested).toBeGreaterThan(50);
    expect(maximum).toBe(10_000);
    expect(first.headers.get('ratelimit-policy')).toBe('"default";q=10000;w=60');
    expect(first.headers.get('ratelimit')).toBe(`"default";r=${10_000 - requested};t=1`);
    const second = await send(app, { body: { query: '{ viewer { rateLimit { remaining cost } } }' }, secret });
    expect(second.body.data.viewer.rateLimit).toEqual({
      cost: second.body.extensions.cost.requested,
      remaining: 10_000 - requested - second.body.extensions.cost.requested,
    });
  });

  test('a person has one of their own', async () => {
    const app = await testApp({ RATE_LIMIT_POINTS: '100', MAX_COST: '100', RATE_LIMIT_SECONDS: '60' });
    const environmentId = await allowSignIn(app);
    const asKey = await app.client();
    const people = [];
    for (const email of ['ada@example.com', 'bob@example.com'])
      people.push(await signedIn(app, asKey, environmentId, { email }));
    const [ada, bob] = people;
    const query = '{ viewer { user { authorizedApplications(first: 60) { nodes { id } } } } }';
    const codes = async (ask = ada?.ask) => (await ask?.(query))?.errors?.map(({ extensions }) => extensions.code);
    expect(await codes()).toBeUndefined();
    const refused = await ada?.ask(query);
    expect(refused?.errors?.[0]?.extensions).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterSeconds: expect.any(Number),
    });
    expect(await codes(bob?.ask)).toBeUndefined();
    app.clock.advance(Number(refused?.errors?.[0]?.extensions.retryAfterSeconds));
    expect(await codes()).toBeUndefined();
  });

  test('without a budget, and without a caller, there are no such headers', async () => {
    const app = await testApp({ RATE_LIMIT_POINTS: '0' });
    const known = await send(app, { body: { query: '{ viewer { scopes } }' }, secret: await app.key() });
    const unknown = await send(app, { body: { query: '{ __typename }' } });
    expect([known.headers.get('ratelimit'), unknown.headers.get('ratelimit')]).toEqual([null, null]);
    expect(known.body.extensions.cost.requested).toBeGreaterThan(0);
    expect(unknown.body.extensions).toBeUndefined();
  });
});

describe('compression', () => {
  const decoders = { br: brotliDecompressSync, gzip: gunzipSync };

  async function answer(app: TestApp, secret: string, accepted: string | null, first: number) {
    const headers = {
      'content-type': JSON_TYPE,
      authorization: `Bearer ${secret}`,
      ...(accepted === null ? {} : { 'accept-encoding': accepted }),
    };
    const body = JSON.stringify({ query: `{ users(first: ${first}) { nodes { id email } } }` });
    const response = await app.app.fetch(new Request('http://localhost/graphql', { method: 'POST', headers, body }));
    const encoding = response.headers.get('content-encoding');
    const bytes = Buffer.from(await response.arrayBuffer());
    const plain = encoding === 'br' || encoding === 'gzip' ? decoders[encoding](bytes) : bytes;
    return {
      encoding,
      vary: response.headers.get('vary'),
      size: bytes.length,
      users: JSON.parse(plain.toString()).data.users.nodes,
    };
  }

  test('answers are compressed for those who take it, and are the same', async () => {
    const app = await testApp();
    const secret = await app.key();
    const execute = await app.client();
    for (let index = 0; index < 20; index++) await makeUser(execute, { email: `user-${index}@example.com` });
    const plain = await answer(app, secret, null, 20);
    expect(plain.encoding).toBeNull();
    const wanted: [string, string | null][] = [
      ['gzip, deflate, br', 'br'],
      ['gzip', 'gzip'],
      ['br;q=0, gzip;q=0.5', 'gzip'],
      ['*', 'br'],
      ['identity', null],
      ['gzip;q=0', null],
      ['zstd', null],
    ];
    for (const [accepted, encoding] of wanted) {
      const got = await answer(app, secret, accepted, 20);
      expect([accepted, got.encoding, got.vary?.includes('accept-encoding')]).toEqual([accepted, encoding, true]);
      expect(got.users).toEqual(plain.users);
      if (encoding !== null) expect(got.size).toBeLessThan(plain.size / 2);
    }
    // Short ones are not worth it.
    expect((await answer(app, secret, 'br', 1)).encoding).toBeNull();
  });
});

describe('persisted documents', () => {
  const DOCUMENT = '{ __typename }';
  const id = `sha256:${hashOf(DOCUMENT)}`;
  const apollo = (sha256Hash = hashOf(DOCUMENT)) => ({ persistedQuery: { version: 1, sha256Hash } });
  const OK = { data: { __typename: 'Query' } };

  test('are registered by the first request that sends text and hash, as Apollo Client does it', async () => {
    const app = await testApp();
    const unknown = await send(app, { body: { extensions: apollo() } });
    expect([unknown.status, unknown.body.errors[0].message, unknown.body.errors[0].extensions.code]).toEqual([
      404,
      'PersistedQueryNotFound',
      'PERSISTED_DOCUMENT_NOT_FOUND',
    ]);
    expect((await send(app, { body: { query: DOCUMENT, extensions: apollo() } })).body).toEqual(OK);
    expect((await send(app, { body: { extensions: apollo() } })).body).toEqual(OK);
    expect((await send(app, { body: { documentId: id } })).body).toEqual(OK);
    expect((await send(app, { get: { documentId: id } })).body).toEqual(OK);
    expect((await send(app, { get: { extensions: JSON.stringify(apollo()) } })).body).toEqual(OK);
  });

  test('are not registered under a hash that is not theirs', async () => {
    const app = await testApp();
    const wrong = await send(app, { body: { query: '{ a: __typename }', extensions: apollo() } });
    expect([wrong.status, wrong.body.errors[0].extensions.code]).toEqual([422, 'BAD_REQUEST']);
    expect((await send(app, { body: { extensions: apollo() } })).status).toBe(404);
    for (const documentId of [7, {}, 'x'.repeat(257)])
      expect((await send(app, { body: { documentId } })).status).toBe(422);
  });

  test('that callers register are kept up to MAX_REGISTERED_CHARACTERS, the last used ones', async () => {
    const app = await testApp();
    const text = (index: number) => `{ __typename } #${index}`.padEnd(MAX_REGISTERED_CHARACTERS / 4 - 64, '.');
    const register = (index: number) =>
      send(app, { body: { query: text(index), extensions: apollo(hashOf(text(index))) } });
    const isThere = async (index: number) =>
      (await send(app, { body: { extensions: apollo(hashOf(text(index))) } })).status === 200;
    for (const index of [1, 2, 3, 4]) expect((await register(index)).status).toBe(200);
    expect([await isThere(2), await isThere(3), await isThere(4), await isThere(1)]).toEqual([true, true, true, true]);
    await register(5);
    expect([await isThere(2), await isThere(1), await isThere(5)]).toEqual([false, true, true]);
  });

  test.each([
    [
      "Apollo's manifest",
      () =>
        fileOf(
          JSON.stringify({
            format: 'apollo-persisted-query-manifest',
            version: 1,
            operations: [{ id: hashOf(DOCUMENT), name: 'A', type: 'query', body: DOCUMENT }],
          }),
        ),
    ],
    ['a map', () => manifestOf(DOCUMENT)],
    ['a map with prefixes', () => fileOf(JSON.stringify({ [id]: DOCUMENT }))],
  ])('of %s are there from the start, and where the list is closed nothing else is', async (_, file) => {
    const app = await testApp({ PERSISTED_DOCUMENTS: file(), PERSISTED_DOCUMENTS_ONLY: 'true' });
    expect((await send(app, { body: { documentId: id } })).body).toEqual(OK);
    expect((await send(app, { body: { query: DOCUMENT, extensions: apollo() } })).body).toEqual(OK);
    const other = '{ other: __typename }';
    const refused = async (request: Request_) => (await send(app, request)).body.errors[0].extensions.code;
    expect(await refused({ body: { query: DOCUMENT } })).toBe('PERSISTED_DOCUMENT_REQUIRED');
    expect(await refused({ body: { query: other } })).toBe('PERSISTED_DOCUMENT_REQUIRED');
    expect(await refused({ body: { query: other, extensions: apollo(hashOf(other)) } })).toBe(
      'PERSISTED_DOCUMENT_NOT_FOUND',
    );
    expect(await refused({ body: { extensions: apollo(hashOf(other)) } })).toBe('PERSISTED_DOCUMENT_NOT_FOUND');
    // The text that comes with a hash of the list does not count.
    const smuggled = await send(app, { body: { query: other, documentId: id } });
    expect(smuggled.body).toEqual(OK);
  });

  test('an open list takes other documents too', async () => {
    const app = await testApp({ PERSISTED_DOCUMENTS: manifestOf(DOCUMENT) });
    expect((await send(app, { body: { query: '{ other: __typename }' } })).status).toBe(200);
    expect((await send(app, { body: { documentId: id } })).body).toEqual(OK);
  });

  test.each([
    ['is not there', () => '/nothing/documents.json', 'cannot be read'],
    ['is no JSON', () => fileOf('{'), 'cannot be read'],
    ['is no object', () => fileOf('7'), 'it is no JSON object'],
    ['has no texts', () => fileOf('{"a":7}'), 'is no manifest'],
    ['has a document that is no GraphQL', () => manifestOf('{'), 'Syntax Error'],
    ['has a document that does not fit', () => manifestOf('{ nothing }'), 'Cannot query field'],
  ])('a file that %s stops the start and says why', async (_, file, message) => {
    await expect(testApp({ PERSISTED_DOCUMENTS: file() })).rejects.toThrow(message);
    await expect(testApp({ PERSISTED_DOCUMENTS: file() })).rejects.toThrow(ConfigError);
  });

  test('a closed list without a file is refused', () => {
    expect(() => loadConfig({ DATABASE_URL: 'file:x', PERSISTED_DOCUMENTS_ONLY: 'true' })).toThrow('nothing could run');
  });
});

// GraphQL, September 2025, section 7.2.1: what is ready later stands where it was asked for all the same.
test('the fields of an answer are in the order of the query', async () => {
  const { app, client, key } = await testApp();
  await makeUser(await client(), { email: 'a@example.com' });
  const query = `{
    users { totalCount nodes { organizationMemberships { nodes { id } totalCount } id } pageInfo { hasNextPage } a: totalCount }
    viewer { apiKey { id } }
  }`;
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${await key()}` };
  const body = JSON.stringify({ query });
  const answer = await app.fetch(new Request('http://localhost/graphql', { method: 'POST', headers, body }));
  const { data } = (await answer.json()) as { data: Record<string, Record<string, object[]>> };
  expect(Object.keys(data)).toEqual(['users', 'viewer']);
  expect(Object.keys(data.users ?? {})).toEqual(['totalCount', 'nodes', 'pageInfo', 'a']);
  expect(Object.keys(data.users?.nodes?.[0] ?? {})).toEqual(['organizationMemberships', 'id']);
});
