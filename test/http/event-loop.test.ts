import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import BetterSqlite3 from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { systemViewer } from '../../src/auth/viewer.js';
import { EVENTS } from '../support/streams.js';
import { testApp, WITHOUT_BOUNDS } from '../support/test-app.js';
import { makeTown } from '../support/workload/town.js';

/** The town has four events of each. */
const USERS = 1_500;

/** Counts the turns of the event loop, and what happens in each. */
function watchTurns(): { note(): void; most(): number } {
  let inThisTurn = 0;
  let most = 0;
  let isWatching = true;
  const turn = () => {
    most = Math.max(most, inThisTurn);
    inThisTurn = 0;
    if (isWatching) setImmediate(turn);
  };
  setImmediate(turn);
  onTestFinished(() => {
    isWatching = false;
  });
  return {
    note: () => {
      inThisTurn++;
    },
    most: () => Math.max(most, inThisTurn),
  };
}

async function town(observe: (sql: string) => void, settings: Record<string, string> = {}) {
  const app = await testApp({ ...WITHOUT_BOUNDS, ...settings }, { observe });
  const { id } = await app.app.services.environments.ensure('test', 'test');
  await makeTown(app.app, app.file, id, USERS);
  return { ...app, environmentId: id };
}

test('answers health checks and other requests while a stream catches up with the log', async () => {
  const turns = watchTurns();
  const app = await town((sql) => {
    if (sql.includes('"events"') && sql.startsWith('select *')) turns.note();
  });
  const secret = await app.key();
  const server = createServer(app.app.listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo; // of a TCP server
  const url = `http://127.0.0.1:${port}`;
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
  const ask = (query: string) =>
    fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) }).then((answer) =>
      answer.json(),
    );
  const { data } = await ask('{ events(first: 1) { edges { cursor } } }');
  const after = data.events.edges[0].cursor;

  const streaming = request(`${url}/graphql`, { method: 'POST', headers: { ...headers, accept: 'text/event-stream' } });
  streaming.end(JSON.stringify({ query: EVENTS, variables: { after } }));
  const [response] = await once(streaming, 'response');
  let events = 0;
  let isOver = false;
  const all = new Promise<void>((resolve) => {
    response.on('data', (chunk: Buffer) => {
      events += String(chunk).split('event: next').length - 1;
      if (events < USERS * 4 - 1) return;
      isOver = true;
      resolve();
    });
  });
  const during: number[] = [];
  const asking = (async () => {
    while (!isOver) {
      expect((await fetch(`${url}/livez`)).status).toBe(200);
      expect((await ask('{ users(first: 1) { nodes { id } } }')).data.users.nodes).toHaveLength(1);
      if (!isOver) during.push(events);
    }
  })();
  await Promise.all([all, asking]);
  streaming.destroy();
  // Not before it and not behind it: answers came at many places of the log.
  expect(new Set(during).size).toBeGreaterThan(3);
  // A turn of the event loop has one page of the stream, and what others ask for.
  expect(turns.most()).toBeLessThanOrEqual(3);
});

test.each([
  [
    'a stream in the process',
    async ({ app, environmentId }: Awaited<ReturnType<typeof town>>) => {
      const { eventStreams, events } = app.services;
      const viewer = systemViewer(environmentId, 'test');
      const stream = await eventStreams.follow(viewer, {}, await events.startOf(environmentId), async () => {});
      for (let read = 0; read < USERS * 4; read++) await stream.next();
      await stream.return();
    },
  ],
  [
    'an export',
    async ({ app, environmentId }: Awaited<ReturnType<typeof town>>) => {
      for await (const _ of app.services.userExports.pages(systemViewer(environmentId, 'test'), true));
    },
  ],
  [
    'retention',
    async ({ app }: Awaited<ReturnType<typeof town>>) => {
      expect(await app.services.eventRetention.removeOld()).toBeGreaterThan(USERS * 3);
    },
  ],
  [
    'erasure',
    async ({ app, folder }: Awaited<ReturnType<typeof town>>) => {
      const sqlite = new BetterSqlite3(`${folder}/test.db`);
      sqlite.exec("update events set name = 'user.deleted' where name = 'user.updated' and sequence < 400");
      sqlite.close();
      expect(await app.services.eventErasure.eraseDeleted()).toBeGreaterThan(0);
    },
  ],
])('%s lets others have their turn', async (_, work) => {
  const turns = watchTurns();
  let statements = 0;
  let isWatched = false;
  const observe = () => {
    if (!isWatched) return;
    statements++;
    turns.note();
  };
  const app = await town(observe, {
    EVENT_RETENTION_COUNT: '3',
    EVENT_ERASURE_DAYS: '1',
  });
  isWatched = true;
  await work(app);
  // A unit of work is one turn: erasure changes up to 200 events in one.
  expect(turns.most()).toBeLessThanOrEqual(210);
  expect(statements).toBeGreaterThan(3);
});

test('control: a loop that does not yield is detected', async () => {
  const turns = watchTurns();
  for (let step = 0; step < 500; step++) {
    turns.note();
    await null;
  }
  expect(turns.most()).toBe(500);
});
