import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createLogger } from '../../src/runtime/logger.js';
import { manifestOf } from '../support/docs/manifest.js';
import { restClient } from '../support/rest/rest-client.js';
import { testApp } from '../support/test-app.js';

const USERS = '/user_management/users';

async function world(settings: Record<string, string> = {}) {
  const test = await testApp(settings);
  return { ...test, rest: restClient(test.app, await test.key()) };
}

test('credentials: none, malformed, unknown, revoked, and without the scope', async () => {
  const { app, key } = await world();
  const nobody = await restClient(app, null)('GET', USERS);
  expect(nobody).toMatchObject({ status: 401, json: { code: 'unauthorized', message: expect.any(String) } });
  expect(nobody.headers.get('www-authenticate')).toBe('Bearer');
  for (const secret of ['', 'sk_test_x', 'sk_example_123456789', 'a.b.c']) {
    expect((await restClient(app, secret)('GET', USERS)).status).toBe(401);
  }
  const few = restClient(app, await key('test', ['organizations:read']));
  const refused = await few('GET', USERS);
  expect(refused).toMatchObject({ status: 403, json: { code: 'forbidden' } });
  expect(refused.json.message).toContain('users:read');
  expect(await few('GET', '/organizations')).toMatchObject({ status: 200 });
});

test('a membership shows its user only to those who may read users', async () => {
  const { app, key, rest } = await world();
  const { json: user } = await rest('POST', USERS, { email: 'ada@example.com' });
  const { json: organization } = await rest('POST', '/organizations', { name: 'Acme' });
  const body = { user_id: user.id, organization_id: organization.id };
  const writer = restClient(app, await key('test', ['organizations:write']));
  expect(await writer('POST', '/user_management/organization_memberships', body)).toMatchObject({ status: 403 });
  expect((await rest('GET', `/user_management/organization_memberships?user_id=${user.id}`)).json.data).toEqual([]);
});

test('unknown addresses and methods are answered with JSON', async () => {
  const { rest } = await world();
  expect(await rest('GET', '/user_management/nothing')).toMatchObject({ status: 404, json: { code: 'not_found' } });
  expect(await rest('GET', '/user_management')).toMatchObject({ status: 404, json: { code: 'not_found' } });
  expect(await rest('GET', `${USERS}/%ff`)).toMatchObject({ status: 404 });
  const patched = await rest('PATCH', USERS, {});
  expect(patched).toMatchObject({ status: 405, json: { code: 'method_not_allowed' } });
  expect(patched.headers.get('allow')).toBe('GET, POST');
});

test.each([
  '/user_management/invitations',
  '/user_management/invitations/by_token/x',
  '/user_management/users/user_1/identities',
  '/organizations/org_1/roles',
  '/sso/authorize',
  '/directories',
])('%s is answered with 501, because WorkOS has it', async (path) => {
  const { rest } = await world();
  for (const method of ['GET', 'POST', 'DELETE']) {
    expect(await rest(method, path)).toMatchObject({ status: 501, json: { code: 'not_implemented' } });
  }
});

test('bodies that are not JSON, not UTF-8, too large or of another type', async () => {
  const { rest, app, key } = await world({ MAX_BODY_BYTES: '1024' });
  for (const body of ['{', 'null', '"a"', '[]', '1']) {
    expect((await rest('POST', USERS, body)).status).toBe(body === '{' ? 400 : 422);
  }
  expect(await rest('POST', USERS, '{')).toMatchObject({ json: { code: 'invalid_json' } });
  expect(await rest('POST', USERS, { email: 'a'.repeat(1_024) })).toMatchObject({ status: 413 });
  const secret = await key();
  const send = (body: BodyInit, type: string) =>
    app.fetch(
      new Request(`http://localhost${USERS}`, {
        method: 'POST',
        body,
        headers: { authorization: `Bearer ${secret}`, 'content-type': type },
      }),
    );
  expect((await send(new Uint8Array([0x22, 0xff, 0x22]), 'application/json')).status).toBe(400);
  expect((await send('email=a@example.com', 'application/x-www-form-urlencoded')).status).toBe(415);
  expect((await send('{"email":"a@example.com"}', 'application/json; charset=latin1')).status).toBe(415);
  expect((await send('{"email":"a@example.com"}', 'application/json; charset=UTF-8')).status).toBe(201);
});

test('a body is not needed where nothing is required', async () => {
  const { rest } = await world();
  const headers = { 'content-type': 'application/json' };
  const { json: user } = await rest('POST', USERS, { email: 'ada@example.com' });
  expect((await rest('GET', `${USERS}/${user.id}`, undefined, headers)).status).toBe(200);
  expect((await rest('POST', `${USERS}/${user.id}/email_verification/send`, undefined, headers)).status).toBe(200);
  expect((await rest('DELETE', `${USERS}/${user.id}`, undefined, headers)).status).toBe(200);
});

