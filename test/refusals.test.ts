import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { MAX_MUTATION_ERRORS } from '../src/errors.js';
import { MAX_REQUEST_ERRORS } from '../src/graphql/error-limit.plugin.js';
import { limitOf } from './support/limits.js';
import { listening } from './support/streams.js';
import { type Answer, type TestApp, testApp } from './support/test-app.js';

const JSON_TYPE = 'application/json';

interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

async function send({ app }: TestApp, path: string, { method = 'GET', headers = {}, body }: Sent = {}) {
  const init = { method, headers, ...(body === undefined ? {} : { body }) };
  const response = await app.fetch(new Request(`http://localhost${path}`, init));
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

const post = (app: TestApp, body: unknown, headers: Record<string, string> = {}) =>
  send(app, '/graphql', {
    method: 'POST',
    headers: { 'content-type': JSON_TYPE, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

/** The errors of a refusal, each of which has a code and the id of the request. */
function errorsOf({ text, headers }: { text: string; headers: Pick<Headers, 'get'> }) {
  const { errors = [] } = JSON.parse(text) as Answer; // JSON knows no types
  expect(headers.get('content-type')).toMatch(/^application\/(graphql-response\+)?json/);
  expect(errors.length).toBeGreaterThan(0);
  for (const { extensions } of errors) {
    expect(Object.keys(extensions).sort()).toEqual(['code', 'requestId']);
    expect(extensions.requestId).toBe(headers.get('x-request-id'));
  }
  return errors;
}

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

  test('an operation whose address ends like another is executed', async () => {
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

  test('a key set that cannot be read is a masked fault of the server', async () => {
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

  test('what is too large is told the limit, whether its length was named or not', async () => {
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

  test('an empty one is none, by GET and by POST', async () => {
    expect(await byBoth('{ __typename }', '')).toEqual([200, 200]);
    expect(await byBoth(TWO, '')).toEqual([422, 422]);
    expect(await byBoth(TWO, 'A')).toEqual([200, 200]);
    expect(await byBoth('', 'A')).toEqual([422, 422]);
  });

  test('an empty one is none over a WebSocket too', async () => {
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

  test.each(kinds)('unknown or missing %s: so many are told, and that there may be more', async (_, query, code) => {
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
  });

  test('errors of fields are all told: each says why its place is null', async () => {
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

  test('a mutation tells so many, and no more', async () => {
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

/** What comes back for bytes as they are: fetch would not send them. */
async function raw(address: string, lines: readonly string[]) {
  const [host = '', port] = (address.split('/')[0] ?? '').split(':');
  const socket = connect(Number(port), host);
  socket.end(`${lines.join('\r\n')}\r\n\r\n`);
  let answer = '';
  for await (const chunk of socket.setEncoding('utf8')) answer += chunk;
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const [first = '', ...fields] = head.split('\r\n');
  const headers = new Headers(
    fields.map((field): [string, string] => {
      const [name = '', value = ''] = field.split(': ');
      return [name, value];
    }),
  );
  return {
    status: Number(first.split(' ')[1]),
    headers,
    text: body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1),
  };
}

describe('on a socket', () => {
  const UPGRADE = ['Connection: Upgrade', 'Upgrade: websocket'];
  const HANDSHAKE = [...UPGRADE, 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13'];

  test.each<readonly [string, number, readonly string[]]>([
    ['a host that is none', 400, ['GET /graphql?query={__typename} HTTP/1.1', 'Host: [', 'Connection: close']],
    ['a host with a blank', 400, ['GET /livez HTTP/1.1', 'Host: a b', 'Connection: close']],
    ['a socket of such a host', 400, ['GET /graphql HTTP/1.1', 'Host: [', ...HANDSHAKE]],
    ['a socket elsewhere', 404, ['GET /other HTTP/1.1', 'Host: localhost', ...HANDSHAKE]],
    ['a socket for a foreign page', 403, ['GET /graphql HTTP/1.1', 'Host: a.b', 'Origin: http://c.d', ...HANDSHAKE]],
    ['a handshake without a key', 400, ['GET /graphql HTTP/1.1', 'Host: localhost', ...UPGRADE]],
    ['a handshake by POST', 405, ['POST /graphql HTTP/1.1', 'Host: localhost', 'Content-Length: 0', ...HANDSHAKE]],
  ])('%s is %i', async (_, status, lines) => {
    const address = await listening(await testApp());
    const given = await raw(address, [...lines, 'x-request-id: of-the-test']);
    expect(given.status).toBe(status);
    expect(errorsOf(given)[0]?.extensions.requestId).toBe('of-the-test');
    expect(given.text).not.toContain('node_modules');
    // The control: the server goes on.
    expect((await fetch(`http://${address}?query={__typename}`)).status).toBe(200);
  });

  test('a client that is gone before its socket is refused harms nobody', async () => {
    const address = await listening(await testApp());
    const [host = '', port] = (address.split('/')[0] ?? '').split(':');
    for (let times = 0; times < 20; times++) {
      const socket = connect(Number(port), host);
      await new Promise((resolve) => {
        socket.write(['GET /other HTTP/1.1', 'Host: localhost', ...HANDSHAKE, '', ''].join('\r\n'), resolve);
      });
      socket.resetAndDestroy();
    }
    expect((await fetch(`http://${address}?query={__typename}`)).status).toBe(200);
  });

  test('a message that is no text closes a WebSocket', async () => {
    const { socket, closed } = await open(await testApp());
    socket.send(Buffer.from('{"type":"ping"}'));
    expect(await closed).toEqual([1003, 'Send text']);
  });

  test('a reason that is too long for a frame is cut between characters', async () => {
    const { socket, send, closed } = await open(await testApp());
    const payload = { query: 'subscription { events { cursor } }' };
    const id = 'ü'.repeat(100);
    send({ id, type: 'subscribe', payload });
    send({ id, type: 'subscribe', payload });
    const [code, reason] = await closed;
    expect([code, reason.startsWith('Subscriber for üü'), reason.length < 123]).toEqual([4409, true, true]);
    expect(reason).not.toContain('\ufffd');
    expect(socket.readyState).toBe(WebSocket.CLOSED);
  });
});

/** A WebSocket that was acknowledged. */
async function open(app: TestApp) {
  const connectionParams = { authorization: `Bearer ${await app.key()}` };
  const socket = new WebSocket(`ws://${await listening(app)}`, 'graphql-transport-ws');
  const waiting: ((message: unknown) => void)[] = [];
  socket.on('message', (data) => waiting.shift()?.(JSON.parse(String(data))));
  const next = () => new Promise<unknown>((resolve) => waiting.push(resolve));
  const closed = new Promise<[number, string]>((resolve) =>
    socket.once('close', (code, reason) => resolve([code, String(reason)])),
  );
  const sendMessage = (message: object) => socket.send(JSON.stringify(message));
  await new Promise((resolve) => socket.once('open', resolve));
  onTestFinished(() => socket.terminate());
  const acknowledged = next();
  sendMessage({ type: 'connection_init', payload: connectionParams });
  await acknowledged;
  return { socket, send: sendMessage, next, closed };
}
