import Sqlite from 'better-sqlite3';
import {
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { createSchema } from '../../src/graphql/schema.js';
import { HALF } from '../support/graph/unicode.js';
import { makeUser } from '../support/make.js';
import { type Answer, type TestApp, testApp, WITHOUT_BOUNDS } from '../support/test-app.js';

interface Case {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Returns values of the input type with one invalid text each, one for every position of a text. */
function casesOf(type: GraphQLInputType, above: readonly GraphQLInputType[] = []): Case[] {
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    return casesOf(nullable.ofType, above).map(({ path, value }) => ({ path: ['0', ...path], value: [value] }));
  }
  if (isInputObjectType(nullable)) {
    if (above.includes(nullable)) return [];
    const good = goodValue(nullable) as object; // the value of an input object is an object
    return Object.values(nullable.getFields()).flatMap((field) =>
      casesOf(field.type, [...above, nullable]).map(({ path, value }) => ({
        path: [field.name, ...path],
        value: { ...good, [field.name]: value },
      })),
    );
  }
  const { name } = getNamedType(nullable);
  if (name === 'String' || name === 'ID') return [{ path: [], value: HALF }];
  if (name === 'URL') return [{ path: [], value: `https://example.com/${HALF}` }];
  if (name !== 'Metadata') return [];
  return [
    { path: ['plan'], value: { plan: HALF, other: 'good' } },
    { path: ['Zo\ufffd'], value: { [HALF]: 'good' } },
  ];
}

function goodValue(type: GraphQLInputType): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return [goodValue(nullable.ofType)];
  if (isInputObjectType(nullable)) {
    const required = Object.values(nullable.getFields()).filter((field) => isNonNullType(field.type));
    return Object.fromEntries(required.map((field) => [field.name, goodValue(field.type)]));
  }
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name;
  const values: Record<string, unknown> = { URL: 'https://example.com', Boolean: true, Int: 1 };
  return values[getNamedType(nullable).name] ?? 'x';
}

/** Returns one operation for each text argument of a root field. */
function operationsOf(kind: 'query' | 'mutation' | 'subscription', field: GraphQLField<unknown, unknown>) {
  const selection = isLeafType(getNamedType(field.type)) ? '' : '{ __typename }';
  return field.args.flatMap((argument) =>
    casesOf(argument.type).map(({ path, value }) => {
      const others = field.args.filter((one) => one !== argument && isNonNullType(one.type));
      const used = [argument, ...others];
      const head = used.map(({ name, type }) => `$${name}: ${type}`).join(', ');
      const handed = used.map(({ name }) => `${name}: $${name}`).join(', ');
      const variables = Object.fromEntries(used.map(({ name, type }) => [name, goodValue(type)]));
      return {
        path: [argument.name, ...path],
        variables: { ...variables, [argument.name]: value },
        query: `${kind} (${head}) { ${field.name}(${handed}) ${selection} }`,
      };
    }),
  );
}

/** Returns all stored rows as JSON. */
function storedIn({ folder }: TestApp): string {
  const sqlite = new Sqlite(`${folder}/test.db`, { readonly: true });
  const tables = sqlite.prepare<[], { name: string }>("select name from sqlite_schema where type = 'table'").all();
  const rows = tables
    .filter(({ name }) => !name.includes('user_search'))
    .map(({ name }) => sqlite.prepare(`select * from "${name}"`).all());
  sqlite.close();
  return JSON.stringify(rows);
}

function expectNothingStored(app: TestApp): void {
  expect(storedIn(app)).not.toMatch(/\ufffd|ud83d/);
}

const schema = createSchema();
const fieldsOf = (type: 'Query' | 'Mutation' | 'Subscription') =>
  Object.values(schema.getRootType(type.toLowerCase() as never)?.getFields() ?? {}); // an operation type

