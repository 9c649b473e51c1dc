import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, onTestFinished, type TestContext, test } from 'vitest';
import type { Overrides } from '../../src/app.js';
import { printSubgraph } from '../../src/graphql/schema.js';
import { systemClock } from '../../src/runtime/clock.js';
import { changing, REFUSALS } from '../support/federation/router-refusals.js';
import { makeUser } from '../support/make.js';
import {
  apolloGatewayIn,
  askRouter,
  end,
  installApolloGateway,
  listenAt,
  type Supergraph,
  startGateway,
  startSupergraph,
} from '../support/processes/supergraph.js';
import { withoutAuthentication } from '../support/sql/authentication.js';
import { testApp } from '../support/test-app.js';

const ROUTER_KEY = `router-1:${'r'.repeat(40)}`;
/** Settings that Apollo Gateway requires. */
const FOR_APOLLO = { STATUS_FOR_JSON: 'always200', SUBGRAPH_WITHOUT: 'authenticated,requiresScopes' };

/** The directory of the Apollo Gateway installation, or the reason why there is none. */
let apollo: Awaited<ReturnType<typeof installApolloGateway>>;
beforeAll(async () => {
  apollo = await installApolloGateway();
  if ('unreachable' in apollo) console.warn(`${apollo.unreachable} Its tests are skipped.`);
}, 300_000);
afterAll(() => {
  if ('folder' in apollo) rmSync(apollo.folder, { recursive: true });
});

async function startHive(): Promise<Supergraph> {
  return startSupergraph(startGateway, printSubgraph(), { USERGRAPH_ROUTER_KEY: ROUTER_KEY });
}

async function startApollo(sdl = printSubgraph(undefined, ['authenticated', 'requiresScopes'])): Promise<Supergraph> {
  if ('unreachable' in apollo) throw new Error(apollo.unreachable);
  return startSupergraph(apolloGatewayIn(apollo.folder), sdl, { USERGRAPH_ROUTER_KEY: ROUTER_KEY });
}

describe.each([
  { name: 'Hive Gateway', start: startHive, given: {} },
  { name: 'Apollo Gateway', start: startApollo, given: FOR_APOLLO },
])('through $name', ({ name, start, given }) => {
  let graph: Supergraph | null = null;
  beforeAll(async () => {
    if (name === 'Hive Gateway' || 'folder' in apollo) graph = await start();
  });
  afterAll(() => Promise.all(graph?.children.map(end) ?? []));

  /** Returns the router. Skips the test with a reason when no router is available. */
  function router({ skip }: Pick<TestContext, 'skip'>): Supergraph {
    return graph ?? skip('unreachable' in apollo ? apollo.unreachable : 'The router did not start.');
  }

  test.for(Object.entries(REFUSALS))(
    '%s: code, message and request ID reach the client',
    async ([, refusal], context) => {
      const { url, users } = router(context);
      const { code, message, query, variables, details = {}, data = null, before, changed } = refusal;
      const app = await testApp({ ...given, ...refusal.settings?.() }, refusal.overrides);
      const secret = refusal.secret ?? (await app.key('test', refusal.scopes));
      await listenAt(users, changing(app.app.listener, changed));
      const ask = () => askRouter(url, secret, query, variables);
      const after = await before?.(app, ask);
      const answer = await ask();
      await after?.();
      expect(answer.errors).toEqual([
        expect.objectContaining({
          message: expect.stringMatching(message),
          extensions: expect.objectContaining({ ...details, code, requestId: 'from-outside' }),
        }),
      ]);
      expect(answer.data).toEqual(data);
      expect(JSON.stringify(answer)).not.toContain(String(users));
    },
  );
});

