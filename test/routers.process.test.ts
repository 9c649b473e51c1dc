import { rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, onTestFinished, type TestContext, test } from 'vitest';
import type { Overrides } from '../src/app.js';
import type { Scope } from '../src/auth/scope.js';
import { systemViewer } from '../src/auth/viewer.js';
import { systemClock } from '../src/clock.js';
import type { RequestErrorCode } from '../src/errors.js';
import { printSubgraph } from '../src/graphql/schema.js';
import { systemRandom } from '../src/random.js';
import { MAX_WAITING_BULKS } from '../src/users/user-bulk.service.js';
import { makeUser } from './support/make.js';
import { manifestOf } from './support/manifest.js';
import {
  apolloGatewayIn,
  askRouter,
  end,
  installApolloGateway,
  listenAt,
  type Supergraph,
  startGateway,
  startSupergraph,
} from './support/supergraph.js';
import { type TestApp, testApp } from './support/test-app.js';

const ROUTER_KEY = `router-1:${'r'.repeat(40)}`;
/** What Apollo Gateway needs. */
const FOR_APOLLO = { STATUS_FOR_JSON: 'always200', SUBGRAPH_WITHOUT: 'authenticated,requiresScopes' };

/** Where Apollo Gateway is installed. */
let apollo: Awaited<ReturnType<typeof installApolloGateway>>;
beforeAll(async () => {
  apollo = await installApolloGateway();
  if ('unreachable' in apollo) console.warn(`${apollo.unreachable} Its tests are skipped.`);
}, 300_000);
afterAll(() => {
  if ('folder' in apollo) rmSync(apollo.folder, { recursive: true });
});

/** One way for a whole operation, or a part of it, to be refused, and what its caller is told. */
interface Refusal {
  readonly code: RequestErrorCode;
  readonly message: RegExp;
  readonly query: string;
  readonly variables?: object;
  /** What programs are told beside the code. */
  readonly details?: object;
  /** What there is all the same. */
  readonly data?: object;
  readonly settings?: () => Record<string, string>;
  readonly overrides?: Overrides;
  readonly scopes?: readonly Scope[];
  readonly secret?: string;
  /** What happens before. @returns what has to be done after */
  readonly before?: (test: TestApp, ask: () => Promise<unknown>) => Promise<() => Promise<void>>;
  /** Headers that something between the router and usergraph changes. */
  readonly changed?: Record<string, string>;
}

const CREATE = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }';
const USERS = '{ users(first: 90) { nodes { id } } }';
const chance = { isBroken: false };

