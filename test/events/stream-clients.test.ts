import { ApolloClient, gql, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { makeUser } from '../support/make.js';
import { EVENTS, listening } from '../support/streams.js';
import { testApp } from '../support/test-app.js';

async function world(settings: Record<string, string> = {}) {
  const app = await testApp(settings);
  const execute = await app.client();
  const authorization = `Bearer ${await app.key()}`;
  const address = await listening(app);
  const socket = (connectionParams: Record<string, unknown> = { authorization }) => {
    const client = createWsClient({
      url: `ws://${address}`,
      webSocketImpl: WebSocket,
      connectionParams,
      retryAttempts: 0,
    });
    onTestFinished(() => void client.dispose());
    return client;
  };
  const write = (email: string) => makeUser(execute, { email });
  return { app, execute, authorization, address, socket, write };
}

const emailOf = (data: unknown) =>
  (data as { events: { node: { snapshot?: { email: string } } } }).events.node.snapshot?.email ?? '';

/** Expects the client to receive one event from before it subscribed and one from after. */
async function expectFollowed(
  { execute, write }: Awaited<ReturnType<typeof world>>,
  subscribe: (after: string, say: (email: string) => void) => () => void,
): Promise<void> {
  const { data } = await execute('{ events(last: 1) { edges { cursor } } }');
  await write('before@example.com');
  const said: string[] = [];
  let stop = () => {};
  await new Promise<void>((resolve) => {
    stop = subscribe(data.events.edges[0].cursor, (email) => {
      said.push(email);
      if (said.length === 1) void write('after@example.com');
      if (said.length === 2) resolve();
    });
  });
  expect(said).toEqual(['before@example.com', 'after@example.com']);
  stop();
}

test('graphql-sse follows the log', async () => {
  const w = await world();
  await expectFollowed(w, (after, say) => {
    const client = createSseClient({ url: `http://${w.address}`, headers: { authorization: w.authorization } });
    return client.subscribe(
      { query: EVENTS, variables: { after } },
      { next: ({ data }) => say(emailOf(data)), error: () => {}, complete: () => {} },
    );
  });
});

test('graphql-ws follows the log', async () => {
  const w = await world();
  await expectFollowed(w, (after, say) =>
    w
      .socket()
      .subscribe(
        { query: EVENTS, variables: { after } },
        { next: ({ data }) => say(emailOf(data)), error: () => {}, complete: () => {} },
      ),
  );
});

test('Apollo Client follows the log over a WebSocket', async () => {
  const w = await world();
  await expectFollowed(w, (after, say) => {
    const client = new ApolloClient({ link: new GraphQLWsLink(w.socket()), cache: new InMemoryCache() });
    const subscription = client
      .subscribe({ query: gql(EVENTS), variables: { after } })
      .subscribe(({ data }) => say(emailOf(data)));
    return () => {
      subscription.unsubscribe();
      client.stop();
    };
  });
});

test('urql follows the log over server-sent events', async () => {
  const w = await world();
  await expectFollowed(w, (after, say) => {
    const sse = createSseClient({ url: `http://${w.address}`, headers: { authorization: w.authorization } });
    const client = new Client({
      url: `http://${w.address}`,
      preferGetMethod: false,
      exchanges: [
        fetchExchange,
        subscriptionExchange({
          forwardSubscription: ({ query = '', variables }) => ({
            subscribe: (sink) => ({
              unsubscribe: sse.subscribe({ query, ...(variables ? { variables } : {}) }, sink as never), // the same shape
            }),
          }),
        }),
      ],
    });
    return client.subscription(EVENTS, { after }).subscribe(({ data }) => say(emailOf(data))).unsubscribe;
  });
});

test('a WebSocket accepts queries and mutations and returns the same error codes as HTTP', async () => {
  const { socket } = await world();
  const ask = async (query: string, params?: Record<string, unknown>) => {
    for await (const result of socket(params).iterate({ query })) return result;
    return null;
  };
  expect(await ask('{ viewer { environment { name } } }')).toMatchObject({
    data: { viewer: { environment: { name: 'test' } } },
  });
  const made = 'mutation { createUser(input: { email: "ws@example.com" }) { user { email } errors { __typename } } }';
  expect(await ask(made)).toMatchObject({ data: { createUser: { user: { email: 'ws@example.com' }, errors: [] } } });
  type Errors = readonly { readonly extensions?: { readonly code?: unknown } }[];
  // An error before execution is a protocol error, and a later one is part of the result.
  const refused = async (query: string, params?: Record<string, unknown>) => {
    const errors: Errors = await ask(query, params).then(
      (result) => result?.errors ?? [],
      (thrown: Errors) => thrown,
    );
    return errors.map(({ extensions }) => extensions?.code);
  };
  expect(await refused('{ users { totalCount } }', {})).toEqual(['UNAUTHENTICATED']);
  expect(await refused('{ nothing }')).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  expect(await refused(EVENTS, { authorization: 'Bearer sk_test_wrong' })).toEqual(['UNAUTHENTICATED']);
});

test('a WebSocket accepts only UTF-8 text, and rejects a malformed key like a wrong one', async () => {
  const { execute, authorization, address, socket } = await world();
  const send = async (bytes: Buffer, binary: boolean): Promise<number> => {
    const raw = new WebSocket(`ws://${address}`, 'graphql-transport-ws');
    onTestFinished(() => raw.terminate());
    const closed = new Promise<number>((resolve) => void raw.once('close', resolve));
    raw.on('open', () => raw.send(JSON.stringify({ type: 'connection_init', payload: { authorization } })));
    raw.on('message', (data) => {
      if (String(data).includes('connection_ack')) raw.send(bytes, { binary });
    });
    return closed;
  };
  const query = 'mutation { createUser(input: { email: "a@example.com", firstName: "?" }) { user { id } } }';
  const [before = '', after = ''] = JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }).split('?');
  const message = Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)]);
  // RFC 6455, section 7.4.1: 1007 means invalid UTF-8 in a text message, 1003 an unsupported type of message.
  expect(await send(message, false)).toBe(1007);
  expect(await send(message, true)).toBe(1003);
  expect((await execute('{ users { totalCount } }')).data.users.totalCount).toBe(0);
  for (const bad of ['Bearer sk_test_\u{1f600}', 'Bearer a\r\nx-request-id: b', 'Bearer Zo\ud83d']) {
    const asked = socket({ authorization: bad }).iterate({ query: '{ viewer { environment { name } } }' }).next();
    await expect(asked).rejects.toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  }
});

