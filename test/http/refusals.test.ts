import { describe, expect, test } from 'vitest';
import { MAX_MUTATION_ERRORS } from '../../src/domain/errors.js';
import { MAX_REQUEST_ERRORS } from '../../src/graphql/execution/error-limit.plugin.js';
import { limitOf } from '../support/docs/limits.js';
import { errorsOf, open, send } from '../support/http/refusals.js';
import { listening } from '../support/streams.js';
import { type TestApp, testApp } from '../support/test-app.js';

const JSON_TYPE = 'application/json';

const post = (app: TestApp, body: unknown, headers: Record<string, string> = {}) =>
  send(app, '/graphql', {
    method: 'POST',
    headers: { 'content-type': JSON_TYPE, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('addresses and methods', () => {
  test.each([
    '/nothing',
    '/graphqlx',
    '/nothing?query={__typename}&x=/graphql',
    '/nothing?x=/livez',
    '/livez/x',
    '/xlivez',
  ])('%s is 404', async (path) => {
    const sent = await send(await testApp(), path);
    expect(sent.status).toBe(404);
    expect(errorsOf(sent)[0]?.message).toContain('/graphql');
  });

  test('an operation at a path that ends like a health check is executed', async () => {
    const { text } = await send(await testApp(), '/graphql?query={__typename}&x=/livez');
    expect(JSON.parse(text)).toEqual({ data: { __typename: 'Query' } });
  });

  const PUBLIC = ['/livez', '/readyz', '/.well-known/jwks.json?environment=test'];

  test.each(PUBLIC)('%s answers GET and HEAD alike, and other methods with 405', async (path) => {
    const app = await testApp();
    await app.key();
    const [environment] = await app.app.services.environments.page('');
    const address = path.replace('=test', `=${environment?.id}`);
    const get = await send(app, address);
    const head = await send(app, address, { method: 'HEAD' });
    expect([get.status, head.status, head.text]).toEqual([200, 200, '']);
    expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
    expect((await send(app, address, { method: 'OPTIONS' })).status).toBe(204);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const sent = await send(app, address, { method });
      expect([sent.status, sent.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
      errorsOf(sent);
    }
  });

  test.each(['PUT', 'DELETE', 'PATCH'])('%s of /graphql is 405', async (method) => {
    const sent = await send(await testApp(), '/graphql', { method });
    expect([sent.status, sent.headers.get('allow')]).toEqual([405, 'GET, POST']);
    errorsOf(sent);
  });

  test('HEAD of /graphql is 405 without a body', async () => {
    const { status, headers, text } = await send(await testApp(), '/graphql', { method: 'HEAD' });
    expect([status, headers.get('allow'), text]).toEqual([405, 'GET, POST', '']);
  });

  test('a key set that cannot be read is a masked server error', async () => {
    let isBroken = false;
    const observe = (sql: string) => {
      if (isBroken && sql.includes('signing_keys')) throw new Error('canary-71c0');
    };
    const app = await testApp({}, { observe });
    await app.key();
    isBroken = true;
    const sent = await send(app, '/.well-known/jwks.json');
    expect([sent.status, errorsOf(sent)[0]?.extensions.code]).toEqual([500, 'INTERNAL_SERVER_ERROR']);
    expect(sent.text).not.toMatch(/canary|node_modules/);
  });
});

describe('bodies', () => {
  const CANARY = 'hunter2-canary';
  const bodies: Record<string, readonly [unknown, number]> = {
    'no JSON': [`{"query":"{ __typename }","${CANARY}`, 400],
    'half of it': [`{"query":"mutation { x(password: \\"${CANARY}\\"`, 400],
    'text after it': [`{"query":"{ __typename }"} ${CANARY}`, 400],
    'a text': [JSON.stringify(CANARY), 422],
    'a list': [[{ query: '{ __typename }', variables: { password: CANARY } }], 422],
    'another parameter': [{ query: '{ __typename }', [CANARY]: 1 }, 422],
    'an operation name that is no text': [{ query: '{ __typename }', operationName: [CANARY] }, 422],
    'variables that are no map': [{ query: '{ __typename }', variables: CANARY }, 422],
  };

  test.each(Object.entries(bodies))('%s is refused without what was sent', async (_, [body, status]) => {
    const sent = await post(await testApp(), body);
    expect(sent.status).toBe(status);
    expect(errorsOf(sent).map(({ extensions }) => extensions.code)).toEqual(['BAD_REQUEST']);
    expect(sent.text).not.toContain('canary');
    expect(sent.text).not.toContain(CANARY.slice(0, 4));
  });

  test.each(['variables', 'extensions'])('%s of an address that are no JSON are not told either', async (name) => {
    const sent = await send(await testApp(), `/graphql?query={__typename}&${name}={${CANARY}`);
    expect(sent.status).toBe(400);
    errorsOf(sent);
    expect(sent.text).not.toContain('canary');
  });

  test('a body that is too large is refused with the limit, with and without Content-Length', async () => {
    const app = await testApp({ MAX_BODY_BYTES: '1024' });
    const address = `http://${await listening(app)}`;
    const body = JSON.stringify({ query: '{ __typename }' }).padEnd(1025, ' ');
    const chunked = new Blob([body]).stream();
    for (const sent of [body, chunked]) {
      const init = { method: 'POST', headers: { 'content-type': JSON_TYPE }, body: sent, duplex: 'half' };
      const response = await fetch(address, init as RequestInit); // undici's duplex is not in the type
      expect(response.status).toBe(413);
      const [error] = errorsOf({ text: await response.text(), headers: response.headers });
      expect(error?.message).toContain('1024 bytes (MAX_BODY_BYTES)');
    }
  });
});

describe('operationName', () => {
  const TWO = 'query A { __typename } query B { __typename }';

  async function byBoth(query: string, operationName: string) {
    const app = await testApp();
    const byGet = await send(app, `/graphql?${new URLSearchParams({ query, operationName })}`);
    const byPost = await post(app, { query, operationName });
    return [byGet, byPost].map(({ status }) => status);
  }

  test('an empty operation name is ignored, by GET and by POST', async () => {
    expect(await byBoth('{ __typename }', '')).toEqual([200, 200]);
    expect(await byBoth(TWO, '')).toEqual([422, 422]);
    expect(await byBoth(TWO, 'A')).toEqual([200, 200]);
    expect(await byBoth('', 'A')).toEqual([422, 422]);
  });

  test('an empty operation name is ignored over a WebSocket too', async () => {
    const socket = await open(await testApp());
    socket.send({ id: '1', type: 'subscribe', payload: { query: '{ __typename }', operationName: '' } });
    expect(await socket.next()).toMatchObject({ id: '1', type: 'next', payload: { data: { __typename: 'Query' } } });
  });
});

describe('many errors at once', () => {
  const directives = (count: number) => `{ __typename ${'@nothing '.repeat(count)} }`;
  const fields = (count: number) => `{ ${Array.from({ length: count }, (_, index) => `nothing${index}`).join(' ')} }`;
  const variables = (count: number) => {
    const names = Array.from({ length: count }, (_, index) => `$v${index}: Int!`);
    const uses = Array.from({ length: count }, (_, index) => `u${index}: users(first: $v${index}) { totalCount }`);
    return `query (${names.join(', ')}) { ${uses.join(' ')} }`;
  };
  const kinds = [
    ['directives', directives, 'GRAPHQL_VALIDATION_FAILED'],
    ['fields', fields, 'GRAPHQL_VALIDATION_FAILED'],
    ['variables', variables, 'BAD_USER_INPUT'],
  ] as const;

  test.each(kinds)(
    'unknown or missing %s: a limited number is reported, with a note that there may be more',
    async (_, query, code) => {
      const limit = limitOf('MAX_REQUEST_ERRORS');
      const app = await testApp();
      const ask = async (count: number) => errorsOf(await post(app, { query: query(count) }));
      const at = await ask(limit);
      expect(at).toHaveLength(MAX_REQUEST_ERRORS);
      expect(at.at(-1)?.message).not.toContain('There may be more');
      for (const count of [limit + 1, limit + 4]) {
        const past = await ask(count);
        expect(past).toHaveLength(MAX_REQUEST_ERRORS + 1);
        expect(past.at(-1)?.message).toContain('There may be more');
        expect(past.map(({ extensions }) => extensions.code)).toEqual(past.map(() => code));
      }
    },
  );

  test('all field errors are returned: each says why its field is null', async () => {
    const { app, client } = await testApp();
    expect(app).toBeDefined();
    const query = Array.from(
      { length: 8 },
      (_, index) => `n${index}: node(id: "event_01E4ZCR3C56J083X43JQXF3JK5") { id }`,
    );
    const { errors } = await (await client('test', ['users:read']))(`{ ${query.join(' ')} }`);
    expect(errors).toHaveLength(8);
  });

  const CREATE =
    'mutation ($input: CreateUserInput!) { createUser(input: $input) { errors { ... on MutationError { code } } } }';
  const BULK = `mutation ($input: CreateUsersInput!) {
    createUsers(input: $input) { results { errors { ... on MutationError { code } } } }
  }`;

  test('a mutation returns a limited number of errors', async () => {
    const execute = await (await testApp()).client();
    const input = (count: number) => ({
      email: 'ada@example.com',
      metadata: Object.fromEntries(Array.from({ length: count }, (_, index) => [String(index).padStart(41, 'k'), 'v'])),
    });
    const told = async (count: number) => {
      const single = await execute(CREATE, { input: input(count) });
      const bulk = await execute(BULK, { input: { users: [input(count)] } });
      return [single.data.createUser.errors.length, bulk.data.createUsers.results[0].errors.length];
    };
    const limit = limitOf('MAX_MUTATION_ERRORS');
    expect(await told(limit)).toEqual([MAX_MUTATION_ERRORS, MAX_MUTATION_ERRORS]);
    expect(await told(limit + 1)).toEqual([MAX_MUTATION_ERRORS, MAX_MUTATION_ERRORS]);
  });
});