const REFUSALS: Record<string, Refusal> = {
  'a key that is none': {
    code: 'UNAUTHENTICATED',
    message: /^The API key is malformed, unknown, expired or revoked\.$/,
    query: '{ viewer { scopes } }',
    secret: 'sk_none',
  },
  'a scope that lacks': {
    code: 'FORBIDDEN',
    message: /^This API key lacks the scope 'users:read'\.$/,
    query: USERS,
    scopes: ['users:write'],
  },
  'a scope that lacks for a part': {
    code: 'FORBIDDEN',
    message: /^This API key lacks the scope 'users:read'\.$/,
    query: '{ viewer { scopes } user(id: "user_01E4ZCR3C56J083X43JQXF3JK5") { id } }',
    scopes: ['users:write'],
    data: { viewer: { scopes: ['users:write'] }, user: null },
  },
  'a scope that lacks for an entity': {
    code: 'FORBIDDEN',
    message: /^This API key lacks the scope 'users:read'\.$/,
    query: '{ orders(first: 1) { id buyer { id } } }',
    scopes: ['users:write'],
    data: { orders: [{ id: 'order-0', buyer: null }] },
  },
  'a budget that is spent': {
    code: 'RATE_LIMITED',
    message: /^The budget of this caller is spent: 100 points in 60 seconds\. Try again in \d+ seconds\.$/,
    query: USERS,
    details: { retryAfterSeconds: expect.any(Number) },
    settings: () => ({ MAX_COST: '100', RATE_LIMIT_POINTS: '100' }),
    before: async (_, ask) => {
      await ask();
      return async () => {};
    },
  },
  'an operation that costs too much': {
    code: 'COST_LIMIT_EXCEEDED',
    message: /^This operation costs 101 points; at most 100 are allowed\./,
    query: '{ users(first: 100) { nodes { id } } }',
    details: { cost: 101, limit: 100 },
    settings: () => ({ MAX_COST: '100' }),
  },
  'an operation that is too deep': {
    code: 'OPERATION_LIMIT_EXCEEDED',
    message: /^This operation has 3 levels of fields; at most 1 are allowed \(MAX_DEPTH\)\.$/,
    query: USERS,
    details: { figure: 'depth', value: 3, limit: 1 },
    settings: () => ({ MAX_DEPTH: '1' }),
  },
  'a page that is too large': {
    code: 'BAD_USER_INPUT',
    message: /^first is from 1 to 100; 1000 was given\.$/,
    query: '{ users(first: 1000) { nodes { id } } }',
  },
  'a page that is too large, of the list of an entity': {
    code: 'BAD_USER_INPUT',
    message: /^first is from 1 to 100; 1000 was given\.$/,
    query: '{ orders(first: 1) { id buyer { events(first: 1000) { nodes { id } } } } }',
    data: { orders: [{ id: 'order-0', buyer: null }] },
    before: async ({ client }) => {
      await makeUser(await client(), { email: 'ada@example.com', externalId: 'customer-0' });
      return async () => {};
    },
  },
  'an operation that takes too long': {
    code: 'TIMEOUT',
    message: /^The request took longer than 10 seconds and was given up\./,
    query: USERS,
    details: { limitSeconds: 10 },
    overrides: {
      startTimer: (_, onEnd) => {
        onEnd();
        return () => {};
      },
    },
  },
  'a field that the subgraph no longer has': {
    code: 'GRAPHQL_VALIDATION_FAILED',
    message: /^Cannot query field "users" on type "Query"\.$/,
    query: USERS,
    settings: () => ({ FIELD_PREFIX: 'accounts' }),
  },
  'a document that is not in the list': {
    code: 'PERSISTED_DOCUMENT_REQUIRED',
    message: /^Only documents of the list are executed/,
    query: USERS,
    settings: () => ({ PERSISTED_DOCUMENTS: manifestOf('{ __typename }'), PERSISTED_DOCUMENTS_ONLY: 'true' }),
  },
  'a signature of another key': {
    code: 'UNSIGNED_REQUEST',
    message: /^This server answers its router only/,
    query: USERS,
    settings: () => ({ ROUTER_KEYS: `router-1:${'s'.repeat(40)}` }),
  },
  'a body that is too large': {
    code: 'BAD_REQUEST',
    message: /^The body has more than /,
    query: CREATE,
    variables: { input: { email: 'ada@example.com', name: 'a'.repeat(2_000) } },
    settings: () => ({ MAX_BODY_BYTES: '1024' }),
  },
  'a body of another type': {
    code: 'BAD_REQUEST',
    message: /^Send the operation as application\/json\.$/,
    query: USERS,
    changed: { 'content-type': 'text/plain' },
  },
  'a type that nobody answers': {
    code: 'BAD_REQUEST',
    message: /^The header Accept names no media type of this answer: send application\/json, /,
    query: USERS,
    changed: { accept: 'image/png' },
  },
  'too many bulk calls': {
    code: 'SERVICE_UNAVAILABLE',
    message: /^Too many bulk calls wait; try again in a few seconds\.$/,
    query:
      'mutation { createUsers(input: { users: [{ email: "ada@example.com" }], policy: PER_ROW }) { createdCount } }',
    before: async ({ app, client, folder }) => {
      await client();
      const { id } = await app.db.reader.selectFrom('environments').selectAll().executeTakeFirstOrThrow();
      // While another process writes, no bulk call ends, and the places for those that wait fill up.
      const other = new Database(`${folder}/test.db`);
      other.exec('begin immediate');
      const calls = Array.from({ length: MAX_WAITING_BULKS + 2 }, (_, index) =>
        app.services.users.createUsers(systemViewer(id, 'test'), {
          users: [{ email: `u${index}@example.com` }],
          policy: 'PER_ROW',
        }),
      );
      return async () => {
        other.exec('rollback');
        other.close();
        await Promise.all(calls);
      };
    },
  },
  'a fault of the server': {
    code: 'INTERNAL_SERVER_ERROR',
    message: /^Something went wrong in the server; its log has the requestId\.$/,
    query: CREATE,
    variables: { input: { email: 'ada@example.com', password: 'i8uv6g34kd490s' } },
    overrides: {
      random: {
        ...systemRandom,
        bytes: (size: number) => {
          if (chance.isBroken) throw new Error('The source of chance is broken.');
          return systemRandom.bytes(size);
        },
      },
    },
    before: async () => {
      chance.isBroken = true;
      return async () => {
        chance.isBroken = false;
      };
    },
  },
};

function changing(listener: RequestListener, headers: Record<string, string> = {}): RequestListener {
  return (request, response) => {
    Object.assign(request.headers, headers);
    listener(request, response);
  };
}

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

  /** The router; without one the test is skipped, and says why. */
  function router({ skip }: Pick<TestContext, 'skip'>): Supergraph {
    return graph ?? skip('unreachable' in apollo ? apollo.unreachable : 'The router did not start.');
  }

  test.for(Object.entries(REFUSALS))('%s: code, message and request id arrive', async ([, refusal], context) => {
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
  });
});

test('a subscription that is refused tells Hive Gateway why', async () => {
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

  test('joins users to the orders and projects of others, both ways, in a constant number of statements', async (context) => {
    const { app, execute, ask } = await world(context);
    const ids = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        makeUser(execute, { email: `customer.${index}@example.com`, externalId: `customer-${index}` }),
      ),
    );
    const lead = await makeUser(execute, { email: 'ADA.almeida.0@example.com', name: 'Ada Almeida' });
    // The first use of a key is written down.
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
      counts.push(app.statements.length);
    }
    expect(counts).toEqual([2, 2, 2]);
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

  test('an entity that nobody has is null, and mutations of two subgraphs are made', async (context) => {
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

  test('a usergraph that answers its router only is reached by what the router signs', async (context) => {
    const { url, users, secret } = await world(context, { ROUTER_KEYS: ROUTER_KEY }, { clock: systemClock });
    const { data, errors } = await askRouter(url, secret, '{ viewer { environment { name } } }');
    expect([data, errors]).toEqual([{ viewer: { environment: { name: 'test' } } }, undefined]);
    const past = await askRouter(`http://127.0.0.1:${users}/graphql`, secret, '{ viewer { scopes } }');
    expect(past.errors).toMatchObject([{ extensions: { code: 'UNSIGNED_REQUEST' } }]);
  });

  test('does not start with directives that it does not enforce', async (context) => {
    if ('unreachable' in apollo) context.skip(apollo.unreachable);
    for (const without of [[], ['authenticated']] as const) {
      await expect(startApollo(printSubgraph(undefined, without))).rejects.toThrow('UNSUPPORTED_LINKED_FEATURE');
    }
  });
});
