import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Overrides } from '../../src/app.js';
import { printSubgraph } from '../../src/graphql/schema.js';
import { systemClock } from '../../src/runtime/clock.js';
import { makeUser } from '../support/make.js';
import { newDatabase } from '../support/processes/new-database.js';
import { createKey, type Settings, says, start, stop } from '../support/processes/process.js';
import {
  askRouter,
  end,
  listenAt,
  type Supergraph,
  startGateway,
  startStranger,
  startSupergraph,
} from '../support/processes/supergraph.js';
import { allowSignIn, signedIn } from '../support/sign-in.js';
import { withoutAuthentication } from '../support/sql/authentication.js';
import { readStream } from '../support/streams.js';
import { type Answer, testApp } from '../support/test-app.js';

/** The statement that writes the last use of a key runs after the response, at any time. */
const LAST_USE = '"last_used_at"';
const ROUTER_KEY = `router-1:${'r'.repeat(40)}`;

/** All tests share one router. Each test serves its own usergraph on the port that the router expects. */
let graph: Supergraph;
beforeAll(async () => {
  graph = await startSupergraph(startGateway, printSubgraph(), { USERGRAPH_ROUTER_KEY: ROUTER_KEY });
});
afterAll(() => Promise.all(graph.children.map(end)));

/**
 * Returns the errors without those that Hive Gateway (2.15.1) adds for an unknown user: it has the key of the user but
 * not the other fields. It correctly returns null for the user.
 */
function withoutMissing(errors: Answer['errors'] = []) {
  return errors.filter(({ message, path }) => message !== 'Unexpected error.' || !path?.includes('buyer'));
}

async function usergraph(settings: Record<string, string> = {}, overrides: Overrides = {}) {
  const test = await testApp(settings, overrides);
  await listenAt(graph.users, test.app.listener);
  const secret = await test.key();
  return { test, secret, ask: (query: string, variables?: object) => askRouter(graph.url, secret, query, variables) };
}

test('Hive Gateway joins users with orders and projects both ways in a constant number of statements', async () => {
  const { test, ask } = await usergraph();
  const execute = await test.client();
  const ids = await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      makeUser(execute, { email: `customer.${index}@example.com`, externalId: `customer-${index}` }),
    ),
  );
  const lead = await makeUser(execute, { email: 'ADA.almeida.0@example.com', name: 'Ada Almeida' });

  // The first request of a key writes its last use.
  await ask('{ viewer { scopes } }');
  // Resolves the buyers of orders by external ID.
  const counts: number[] = [];
  for (const first of [1, 10, 50]) {
    test.statements.length = 0;
    const { data, errors } = await ask('query ($first: Int!) { orders(first: $first) { id buyer { id email } } }', {
      first,
    });
    expect(errors).toBeUndefined();
    expect(data.orders).toEqual(
      Array.from({ length: first }, (_, index) => ({
        id: `order-${index}`,
        buyer: { id: ids[index], email: `customer.${index}@example.com` },
      })),
    );
    counts.push(withoutAuthentication(test.statements).filter((sql) => !sql.includes(LAST_USE)).length);
  }
  expect(counts).toEqual([1, 1, 1]);

  // Resolves the orders of users, and users by email address with other letter case. The company is unknown.
  const users = await ask(`{
    users(first: 2, orderBy: { field: CREATED_AT, direction: ASC }) { nodes { externalId orderCount orders(first: 2) { item } } totalCount }
    projects(first: 1) { edges { node { lead { id name } } } pageInfo { hasNextPage endCursor } }
  }`);
  expect(users.data.users.totalCount).toBe(61);
  expect(users.data.users.nodes).toContainEqual({
    externalId: 'customer-0',
    orderCount: 4,
    orders: [{ item: 'Lamp' }, { item: 'Lamp' }],
  });
  expect(users.data.projects).toEqual({
    edges: [{ node: { lead: { id: lead, name: 'Ada Almeida' } } }],
    pageInfo: { hasNextPage: true, endCursor: 'project_0' },
  });

  // The projects subgraph owns `node`. The router sends its IDs only there.
  test.statements.length = 0;
  const nodes = await ask(`{
    theirs: node(id: "project_3") { __typename id ... on Project { title } }
    ours: node(id: "${ids[0]}") { id }
    same: user(id: "${ids[0]}") { id }
  }`);
  expect(nodes.data).toEqual({
    theirs: { __typename: 'Project', id: 'project_3', title: 'Project 4' },
    ours: null,
    same: { id: ids[0] },
  });
  expect(withoutAuthentication(test.statements)).toHaveLength(1);

  // The account of one buyer is deleted, and the buyer of the other order is unknown.
  await execute(`mutation { deleteUser(input: { id: "${ids[0]}" }) { deletedUserId } }`);
  const gone = await ask('mutation { placeOrder(customer: "unknown", item: "Lamp") { item buyer { id } } }');
  expect(gone.data).toEqual({ placeOrder: { item: 'Lamp', buyer: null } });
  expect((await ask('{ order(id: "order-0") { buyer { id } } }')).data).toEqual({ order: { buyer: null } });
});

