import { describe, expect, test } from 'vitest';
import { hashOf } from '../../src/graphql/execution/persisted-documents.js';
import { JSON_TYPE, NEW, type Request_, send } from '../support/http/sending.js';
import { makeUser } from '../support/make.js';
import { testApp } from '../support/test-app.js';

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

  test('data with errors is 294, whatever status the errors alone would have', async () => {
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

  test('errors without data keep their own status', async () => {
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

  test.each(RULES)(
    '%s (%i) is 200 with its errors when the client does not ask for the newer media type',
    async (_, status, request) => {
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
    },
  );

  test('keeps the headers of a refusal, and is 200 for a partial refusal', async () => {
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

  test('does not change the status of streams', async () => {
    const app = await testApp({ STATUS_FOR_JSON: 'always200' });
    const query = 'subscription { events { cursor } }';
    const refused = await send(app, { body: { query }, headers: { accept: 'text/event-stream' } });
    expect(refused.status).toBe(401);
  });
});

describe('406', () => {
  test('lists the supported types in JSON', async () => {
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
              'The header Accept does not allow any media type of the response: send application/json, application/graphql-response+json or text/event-stream.',
            extensions: { code: 'BAD_REQUEST', requestId: expect.any(String) },
          },
        ],
      },
    });
  });

  test('refuses a stream as JSON with its media type, and does not start it', async () => {
    const app = await testApp();
    const secret = await app.key();
    const query = 'subscription { events { cursor } }';
    const { status, body } = await send(app, { body: { query }, secret, headers: { accept: JSON_TYPE } });
    expect([status, body.errors[0].message]).toEqual([406, expect.stringMatching(/: send text\/event-stream\.$/)]);
    expect(app.app.services.eventStreams.count()).toBe(0);
  });
});

test('no response is cached by a browser or a proxy', async () => {
  const app = await testApp();
  const requests: Request_[] = [
    { get: { query: '{ __typename }' } },
    { body: { query: '{ __typename }' } },
    { raw: '{' },
  ];
  for (const request of requests) expect((await send(app, request)).headers.get('cache-control')).toBe('no-store');
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