test('HEAD is a GET without its body', async () => {
  const { app, key } = await world();
  const headers = { authorization: `Bearer ${await key()}` };
  const response = await app.fetch(new Request(`http://localhost${USERS}`, { method: 'HEAD', headers }));
  expect([response.status, await response.text()]).toEqual([200, '']);
});

test('answers have an ID, the budget, and are not stored', async () => {
  const { rest } = await world();
  const { headers } = await rest('GET', USERS, undefined, { 'x-request-id': 'mine' });
  expect(headers.get('x-request-id')).toBe('mine');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('ratelimit')).toMatch(/^"default";r=\d+;t=\d+$/);
});

test('the budget is the one of GraphQL, and an exhausted one tells when to come back', async () => {
  const { app, key, client } = await world({ MAX_COST: '100', RATE_LIMIT_POINTS: '100', RATE_LIMIT_SECONDS: '3600' });
  const secret = await key();
  const rest = restClient(app, secret);
  expect((await rest('GET', `${USERS}?limit=89`)).status).toBe(200);
  const { headers } = await rest('GET', `${USERS}/external_id/none`);
  expect(headers.get('ratelimit')).toContain('r=9;');
  const refused = await rest('GET', `${USERS}?limit=19`);
  expect(refused).toMatchObject({ status: 429, json: { code: 'rate_limit_exceeded' } });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  const request = new Request('http://localhost/graphql', {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: '{"query":"{ users(first: 20) { nodes { id } } }"}',
  });
  expect((await app.fetch(request)).status).toBe(429);
  expect((await (await client())('{ viewer { scopes } }')).data).toBeDefined();
});

test('rows that a filter did not examine are given back', async () => {
  const { rest } = await world({ MAX_COST: '1000', RATE_LIMIT_POINTS: '1000', RATE_LIMIT_SECONDS: '3600' });
  const { json: organization } = await rest('POST', '/organizations', { name: 'Acme' });
  const { headers } = await rest('GET', `${USERS}?organization_id=${organization.id}`);
  // 11 points for the organization, 11 for the list.
  expect(headers.get('ratelimit')).toContain('r=978;');
});

test('the log has the operation, and neither an external ID nor a query', async () => {
  const lines: string[] = [];
  const logger = createLogger('info', { write: (line) => lines.push(line) });
  const { app, key } = await testApp({}, { logger });
  const rest = restClient(app, await key());
  await rest('GET', `${USERS}/external_id/canary-5a1f`);
  await rest('GET', `${USERS}?email=canary-5a1f@example.com`);
  await rest('GET', '/user_management/nothing/canary-5a1f');
  await rest('PATCH', `${USERS}/external_id/canary-5a1f`);
  const requests = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request');
  expect(requests.map(({ path, status }) => [path, status])).toEqual([
    ['/user_management/users/external_id/{external_id}', 404],
    ['/user_management/users', 200],
    ['/user_management/…', 404],
    ['/user_management/…', 405],
  ]);
  expect(lines.join()).not.toContain('canary');
});

test.each([
  ['REST', () => ({ REST: 'false' })],
  ['ROUTER_KEYS', () => ({ ROUTER_KEYS: `router:${'s'.repeat(40)}` })],
  [
    'PERSISTED_DOCUMENTS_ONLY',
    () => ({ PERSISTED_DOCUMENTS_ONLY: 'true', PERSISTED_DOCUMENTS: manifestOf('{ __typename }') }),
  ],
])('%s turns it off', async (_, settings) => {
  const { app } = await testApp(settings());
  for (const path of [USERS, '/openapi.json', '/openapi', '/events', '/organizations']) {
    const response = await app.fetch(new Request(`http://localhost${path}`));
    expect([path, response.status, await response.json()]).toEqual([path, 404, { errors: [expect.anything()] }]);
  }
});

test('an internal error tells nothing', async () => {
  const { rest, app } = await world();
  vi.spyOn(app.services.users, 'listUsers').mockRejectedValue(new Error('secret detail'));
  const { status, json } = await rest('GET', USERS);
  expect([status, json.code]).toEqual([500, 'internal_server_error']);
  expect(JSON.stringify(json)).not.toContain('secret');
});

test('a client that leaves while it sends a body is no fault of the server', async () => {
  const lines: string[] = [];
  const logger = createLogger('info', { write: (line) => lines.push(line) });
  const { app, key } = await testApp({}, { logger });
  const server = createServer(app.listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const head = [
    `POST ${USERS} HTTP/1.1`,
    'host: localhost',
    `authorization: Bearer ${await key()}`,
    'content-type: application/json',
    'content-length: 100',
  ];
  const socket = connect(port, '127.0.0.1');
  socket.write(`${head.join('\r\n')}\r\n\r\n{"email":`);
  socket.on('connect', () => setImmediate(() => socket.destroy()));
  const statuses = () =>
    lines.map((line) => JSON.parse(line)).flatMap(({ msg, status }) => (msg === 'request' ? [status] : []));
  await expect.poll(statuses).toEqual([499]);
  expect(lines.filter((line) => line.includes('unexpected error'))).toEqual([]);
});
