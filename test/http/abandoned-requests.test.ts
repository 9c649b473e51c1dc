import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { createLogger } from '../../src/runtime/logger.js';
import { MAX_TURN_MS } from '../../src/scheduling/turns.js';
import { makeApplication, makeGrant, makeUser } from '../support/make.js';
import { withoutAuthentication } from '../support/sql/authentication.js';
import { execute, post, type TestApp, testApp } from '../support/test-app.js';

/** Reads in several statements: the key after a commit, the users, their grants, the applications. */
const QUERY = '{ users { nodes { id authorizedApplications { nodes { application { name } } } } } }';
const CLIENTS = 20;

/**
 * Clients in a thread of their own, which go on while the server is blocked. Each sends the same request; to `hang up`
 * they close their connections, and tell the blocked thread when the system has taken it.
 */
const CLIENTS_THREAD = `
  const { connect } = require('node:net');
  const { parentPort, workerData: { port, text, closed } } = require('node:worker_threads');
  let sockets = [];
  parentPort.on('message', ({ connect: clients, hangUp }) => {
    for (let client = 0; client < clients; client++) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(text);
      sockets.push(socket);
    }
    if (!hangUp) return;
    let left = sockets.length;
    for (const socket of sockets) {
      socket.end(() => {
        if (--left > 0) return;
        Atomics.store(closed, 0, 1);
        Atomics.notify(closed, 0);
      });
    }
    sockets = [];
  });
  parentPort.postMessage('ready');
`;

interface World extends TestApp {
  readonly url: string;
  readonly secret: string;
  /** Lines of the log that tell of requests. */
  readonly requests: { readonly status: number }[];
  /** Called for each statement, before it runs. */
  readonly hooks: { onStatement: (sql: string) => void };
  /** So many clients of the other thread send a request. */
  connect(clients: number): void;
  /** Blocks the server, as a long statement does, until they have closed their connections. */
  blockUntilHungUp(): void;
}

async function world(): Promise<World> {
  const requests: { readonly status: number }[] = [];
  const hooks: World['hooks'] = { onStatement: () => {} };
  const logger = createLogger('info', {
    write: (line) => {
      const entry = JSON.parse(line);
      if (entry.msg === 'request') requests.push(entry);
    },
  });
  const app = await testApp({}, { logger, observe: (sql) => hooks.onStatement(sql) });
  const secret = await app.key();
  const ask = (query: string, variables?: Record<string, unknown>) => execute(app.app, secret, query, variables);
  const application = await makeApplication(ask, { name: 'App' });
  await makeGrant(ask, await makeUser(ask, { email: 'ada@example.com' }), application);
  const server = createServer(app.app.listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // of a TCP server
  const body = JSON.stringify({ query: QUERY });
  const head = [
    'POST /graphql HTTP/1.1',
    'Host: localhost',
    `Authorization: Bearer ${secret}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
  ];
  const closed = new Int32Array(new SharedArrayBuffer(4));
  const workerData = { port, text: `${head.join('\r\n')}\r\n\r\n${body}`, closed };
  const worker = new Worker(CLIENTS_THREAD, { eval: true, workerData });
  await once(worker, 'message');
  onTestFinished(async () => {
    await worker.terminate();
    server.close();
    server.closeAllConnections();
  });
  requests.length = 0;
  return {
    ...app,
    url: `http://127.0.0.1:${port}/graphql`,
    secret,
    requests,
    hooks,
    connect: (clients) => worker.postMessage({ connect: clients }),
    blockUntilHungUp: () => {
      worker.postMessage({ connect: 0, hangUp: true });
      Atomics.wait(closed, 0, 0);
      // Never notified: a statement that takes the time of a whole turn.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, MAX_TURN_MS);
    },
  };
}

function ask({ url, secret }: World): Promise<Response> {
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
  return fetch(url, { method: 'POST', headers, body: JSON.stringify({ query: QUERY }) });
}

/** Lets the event loop take turns until so many requests were dealt with. */
async function untilLogged({ requests }: World, count: number): Promise<void> {
  while (requests.length < count) await new Promise(setImmediate);
}

test('requests queued behind a slow one are not executed after their clients disconnect', async () => {
  const w = await world();
  const seen: string[] = [];
  let isFirst = true;
  w.hooks.onStatement = (sql) => {
    seen.push(sql);
    if (isFirst) {
      w.connect(CLIENTS);
      w.blockUntilHungUp();
    }
    isFirst = false;
  };
  // Who goes on waiting is answered: what blocked the server, and what comes after it.
  expect(await (await ask(w)).json()).toMatchObject({ data: { users: { nodes: [{}] } } });
  const own = seen.length;
  await untilLogged(w, 1 + CLIENTS);
  expect(seen).toHaveLength(own);
  expect(w.requests.map(({ status }) => status).sort()).toEqual([200, ...Array(CLIENTS).fill(499)]);
  expect(await (await ask(w)).json()).toMatchObject({ data: { users: { nodes: [{}] } } });
  expect(seen.length).toBeGreaterThan(own);
});

test.each([
  // A query string keeps a request off the fast road.
  ['resolved', '?', 3],
  ['compiled', '', 3],
])('a request whose client disconnects while it is %s runs no further statement', async (_, end, times) => {
  const w = await world();
  const seen: string[] = [];
  w.hooks.onStatement = (sql) => {
    seen.push(sql);
  };
  for (let asked = 0; asked < times; asked++) {
    seen.length = 0;
    await ask({ ...w, url: `${w.url}${end}` });
  }
  const whole = withoutAuthentication(seen);
  expect(whole).toHaveLength(3);
  w.requests.length = 0;
  seen.length = 0;
  w.hooks.onStatement = (sql) => {
    seen.push(sql);
    if (seen.length === 2) w.blockUntilHungUp();
  };
  w.connect(1);
  await untilLogged(w, 1);
  expect(w.requests.map(({ status }) => status)).toEqual([499]);
  expect(seen).toEqual(whole.slice(0, 2));
});

test.each([
  ['between its statements', 2],
  ['during the last of its statements', 3],
])('a request whose time is over %s is answered with TIMEOUT and runs no further statement', async (_, last) => {
  const seen: string[] = [];
  let end: () => void = () => {};
  let timers = 0;
  let isCut = false;
  const app = await testApp(
    {},
    {
      observe: (sql) => {
        seen.push(sql);
        if (isCut && seen.length === last) end();
      },
      startTimer: (_ms, onEnd) => {
        end = onEnd;
        timers++;
        return () => timers--;
      },
    },
  );
  const secret = await app.key();
  const client = (query: string, variables?: Record<string, unknown>) => execute(app.app, secret, query, variables);
  await makeGrant(
    client,
    await makeUser(client, { email: 'ada@example.com' }),
    await makeApplication(client, { name: 'A' }),
  );
  seen.length = 0;
  expect((await post(app.app, secret, { query: QUERY })).status).toBe(200);
  expect(seen).toHaveLength(4);
  seen.length = 0;
  isCut = true;
  const response = await post(app.app, secret, { query: QUERY });
  expect(response.status).toBe(504);
  expect(await response.json()).toEqual({
    errors: [
      {
        message: expect.stringContaining('took longer than 10 seconds'),
        extensions: expect.objectContaining({ code: 'TIMEOUT' }),
      },
    ],
  });
  expect(seen).toHaveLength(last);
  expect(timers).toBe(0);
});
