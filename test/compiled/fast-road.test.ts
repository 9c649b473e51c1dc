import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { makeUser } from '../support/make.js';
import { type TestApp, testApp } from '../support/test-app.js';
import { type Received, roadsOf, type Sent, textOf } from './roads.js';

const USER = 'query ($id: ID!) { user(id: $id) { id email } }';

async function world(settings: Record<string, string> = {}, onStatement: (sql: string) => void = () => {}) {
  const app = await testApp(settings, { observe: (sql) => onStatement(sql) });
  const id = await makeUser(await app.client(), { email: 'ada@example.com' });
  const authorization = `Bearer ${await app.key()}`;
  const sent: Sent = { query: USER, variables: { id } };
  return { app, id, authorization, sent, body: JSON.stringify(sent) };
}

/** Sends a query until it is compiled. Without observers the statements tell nothing, so callers check what follows. */
async function becomeKnown({ app, authorization, body }: { app: TestApp; authorization: string; body: string }) {
  const roads = await roadsOf(app);
  const send = () => roads.send('/graphql', body, { authorization });
  for (const _ of [1, 2]) expect((await send()).status).toBe(200);
  return send;
}

const codeOf = (received: Received) => JSON.parse(textOf(received)).errors?.[0]?.extensions.code;

test('a query is compiled the second time that it is sent', async () => {
  const app = await testApp();
  const id = await makeUser(await app.client(), { email: 'ada@example.com' });
  const roads = await roadsOf(app);
  const headers = { authorization: `Bearer ${await app.key()}` };
  const send = () => roads.send('/graphql', JSON.stringify({ query: USER, variables: { id } }), headers);
  const answers = [await send(), await send(), await send()];
  expect(answers.map(({ isCompiled }) => isCompiled)).toEqual([false, true, true]);
  expect(new Set(answers.map(textOf)).size).toBe(1);
});

test('a revoked key is refused by the next request', async () => {
  const w = await world();
  const send = await becomeKnown(w);
  const { apiKeys, environments } = w.app.app.services;
  const { name } = (await environments.ensure('test', 'test')) as { name: string };
  const keys = (await apiKeys.list(name)) ?? [];
  for (const { id } of keys) await apiKeys.revoke(name, id);
  const refused = await send();
  expect([refused.status, codeOf(refused)]).toEqual([401, 'UNAUTHENTICATED']);
});

test('an exhausted budget refuses a query that is compiled', async () => {
  const w = await world({ RATE_LIMIT_POINTS: '100', MAX_COST: '100' });
  const send = await becomeKnown(w);
  const statuses: (number | undefined)[] = [];
  for (let sent = 0; sent < 100; sent++) statuses.push((await send()).status);
  expect(statuses.at(-1)).toBe(429);
  expect(codeOf(await send())).toBe('RATE_LIMITED');
});

test('a read whose time is over is answered with TIMEOUT', async () => {
  let ahead = 0;
  let isSlow = false;
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + ahead);
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  const w = await world({}, () => {
    if (isSlow) ahead = 60_000;
  });
  const send = await becomeKnown(w);
  isSlow = true;
  const late = await send();
  expect([late.status, codeOf(late)]).toEqual([504, 'TIMEOUT']);
});

test('one connection takes requests of both roads, whole and in parts', async () => {
  const { app, authorization, body, id } = await world();
  await becomeKnown({ app, authorization, body });
  const server = createServer(app.app.listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1'); // of a TCP server
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const answered = async (count: number) => {
    while (text.split('HTTP/1.1 200').length - 1 < count || !text.endsWith('}')) await once(socket, 'data');
  };
  const request = (content: string) =>
    `POST /graphql HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: ${content.length}\r\n\r\n${content}`;
  const other = JSON.stringify({ query: '{ viewer { scopes } user(id: "x") { id } }' });
  socket.write(request(body));
  await answered(1);
  socket.write(request(other));
  await answered(2);
  const whole = request(body);
  socket.write(whole.slice(0, -10));
  await new Promise(setImmediate);
  socket.write(whole.slice(-10));
  await answered(3);
  // Two requests in one packet: the first is compiled, the second resolved.
  socket.write(request(body) + request(other) + request(body));
  await answered(6);
  expect(text.split(`"user":{"id":"${id}"`)).toHaveLength(1 + 4);
  expect(text.split('"viewer"')).toHaveLength(1 + 2);
});

test('metrics count the requests of both roads alike', async () => {
  const app = await testApp({ METRICS_PORT: '0' });
  const id = await makeUser(await app.client(), { email: 'ada@example.com' });
  const roads = await roadsOf(app);
  const headers = { authorization: `Bearer ${await app.key()}` };
  const counted = async (operation: string, path: string) => {
    const body = JSON.stringify({ query: `query ${operation}($id: ID!) { user(id: $id) { id } }`, variables: { id } });
    const before = await figures();
    const answers = [];
    for (const _ of [1, 2, 3]) answers.push(await roads.send(path, body, headers));
    const after = await figures();
    const timed = new RegExp(`operation_seconds_count\\{operation="${operation}",outcome="ok"\\} (\\d+)`).exec(
      after.text,
    );
    return [after.answers - before.answers, Number(timed?.[1]), answers.at(-1)?.isCompiled];
  };
  const figures = async () => {
    const text = (await app.app.metrics?.text()) ?? '';
    return { text, answers: Number(/http_requests_total\{status="200"\} (\d+)/.exec(text)?.[1] ?? 0) };
  };
  expect(await counted('Resolved', '/graphql?')).toEqual([3, 3, false]);
  expect(await counted('Compiled', '/graphql')).toEqual([3, 3, true]);
});

test('a document that is not GraphQL is refused each time that it is sent', async () => {
  const app = await testApp();
  const roads = await roadsOf(app);
  const headers = { authorization: `Bearer ${await app.key()}` };
  for (const query of ['{ user(id: "', '{ viewer', '\u0000', '{ nothing }', 'query A { viewer { scopes } }']) {
    const body = JSON.stringify({ query, operationName: 'B' });
    const resolved = await roads.send('/graphql?', body, headers);
    expect(resolved.status).not.toBe(200);
    for (const _ of [1, 2, 3]) expect(await roads.send('/graphql', body, headers)).toEqual(resolved);
  }
});