test('passes mutations, typed errors and error extensions through the router unchanged', async () => {
  const { test, secret, ask: asked } = await usergraph();
  const create = `mutation ($email: String!) {
    createUser(input: { email: $email }) {
      user { email orderCount }
      errors { __typename ... on MutationError { code path } ... on EmailNotAvailableError { email } }
    }
  }`;
  const made = await asked(create, { email: 'new@example.com' });
  expect(made.errors).toBeUndefined();
  expect(made.data.createUser).toEqual({ user: { email: 'new@example.com', orderCount: null }, errors: [] });
  const taken = { __typename: 'EmailNotAvailableError', code: 'EMAIL_NOT_AVAILABLE', path: ['email'] };
  expect((await asked(create, { email: 'NEW@example.com' })).data.createUser).toEqual({
    user: null,
    errors: [{ ...taken, email: 'NEW@example.com' }],
  });

  // Refused for an invalid page size, for a missing scope, and for an unknown key.
  const pages = await asked('{ users(first: 1000) { totalCount } orders(first: 1) { id } }');
  expect(pages.data).toBeNull();
  expect(pages.errors?.[0]).toMatchObject({
    message: expect.stringContaining('1 to 100'),
    path: ['users'],
    extensions: { code: 'BAD_USER_INPUT', requestId: 'from-outside', serviceName: 'users' },
  });
  const reader = await test.key('test', ['organizations:read']);
  const buyers = await askRouter(graph.url, reader, '{ orders(first: 2) { id buyer { id } } }');
  expect(buyers.data).toEqual({
    orders: [
      { id: 'order-0', buyer: null },
      { id: 'order-1', buyer: null },
    ],
  });
  expect(buyers.errors?.map(({ extensions }) => extensions.code)).toContain('FORBIDDEN');
  const nobody = await askRouter(graph.url, `${secret}x`, '{ orders(first: 1) { id buyer { id } } }');
  expect(nobody.data).toEqual({ orders: [{ id: 'order-0', buyer: null }] });
  expect(nobody.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
});

test("returns only a signed-in user's own data when their access token passes through the router", async () => {
  const { test } = await usergraph();
  const execute = await test.client();
  const environmentId = await allowSignIn(test);
  const { userId, tokens } = await signedIn(test, execute, environmentId, {
    email: 'ada@example.com',
    externalId: 'customer-0',
  });
  await makeUser(execute, { email: 'bob@example.com', externalId: 'customer-1' });
  const { data, errors } = await askRouter(
    graph.url,
    tokens.accessToken,
    '{ viewer { user { id orderCount } } orders(first: 3) { buyer { email } } }',
  );
  expect(withoutMissing(errors)).toEqual([]);
  expect(data).toEqual({
    viewer: { user: { id: userId, orderCount: 4 } },
    orders: [{ buyer: { email: 'ada@example.com' } }, { buyer: null }, { buyer: null }],
  });
});

test('an unavailable subgraph affects only its own fields', async () => {
  const { test, ask: asked } = await usergraph();
  const execute = await test.client();
  await makeUser(execute, { email: 'ada@example.com', externalId: 'customer-0' });
  const [, projects] = graph.children;
  await end(projects);
  onTestFinished(async () => {
    graph.children[1] = await startStranger('projects', graph.projects);
  });
  // Both at once: the router asks again for a while before it gives up.
  const [{ data, errors }, partial] = await Promise.all([
    asked('{ users { nodes { email orderCount } } projects(first: 1) { edges { cursor } } }'),
    asked('{ users { nodes { email orderCount } } node(id: "project_1") { id } }'),
  ]);
  expect(errors?.map(({ path }) => path)).toEqual([['projects']]);
  // `projects` is non-null, as its subgraph declares, so the whole `data` becomes null.
  expect(data).toBeNull();
  expect(partial.data).toEqual({ users: { nodes: [{ email: 'ada@example.com', orderCount: 4 }] }, node: null });
  expect(partial.errors?.map(({ path }) => path)).toEqual([['node']]);
});

test('no query fails while the subgraph restarts under load', async () => {
  const { settings } = await newDatabase();
  const { secret } = await createKey(settings);
  const serve = async (more: Settings = {}) => {
    const child = start(['serve'], {
      HOST: '127.0.0.1',
      PORT: String(graph.users),
      RATE_LIMIT_POINTS: '0',
      ...settings,
      ...more,
    });
    await says(child, /"listening"/);
    return child;
  };
  let users = await serve();
  const created = await askRouter(
    graph.url,
    secret,
    `mutation { createUser(input: { email: "ada@example.com", externalId: "customer-0" }) { user { id } } }`,
  );
  const { id } = created.data.createUser.user;

  let isOver = false;
  let answered = 0;
  const failures: Answer[] = [];
  const client = async () => {
    while (!isOver) {
      const answer = await askRouter(graph.url, secret, '{ order(id: "order-0") { buyer { id } } }');
      if (answer.data?.order?.buyer?.id === id && !answer.errors) answered++;
      else failures.push(answer);
    }
  };
  const clients = Array.from({ length: 8 }, client);
  const more = async (count: number) => {
    const wanted = answered + count;
    while (answered < wanted && failures.length === 0) await new Promise(setImmediate);
  };
  for (let restart = 0; restart < 3; restart++) {
    await more(50);
    expect(await stop(users)).toBe(0);
    users = await serve();
  }
  await more(50);
  isOver = true;
  await Promise.all(clients);
  expect(failures).toEqual([]);
  expect(answered).toBeGreaterThan(200);
});

test('a subscription through the router replays missed events and joins fields of other subgraphs', async () => {
  // Hive Gateway requests streams with GET, and signs these requests too.
  const { secret, ask: asked } = await usergraph({ ROUTER_KEYS: ROUTER_KEY }, { clock: systemClock });
  const make = (index: number) =>
    asked('mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }', {
      input: { email: `customer-${index}@example.com`, externalId: `customer-${index}` },
    });
  await make(0);
  const { data } = await asked('{ events(first: 1, filter: { types: [USER_CREATED] }) { edges { cursor } } }');
  await make(1);
  const query = `subscription ($after: String) {
    events(after: $after) { node { name ... on UserCreatedEvent { user { email orderCount } } } }
  }`;
  const response = await fetch(graph.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${secret}`,
    },
    body: JSON.stringify({ query, variables: { after: data.events.edges[0].cursor } }),
  });
  const stream = readStream(response);
  const [missed] = await stream.take(1);
  await make(2);
  const [live] = await stream.take(1);
  await stream.cancel();
  const seen = [missed, live].map((message) => message?.answer?.data.events.node);
  expect(seen).toEqual(
    [1, 2].map((index) => ({
      name: 'user.created',
      user: { email: `customer-${index}@example.com`, orderCount: expect.any(Number) },
    })),
  );
});

test("the router estimates costs from the subgraphs' directives and refuses expensive queries itself", async () => {
  const { test: app, ask: asked } = await usergraph();
  const query = (size: number) =>
    `{ users(first: ${size}) { nodes { events(first: ${size}) { nodes { id } } organizationMemberships { totalCount } } } }`;
  expect(await asked(query(2))).toMatchObject({ status: 200, data: { users: { nodes: [] } } });
  app.statements.length = 0;
  const { data, errors } = await asked(query(100).replace('id }', 'id actor { id } }'));
  expect(data ?? null).toBeNull();
  expect(errors).toMatchObject([{ extensions: { code: 'COST_ESTIMATED_TOO_EXPENSIVE' } }]);
  expect(app.statements.filter((sql) => !sql.includes(LAST_USE))).toEqual([]);
});

test('a server that requires signed requests is reachable only through the router', async () => {
  const { secret, ask: asked } = await usergraph({ ROUTER_KEYS: ROUTER_KEY }, { clock: systemClock });
  const { data, errors } = await asked('{ viewer { environment { name } } orders(first: 1) { id buyer { id } } }');
  expect(withoutMissing(errors)).toEqual([]);
  expect(data).toEqual({ viewer: { environment: { name: 'test' } }, orders: [{ id: 'order-0', buyer: null }] });
  const past = await askRouter(`http://127.0.0.1:${graph.users}/graphql`, secret, '{ viewer { scopes } }');
  expect(past).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNSIGNED_REQUEST' } }] });
});
