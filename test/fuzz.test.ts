import { expect, test } from 'vitest';
import type { App } from '../src/app.js';
import { ALL_SCOPES } from '../src/auth/scope.js';
import { createSchema } from '../src/graphql/schema.js';
import { type Failure, fuzz, type Target } from './fuzz/fuzz.js';
import { Judge, type Reply } from './fuzz/judge.js';
import { makeUser } from './support/make.js';
import { testApp } from './support/test-app.js';

const schema = createSchema();

/** The app of this process as the fuzzer's target. */
function inProcess(app: App, distort: (reply: Reply) => Reply = (reply) => reply): Target {
  return {
    ended: null,
    async send({ method, path, headers, body }) {
      // A Request takes a body where the method has one.
      const init = {
        method,
        headers,
        ...(body === null ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
      };
      const response = await app.fetch(new Request(`http://localhost${path}`, init));
      const contentType = response.headers.get('content-type') ?? '';
      const text = await response.text();
      // Over HTTP the answer to a HEAD loses its body on the way.
      return distort({ status: response.status, contentType, body: method === 'HEAD' ? '' : text });
    },
  };
}

const OPERATIONS = 300;

async function failuresOf(app: App, target: Target = inProcess(app)): Promise<readonly Failure[]> {
  const input = { environment: 'test', kind: 'test', name: 'test', scopes: ALL_SCOPES } as const;
  const { apiKey, secret } = await app.services.apiKeys.create(input);
  const keys = [{ id: apiKey.id, secret }];
  const options = { schema, seed: 5, operations: OPERATIONS, concurrency: 4, keys };
  return (await fuzz(target, options)).failures;
}

test('a sound server passes', async () => {
  const { app } = await testApp({ RATE_LIMIT_POINTS: '0' });
  expect(await failuresOf(app)).toEqual([]);
});

test('a resolver that throws is caught, with the seed and the smallest document', async () => {
  const { app } = await testApp({ RATE_LIMIT_POINTS: '0' });
  const broken = () => {
    throw new Error('seeded');
  };
  // Services are plain objects: what is put here is what resolvers call.
  Object.assign(app.services.users, { listUsers: broken, countUsers: broken });
  const [failure] = await failuresOf(app);
  expect(failure).toMatchObject({ seed: 5, faults: ['an internal error'] });
  expect(failure?.smallest).toMatch(/\busers\b/);
  expect(failure?.smallest?.length).toBeLessThan(200);
});

test.each<[string, (reply: Reply) => Reply]>([
  ['is cut', (reply) => ({ ...reply, body: reply.body.slice(0, -1) })],
  ['has another status', (reply) => ({ ...reply, status: reply.status === 200 ? 502 : reply.status })],
  ['calls a field otherwise', (reply) => ({ ...reply, body: reply.body.replace(/^(\{"data":\{"\w+)/, '$1x') })],
  [
    'has an error without a code',
    (reply) => ({ ...reply, body: reply.body.replace(/"code":"BAD_USER_INPUT"/, '"code":"X"') }),
  ],
  [
    'shows a stack',
    (reply) => ({ ...reply, body: reply.body.replace('"message":"', '"message":"at /app/node_modules/') }),
  ],
])('an answer that %s is caught', async (_, distort) => {
  const { app } = await testApp({ RATE_LIMIT_POINTS: '0' });
  expect(await failuresOf(app, inProcess(app, distort))).not.toEqual([]);
});

test('data is held against the document and the schema', async () => {
  const { client } = await testApp();
  const execute = await client();
  await makeUser(execute, { email: 'ada@example.com' });
  const query = `query ($yes: Boolean!) {
    users(first: 1) { ...P nodes { id email @include(if: $yes) ... on Node { __typename } } }
  } fragment P on UserConnection { pageInfo { hasNextPage } totalCount }`;
  const variables = { yes: true };
  const right = await execute(query, variables);
  const judge = new Judge(schema);
  const faultsOf = (answer: unknown) =>
    judge.faults({ status: 200, contentType: 'application/json', body: JSON.stringify(answer) }, { query, variables });
  expect(faultsOf(right)).toEqual([]);
  const { users } = right.data;
  const [node] = users.nodes;
  const wrong = [
    { ...users, totalCount: '1' },
    { ...users, totalCount: null },
    { ...users, more: 1 },
    { ...users, nodes: node },
    { ...users, nodes: [{ ...node, email: undefined }] },
    { ...users, nodes: [{ ...node, __typename: 'Organization' }] },
    { ...users, pageInfo: { hasNextPage: 'no' } },
  ];
  expect(wrong.filter((one) => faultsOf({ data: { users: one } }).length === 0)).toEqual([]);
});