test('a subscription ends when the client completes it or its socket closes', async () => {
  const { app, socket, write } = await world();
  const { eventStreams } = app.app.services;
  for (const end of ['complete', 'socket'] as const) {
    const client = socket();
    const first = new Promise<void>((resolve) => {
      const stop = client.subscribe(
        { query: EVENTS },
        {
          next: () => {
            if (end === 'complete') stop();
            else client.terminate();
            resolve();
          },
          error: () => {},
          complete: () => {},
        },
      );
    });
    while (eventStreams.count() === 0) await new Promise(setImmediate);
    await write(`${end}@example.com`);
    await first;
    // A stream notices that it has ended at the next commit.
    let made = 0;
    while (eventStreams.count() > 0) await write(`${end}${made++}@example.com`);
  }
  expect(eventStreams.count()).toBe(0);
});

test('refuses sockets of other origins, accepts the configured ones, and returns 404 for another path', async () => {
  const { address } = await world({ CORS_ORIGINS: 'https://app.example.com' });
  const outcome = (url: string, origin?: string, headers: Record<string, string> = {}) =>
    new Promise<string>((resolve) => {
      const client = new WebSocket(url, 'graphql-transport-ws', origin === undefined ? {} : { origin, headers });
      client.once('open', () => {
        client.close();
        resolve('open');
      });
      client.once('error', ({ message }) => resolve(message));
    });
  expect(await outcome(`ws://${address}`)).toBe('open');
  expect(await outcome(`ws://${address}`, 'https://app.example.com')).toBe('open');
  expect(await outcome(`ws://${address}`, `http://${address.split('/')[0]}`)).toBe('open');
  // The Host header as a proxy sets it, next to the Origin header of a browser.
  const behind = { host: 'Accounts.example:443' };
  expect(await outcome(`ws://${address}`, 'https://accounts.example', behind)).toBe('open');
  expect(await outcome(`ws://${address}`, 'http://accounts.example', behind)).toContain('403');
  expect(await outcome(`ws://${address}`, 'https://evil.example.com')).toContain('403');
  expect(await outcome(`ws://${address.replace('/graphql', '/other')}`)).toContain('404');
});

test('draining closes sockets with a code that asks clients to reconnect', async () => {
  const { app, address } = await world();
  const client = new WebSocket(`ws://${address}`, 'graphql-transport-ws');
  await new Promise((resolve) => client.once('open', resolve));
  const closed = new Promise<number>((resolve) => client.once('close', resolve));
  app.app.drain();
  expect(await closed).toBe(1012);
});