describe('a text with an unpaired surrogate', () => {
  test('is refused in a mutation with its path, in the error form of the mutation', async () => {
    const app = await testApp(WITHOUT_BOUNDS);
    const execute = await app.client();
    let inPayload = 0;
    let asRefusal = 0;
    for (const field of fieldsOf('Mutation')) {
      for (const { path, query, variables } of operationsOf('mutation', field)) {
        const [, ...inInput] = path;
        const errors = 'errors { __typename ... on MutationError { code path message } }';
        const isRow = field.name === 'createUsers' && inInput[0] === 'users';
        const selected = isRow ? `results { ${errors} }` : errors;
        const answer = await execute(query.replace('{ __typename }', `{ ${selected} }`), variables);
        const payload = answer.data?.[field.name];
        if (payload) {
          const place = isRow ? inInput.slice(2) : inInput;
          const found = isRow ? payload.results[0].errors : payload.errors;
          const message = expect.stringMatching(/well-formed Unicode/);
          const wanted = { __typename: 'InvalidInputError', code: 'INVALID_INPUT', path: place, message };
          expect(found).toContainEqual(wanted);
          inPayload += 1;
        } else {
          expectRefusal(answer, path);
          asRefusal += 1;
        }
      }
    }
    expect(inPayload).toBeGreaterThan(60);
    expect(asRefusal).toBeGreaterThan(10);
    expectNothingStored(app);
    expect((await execute('{ users { totalCount } events(first: 5) { nodes { id } } }')).data.users.totalCount).toBe(0);
  });

  test('is refused in a query or a subscription with BAD_USER_INPUT', async () => {
    const app = await testApp(WITHOUT_BOUNDS);
    const execute = await app.client();
    let looked = 0;
    for (const [kind, type] of [
      ['query', 'Query'],
      ['subscription', 'Subscription'],
    ] as const) {
      for (const field of fieldsOf(type)) {
        for (const { path, query, variables } of operationsOf(kind, field)) {
          expectRefusal(await execute(query, variables), path);
          looked += 1;
        }
      }
    }
    expect(looked).toBeGreaterThan(50);
    expectNothingStored(app);
  });

  test('is refused in a nested field and in an entity representation with BAD_USER_INPUT', async () => {
    const app = await testApp();
    const execute = await app.client();
    const id = await makeUser(execute, { email: 'ada@example.com' });
    const value = 'query ($id: ID!, $key: String!) { user(id: $id) { metadataValue(key: $key) } }';
    expectRefusal(await execute(value, { id, key: HALF }), ['key']);
    const entities = 'query ($all: [_Any!]!) { _entities(representations: $all) { ... on User { email } } }';
    const representations = [
      { __typename: 'User', id },
      { __typename: 'User', id: HALF },
    ];
    const answer = await execute(entities, { all: representations });
    expect(answer.data._entities).toEqual([{ email: 'ada@example.com' }, null]);
    expect(answer.errors).toMatchObject([{ path: ['_entities', 1], extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

function expectRefusal({ errors }: Answer, path: readonly string[]): void {
  expect(errors).toHaveLength(1);
  expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  expect(errors?.[0]?.message).toMatch(/well-formed Unicode/);
  expect(errors?.[0]?.message.startsWith(`${path.join('.')}: `)).toBe(true);
}

describe('documents with an unpaired surrogate', () => {
  const texts = {
    'a text with an escaped surrogate': `"Zo\\ud83d"`,
    'a text with an escaped surrogate in braces': `"Zo\\u{d83d}"`,
    'a text with surrogates in the wrong order': `"\\udc00\\ud83d"`,
    'a text with an unescaped surrogate': `"Zo\ud83d"`,
    'a block string with an unescaped surrogate': `"""Zo\ud83d"""`,
    'a comment with an unescaped surrogate': `"Zo" # \ud83d\n`,
  };
  test.each(Object.entries(texts))('%s is a syntax error', async (_, text) => {
    const app = await testApp();
    const execute = await app.client();
    const { errors } = await execute(
      `mutation { createUser(input: { email: "a@example.com", firstName: ${text} }) { user { id } } }`,
    );
    expect(errors?.[0]?.extensions.code).toBe('GRAPHQL_PARSE_FAILED');
    expectNothingStored(app);
    expect((await execute('{ users { totalCount } }')).data.users.totalCount).toBe(0);
  });

  test('the default of a variable is checked too, and a surrogate pair is valid', async () => {
    const { client } = await testApp();
    const execute = await client();
    const named = (name: string) =>
      execute(`mutation ($n: String = ${name}) { createUser(input: { email: "a@example.com", firstName: $n }) {
        user { firstName } } }`);
    expect((await named(`"Zo\\ud83d"`)).errors?.[0]?.extensions.code).toBe('GRAPHQL_PARSE_FAILED');
    expect((await named(`"Zo\\ud83d\\ude00"`)).data.createUser.user.firstName).toBe('Zo\u{1f600}');
  });
});

test('an update with an invalid text changes nothing, and a caller without the scope only gets FORBIDDEN', async () => {
  const app = await testApp();
  const execute = await app.client();
  const id = await makeUser(execute, { email: 'a@example.com', firstName: 'Zoe' });
  const update = `mutation ($input: UpdateUserInput!) {
    updateUser(input: $input) { user { id } errors { ... on MutationError { code path } } } }`;
  for (let round = 0; round < 2; round++) {
    const { data } = await execute(update, { input: { id, firstName: HALF, metadata: { a: { b: HALF } } } });
    expect(data.updateUser).toEqual({
      user: null,
      errors: [
        { code: 'INVALID_INPUT', path: ['firstName'] },
        { code: 'INVALID_INPUT', path: ['metadata', 'a', 'b'] },
      ],
    });
  }
  const { data } = await execute(`{ user(id: "${id}") { version firstName events { nodes { id } } } }`);
  expect(data.user).toEqual({ version: 1, firstName: 'Zoe', events: { nodes: [expect.anything()] } });
  const reader = await app.client('test', ['users:read']);
  expect((await reader(update, { input: { id, firstName: HALF } })).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
});

test('createUsers refuses invalid rows one by one and creates the others', async () => {
  const app = await testApp();
  const execute = await app.client();
  const bulk = `mutation ($input: CreateUsersInput!) { createUsers(input: $input) {
    createdCount results { user { email } errors { ... on MutationError { code path } } } errors { __typename } } }`;
  const users = [
    { email: 'good@example.com' },
    { email: `${HALF}@example.com`, externalId: HALF, metadata: { [HALF]: 'x', ok: 'x' } },
  ];
  for (const idempotencyKey of ['k-1', 'k-1']) {
    const { data } = await execute(bulk, { input: { users, policy: 'PER_ROW', idempotencyKey } });
    expect(data.createUsers).toEqual({
      createdCount: 1,
      results: [
        { user: { email: 'good@example.com' }, errors: [] },
        {
          user: null,
          errors: ['email', 'externalId', 'metadata.Zo\ufffd'].map((path) => ({
            code: 'INVALID_INPUT',
            path: path.split('.'),
          })),
        },
      ],
      errors: [],
    });
  }
});