test('Hive Gateway returns the reason why a subscription was refused', async () => {
  const { url, users, children } = await startHive();
  onTestFinished(async () => {
    await Promise.all(children.map(end));
  });
  const { app, key } = await testApp();
  await listenAt(users, app.listener);
  const lacking = await key('test', ['users:read']);
  for (const [secret, code] of [
    ['sk_none', 'UNAUTHENTICATED'],
    [lacking, 'FORBIDDEN'],
  ] as const) {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${secret}`,
        'x-request-id': 'from-outside',
      },
      body: JSON.stringify({ query: 'subscription { events { cursor } }' }),
    });
    const text = await response.text();
    expect(text).toContain(`"code":"${code}"`);
    expect(text).toContain('"requestId":"from-outside"');
    expect(text).not.toContain(String(users));
  }
});

describe('Apollo Gateway', () => {
  let graph: Supergraph | null = null;
  beforeAll(async () => {
    if ('folder' in apollo) graph = await startApollo();
  });
  afterAll(() => Promise.all(graph?.children.map(end) ?? []));

  async function world(
    context: Pick<TestContext, 'skip'>,
    settings: Record<string, string> = {},
    overrides?: Overrides,
  ) {
    const { url, users } = graph ?? context.skip('unreachable' in apollo ? apollo.unreachable : 'It did not start.');
    const app = await testApp({ ...FOR_APOLLO, ...settings }, overrides);
    await listenAt(users, app.app.listener);
    const secret = await app.key();
    const execute = await app.client();
    return {
      url,
      users,
      app,
      secret,
      execute,
      ask: (query: string, variables?: object) => askRouter(url, secret, query, variables),
    };
  }

  test('joins users with orders and projects both ways in a constant number of statements', async (context) => {
    const { app, execute, ask } = await world(context);
    const ids = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        makeUser(execute, { email: `customer.${index}@example.com`, externalId: `customer-${index}` }),
      ),
    );
    const lead = await makeUser(execute, { email: 'ADA.almeida.0@example.com', name: 'Ada Almeida' });
    // The first request of a key writes its last use.
    await ask('{ viewer { scopes } }');
    const counts: number[] = [];
    for (const first of [1, 10, 30]) {
      app.statements.length = 0;
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
      counts.push(withoutAuthentication(app.statements).length);
    }
    expect(counts).toEqual([1, 1, 1]);
    const { data, errors } = await ask(`{
      users(first: 1, orderBy: { field: CREATED_AT, direction: ASC }) { nodes { email externalId orderCount orders(first: 1) { item } } }
      projects(first: 1) { edges { node { lead { id name } } } }
      node(id: "project_3") { __typename id }
    }`);
    expect(errors).toBeUndefined();
    expect(data.users.nodes).toEqual([
      {
        email: expect.any(String),
        externalId: expect.stringMatching(/^customer-/),
        orderCount: expect.any(Number),
        orders: [{ item: expect.any(String) }],
      },
    ]);
    expect(data.projects.edges).toEqual([{ node: { lead: { id: lead, name: 'Ada Almeida' } } }]);
    expect(data.node).toEqual({ __typename: 'Project', id: 'project_3' });
  });

  test('returns null for an unknown entity and runs mutations of two subgraphs', async (context) => {
    const { ask } = await world(context);
    const placed = await ask('mutation { placeOrder(customer: "unknown", item: "Lamp") { item buyer { id } } }');
    expect([placed.data, placed.errors]).toEqual([{ placeOrder: { item: 'Lamp', buyer: null } }, undefined]);
    const create = `mutation ($email: String!) {
      createUser(input: { email: $email, externalId: "customer-1" }) { user { email orderCount } errors { __typename ... on MutationError { code path } } }
    }`;
    const made = await ask(create, { email: 'new@example.com' });
    expect(made.data.createUser).toEqual({ user: { email: 'new@example.com', orderCount: 4 }, errors: [] });
    expect(made.errors).toBeUndefined();
    const { data } = await ask(create, { email: 'new@example.com' });
    expect(data.createUser.user).toBeNull();
    expect(data.createUser.errors[0]).toEqual({
      __typename: 'EmailNotAvailableError',
      code: 'EMAIL_NOT_AVAILABLE',
      path: ['email'],
    });
  });

  test('reaches a server that requires signed requests', async (context) => {
    const { url, users, secret } = await world(context, { ROUTER_KEYS: ROUTER_KEY }, { clock: systemClock });
    const { data, errors } = await askRouter(url, secret, '{ viewer { environment { name } } }');
    expect([data, errors]).toEqual([{ viewer: { environment: { name: 'test' } } }, undefined]);
    const past = await askRouter(`http://127.0.0.1:${users}/graphql`, secret, '{ viewer { scopes } }');
    expect(past.errors).toMatchObject([{ extensions: { code: 'UNSIGNED_REQUEST' } }]);
  });

  test('does not start with directives that it does not support', async (context) => {
    if ('unreachable' in apollo) context.skip(apollo.unreachable);
    for (const without of [[], ['authenticated']] as const) {
      await expect(startApollo(printSubgraph(undefined, without))).rejects.toThrow('UNSUPPORTED_LINKED_FEATURE');
    }
  });
});
