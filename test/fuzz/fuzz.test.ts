import { expect, test } from 'vitest';
import type { App } from '../../src/app.js';
import { ALL_SCOPES } from '../../src/auth/scope.js';
import { createSchema } from '../../src/graphql/schema.js';
import { makeUser } from '../support/make.js';
import { testApp } from '../support/test-app.js';
import { type Failure, fuzz, type Target } from './fuzz.js';
import { Judge, type Reply } from './judge.js';

const schema = createSchema();

/** Returns the app in this process as a target of the fuzzer. */
function inProcess(app: App, distort: (reply: Reply) => Reply = (reply) => reply): Target {
  return {
    ended: null,
    async send({ method, path, headers, body }) {
      // The constructor of Request accepts a body only for methods that have one.
      const init = {
        method,
        headers,
        ...(body === null ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
      };
      const response = await app.fetch(new Request(`http://localhost${path}`, init));
      const contentType = response.headers.get('content-type') ?? '';
      const text = await response.text();
      // HTTP drops the body of an answer to HEAD.
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

test('reports no failure for a correct server', async () => {
  const { app } = await testApp({ RATE_LIMIT_POINTS: '0' });
  expect(await failuresOf(app)).toEqual([]);
});

test('reports a resolver that throws, with the seed and the smallest document', async () => {
  const { app } = await testApp({ RATE_LIMIT_POINTS: '0' });
  const broken = () => {
    throw new Error('seeded');
  };
  // Resolvers call the methods of these plain objects.
  Object.assign(app.services.users, { listUsers: broken, countUsers: broken });
  const [failure] = await failuresOf(app);
  expect(failure).toMatchObject({ seed: 5, faults: ['an internal error'] });
  expect(failure?.smallest).toMatch(/\busers\b/);
  expect(failure?.smallest?.length).toBeLessThan(200);
});

test.each<[string, (reply: Reply) => Reply]>([
  ['is truncated', (reply) => ({ ...reply, body: reply.body.slice(0, -1) })],
  ['has an unexpected status', (reply) => ({ ...reply, status: reply.status === 200 ? 502 : reply.status })],
  ['renames a field', (reply) => ({ ...reply, body: reply.body.replace(/^(\{"data":\{"\w+)/, '$1x') })],
  [
    'has an error without a valid code',
    (reply) => ({ ...reply, body: reply.body.replace(/"code":"BAD_USER_INPUT"/, '"code":"X"') }),
  ],
  [
    'contains a stack trace',
    (reply) => ({ ...reply, body: reply.body.replace('"message":"', '"message":"at /app/node_modules/') }),
  ],
])('reports an answer that %s', async (_, distort) => {
  const { app } = await testApp({ RATE_LIMIT_POINTS: '0' });
  expect(await failuresOf(app, inProcess(app, distort))).not.toEqual([]);
});

test('checks data against the document and the schema', async () => {
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
