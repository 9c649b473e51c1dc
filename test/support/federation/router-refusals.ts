import type { RequestListener } from 'node:http';
import { expect } from 'vitest';
import type { Overrides } from '../../../src/app.js';
import type { Scope } from '../../../src/auth/scope.js';
import { systemViewer } from '../../../src/auth/viewer.js';
import type { RequestErrorCode } from '../../../src/domain/errors.js';
import { systemRandom } from '../../../src/runtime/random.js';
import { MAX_WAITING_BULKS } from '../../../src/users/user-bulk.service.js';
import { manifestOf } from '../docs/manifest.js';
import { makeUser } from '../make.js';
import { holdWrites } from '../processes/new-database.js';
import type { TestApp } from '../test-app.js';

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

export const REFUSALS: Record<string, Refusal> = {
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
    message: /^The budget of this caller is exhausted: 100 points per 60 seconds\. Try again in \d+ seconds\.$/,
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
    message: /^first must be from 1 to 100; 1000 was given\.$/,
    query: '{ users(first: 1000) { nodes { id } } }',
  },
  'a page that is too large, of the list of an entity': {
    code: 'BAD_USER_INPUT',
    message: /^first must be from 1 to 100; 1000 was given\.$/,
    query: '{ orders(first: 1) { id buyer { events(first: 1000) { nodes { id } } } } }',
    data: { orders: [{ id: 'order-0', buyer: null }] },
    before: async ({ client }) => {
      await makeUser(await client(), { email: 'ada@example.com', externalId: 'customer-0' });
      return async () => {};
    },
  },
  'an operation that takes too long': {
    code: 'TIMEOUT',
    message: /^The request took longer than 10 seconds and was aborted\./,
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
    message: /^This server executes only persisted documents/,
    query: USERS,
    settings: () => ({ PERSISTED_DOCUMENTS: manifestOf('{ __typename }'), PERSISTED_DOCUMENTS_ONLY: 'true' }),
  },
  'a signature of another key': {
    code: 'UNSIGNED_REQUEST',
    message: /^This server accepts requests only from its router/,
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
    message: /^The header Accept does not allow any media type of the response: send application\/json, /,
    query: USERS,
    changed: { accept: 'image/png' },
  },
  'too many bulk calls': {
    code: 'SERVICE_UNAVAILABLE',
    message: /^Too many bulk calls are waiting\. Try again in a few seconds\.$/,
    query:
      'mutation { createUsers(input: { users: [{ email: "ada@example.com" }], policy: PER_ROW }) { createdCount } }',
    before: async ({ app, client, settings }) => {
      await client();
      const { id } = await app.db.reader.selectFrom('environments').selectAll().executeTakeFirstOrThrow();
      // While another process writes, no bulk call ends, and the places for those that wait fill up.
      const letGo = await holdWrites(settings);
      const calls = Array.from({ length: MAX_WAITING_BULKS + 2 }, (_, index) =>
        app.services.users.createUsers(systemViewer(id, 'test'), {
          users: [{ email: `u${index}@example.com` }],
          policy: 'PER_ROW',
        }),
      );
      return async () => {
        await letGo();
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

export function changing(listener: RequestListener, headers: Record<string, string> = {}): RequestListener {
  return (request, response) => {
    Object.assign(request.headers, headers);
    listener(request, response);
  };
}
