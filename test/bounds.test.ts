import Database from 'better-sqlite3';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getIntrospectionQuery,
  getNamedType,
  getOperationAST,
  getVariableValues,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  parse,
} from 'graphql';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Scope } from '../src/auth/scope.js';
import { weightOf } from '../src/graphql/bounds/cost.js';
import { measure } from '../src/graphql/bounds/measure.js';
import { createSchema } from '../src/graphql/schema.js';
import { Dice } from './fuzz/dice.js';
import { Documents } from './fuzz/documents.js';
import { Known } from './fuzz/known.js';
import { makeApplication, makeGrant, makeUser } from './support/make.js';
import { codeIn, execute, post, type TestApp, testApp, WITHOUT_BOUNDS } from './support/test-app.js';

/** What a refused operation answers: code, figures, HTTP status. */
async function refusalOf(app: TestApp, query: string, variables?: object) {
  const response = await post(app.app, await app.key(), { query, variables });
  const { data, errors } = await response.json();
  const { code, figure, value, limit, cost } = errors?.[0]?.extensions ?? {};
  return { status: response.status, ran: data !== undefined, code, figure, value, limit, cost };
}

const NESTED = ['authorizedApplications', 'nodes', 'user'];

/** A query of exactly so many levels, all of them objects but the last. */
function deep(levels: number): string {
  const path = ['users', 'nodes', ...Array.from({ length: levels - 3 }, (_, index) => NESTED[index % 3])];
  return `{ ${path.join(' { ')} { __typename ${'}'.repeat(path.length + 1)}`;
}

describe('the form of an operation', () => {
  const settings = { MAX_COST: '10000000', RATE_LIMIT_POINTS: '0' };
  const many = (count: number, text: (index: number) => string) =>
    Array.from({ length: count }, (_, i) => text(i)).join(' ');
  const cases: [string, string, number, (count: number) => string][] = [
    ['MAX_DEPTH', 'depth', 12, deep],
    ['MAX_ALIASES', 'aliases', 100, (count) => `{ node(id: "x") { ${many(count, (i) => `a${i}: id`)} } }`],
    ['MAX_ROOT_FIELDS', 'rootFields', 20, (count) => `{ ${many(count, (i) => `a${i}: node(id: "x") { id }`)} }`],
    [
      'MAX_DIRECTIVES',
      'directives',
      50,
      (count) => `{ node(id: "x") { ${many(count, () => 'id @skip(if: false)')} } }`,
    ],
    ['MAX_FIELDS', 'fields', 50, (count) => `{ node(id: "x") { ${many(count - 1, () => 'id')} } }`],
  ];

  test.each(cases)('%s is let through, and one more is refused', async (setting, figure, limit, make) => {
    const app = await testApp({ ...settings, [setting]: String(limit) });
    expect((await refusalOf(app, make(limit))).code).toBeUndefined();
    expect(await refusalOf(app, make(limit + 1))).toMatchObject({
      ...{ status: 400, ran: false, code: 'OPERATION_LIMIT_EXCEEDED', figure, limit, value: limit + 1 },
    });
  });

  test('MAX_TOKENS is let through, and one more is refused before the text is parsed', async () => {
    const app = await testApp({ MAX_TOKENS: '100' });
    // `{ node(id: "x") { id … } }` has ten tokens around its ids.
    const make = (tokens: number) => `{ node(id: "x") { ${'id '.repeat(tokens - 10)} } }`;
    expect((await refusalOf(app, make(100))).code).toBeUndefined();
    expect(await refusalOf(app, make(101))).toMatchObject({
      code: 'OPERATION_LIMIT_EXCEEDED',
      figure: 'tokens',
      limit: 100,
    });
    // Not even well-formed: nobody looked that far.
    expect(await refusalOf(app, '{ a '.repeat(200))).toMatchObject({
      code: 'OPERATION_LIMIT_EXCEEDED',
      figure: 'tokens',
    });
  });

  test('fragments that double each other count as large as they are', async () => {
    const app = await testApp(settings);
    const doubling = Array.from({ length: 60 }, (_, i) => `fragment f${i} on User { ...f${i + 1} ...f${i + 1} }`).join(
      ' ',
    );
    const query = `{ user(id: "x") { ...f0 } } ${doubling} fragment f60 on User { id }`;
    const refused = await refusalOf(app, query);
    expect(refused).toMatchObject({ code: 'OPERATION_LIMIT_EXCEEDED', figure: 'fields' });
    expect(refused.value).toBeGreaterThanOrEqual(2 ** 60);
  });

  test('a megabyte of fields is refused by its size, and less of it by its tokens', async () => {
    const app = await testApp({ MAX_BODY_BYTES: '16777216' });
    expect((await refusalOf(app, `{ ${'a '.repeat(500_000)} }`)).figure).toBe('tokens');
    const small = await testApp();
    const response = await post(small.app, await small.key(), { query: `{ ${'a '.repeat(500_000)} }` });
    expect(response.status).toBe(413);
  });

  test('aliases in fragments count at each use', async () => {
    const app = await testApp({ ...settings, MAX_ALIASES: '5' });
    const query = (uses: number) =>
      `{ ${'...two '.repeat(uses)} } fragment two on Query { a: node(id: "x") { id } b: node(id: "x") { id } }`;
    expect((await refusalOf(app, query(2))).code).toBeUndefined();
    expect(await refusalOf(app, query(3))).toMatchObject({ figure: 'aliases', value: 6, limit: 5 });
  });
});

describe('the cost of an operation', () => {
  const users = (first: number, selection: string) => `{ users(first: ${first}) { nodes { ${selection} } } }`;

  test('is let through at the limit, and one point more is refused with cost and limit', async () => {
    // users 1, and each node 1.
    const app = await testApp({ MAX_COST: '101' });
    expect((await refusalOf(app, users(100, 'id'))).code).toBeUndefined();
    const less = await testApp({ MAX_COST: '100' });
    expect(await refusalOf(less, users(100, 'id'))).toMatchObject({
      ...{ status: 400, ran: false, code: 'COST_LIMIT_EXCEEDED', cost: 101, limit: 100 },
    });
  });

  test('counts lists in lists by their sizes, from variables and defaults too', async () => {
    const app = await testApp({ MAX_COST: '100', RATE_LIMIT_POINTS: '0' });
    const grants = 'authorizedApplications(first: 50) { nodes { application { name } } }';
    // 1 + 10 × (1 + 1 + 50 × (1 + 1))
    expect(await refusalOf(app, users(10, grants))).toMatchObject({ cost: 1_021 });
    const variable = 'query ($n: Int = 100) { users(first: $n) { nodes { id } } }';
    expect(await refusalOf(app, variable)).toMatchObject({ cost: 101 });
    expect((await refusalOf(app, variable, { n: 99 })).code).toBeUndefined();
    // Without a size the default page counts; the total is dear.
    expect((await refusalOf(app, '{ users { nodes { id } totalCount } }')).code).toBeUndefined();
    expect(
      await refusalOf(
        app,
        `{ ${['a', 'b', 'c', 'd'].map((a) => `${a}: users { nodes { id } totalCount }`).join(' ')} }`,
      ),
    ).toMatchObject({
      cost: 4 * (1 + 20 + 10),
    });
  });

  test('entities cost as many as are asked for, in the document and in variables', async () => {
    const app = await testApp({ MAX_COST: '1000', RATE_LIMIT_POINTS: '0' });
    const one = { __typename: 'User', id: 'user_01E4ZCR3C56J083X43JQXF3JK5' };
    const selection = '{ ... on User { events(first: 8) { nodes { id } } } }';
    const query = `query ($all: [_Any!]!) { _entities(representations: $all) ${selection} }`;
    // Each: the entity 1, its events 1, and 8 of them.
    expect((await refusalOf(app, query, { all: Array(100).fill(one) })).code).toBeUndefined();
    const refused = { status: 400, ran: false, code: 'COST_LIMIT_EXCEEDED', cost: 1_010, limit: 1_000 };
    expect(await refusalOf(app, query, { all: Array(101).fill(one) })).toMatchObject(refused);
    const literal = `[${`{ __typename: "User", id: "${one.id}" } `.repeat(101)}]`;
    expect(await refusalOf(app, `{ _entities(representations: ${literal}) ${selection} }`)).toMatchObject(refused);
  });

  test('what many made users answer is paid before they are made', async () => {
    const app = await testApp({ MAX_COST: '1000' });
    const query = `mutation ($users: [CreateUserInput!]!) { createUsers(input: { users: $users }) {
      results { user { events(first: 9) { nodes { id } } } } } }`;
    const refused = await refusalOf(app, query, { users: [{ email: 'ada@example.com' }] });
    // The mutation 100 and 10, and for each of a hundred rows: result, user, events, and 9 of them.
    expect(refused).toMatchObject({ ran: false, code: 'COST_LIMIT_EXCEEDED', cost: 110 + 100 * 12 });
    expect((await (await app.client())('{ users { totalCount } }')).data.users.totalCount).toBe(0);
  });

  test('every list that leads to more objects has a size', () => {
    const schema = createSchema();
    const unsized: string[] = [];
    const composites = Object.values(schema.getTypeMap()).filter(
      (type) => (isObjectType(type) || isInterfaceType(type)) && !type.name.startsWith('__'),
    ) as (GraphQLObjectType | GraphQLInterfaceType)[];
    for (const type of composites) {
      for (const field of Object.values(type.getFields())) {
        const { isList, listSize } = weightOf(field);
        // A mutation is refused by one object at most: the one whose version was not the expected.
        if (field.name === 'errors') continue;
        const isSized = listSize !== null || (type.name.endsWith('Connection') && /^(edges|nodes)$/.test(field.name));
        if (isList && !isSized && leadsOn(schema, field)) unsized.push(`${type.name}.${field.name}`);
      }
    }
    expect(unsized).toEqual([]);
  });

  /** Whether what the field answers holds objects itself. */
  function leadsOn(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>): boolean {
    const type = getNamedType(field.type);
    if (!isCompositeType(type)) return false;
    const possible = isObjectType(type) ? [type] : schema.getPossibleTypes(type);
    return possible.some((one) =>
      Object.values(one.getFields()).some((inner) => isCompositeType(getNamedType(inner.type))),
    );
  }

  test('a document that is known is measured anew where a variable says the size', async () => {
    const app = await testApp({ MAX_COST: '100' });
    const query = 'query ($n: Int, $id: ID!) { users(first: $n) { nodes { id } } user(id: $id) { id } }';
    const cost = async (n: number) => (await refusalOf(app, query, { n, id: 'user_x' })).cost;
    expect([await cost(98), await cost(99), await cost(100), await cost(1)]).toEqual([undefined, 101, 102, undefined]);
  });

  test('a field that is left out by a directive is paid all the same, and a wrong size makes nothing cheaper', async () => {
    const app = await testApp({ MAX_COST: '100' });
    expect(await refusalOf(app, `{ users(first: 100) @skip(if: true) { nodes { id } } }`)).toMatchObject({ cost: 101 });
    expect(
      await refusalOf(app, `{ a: users(first: -500) { nodes { id } } b: users(first: 100) { nodes { id } } }`),
    ).toMatchObject({
      cost: 102,
    });
  });

  test("agrees with GitHub's published example of counting nodes", () => {
    // docs.github.com, "Rate limits and query limits for the GraphQL API": 50 repositories, 20 pull requests with 10
    // comments each, 20 issues with 10 comments each, and 10 followers: 22,060 nodes.
    const connection = (name: string) =>
      `type ${name}Connection { edges: [${name}Edge] } type ${name}Edge { node: ${name} }`;
    const schema = sized(
      buildSchema(`
        type Query { viewer: User }
        type User { repositories(first: Int): RepositoryConnection followers(first: Int): UserConnection login: String }
        type Repository { name: String pullRequests(first: Int): IssueConnection issues(first: Int): IssueConnection }
        type Issue { title: String comments(first: Int): CommentConnection }
        type Comment { bodyHTML: String }
        ${['User', 'Repository', 'Issue', 'Comment'].map(connection).join(' ')}
      `),
    );
    const comments = 'edges { node { title comments(first: 10) { edges { node { bodyHTML } } } } }';
    const query = `{ viewer { repositories(first: 50) { edges { repository: node { name
      pullRequests(first: 20) { ${comments} } issues(first: 20) { ${comments} } } } }
      followers(first: 10) { edges { node { login } } } } }`;
    const document = parse(query);
    const [operation] = document.definitions;
    if (operation?.kind !== 'OperationDefinition') throw new Error('It is an operation.');
    expect(measure(schema, document, operation, {}).cost).toBe(22_060);
  });

  /** Weighs nothing but nodes, and sizes every list by `first`, as the example counts. */
  function sized(schema: GraphQLSchema): GraphQLSchema {
    for (const type of Object.values(schema.getTypeMap())) {
      if (!('getFields' in type) || type.name.startsWith('__')) continue;
      for (const field of Object.values(type.getFields())) {
        const isConnection = 'args' in field && field.args.some((arg: { name: string }) => arg.name === 'first');
        const weight = field.name === 'node' ? 1 : 0;
        const listSize = { name: 'listSize', args: { slicingArguments: ['first'], sizedFields: ['edges'] } };
        field.extensions = { directives: [{ name: 'cost', args: { weight } }, ...(isConnection ? [listSize] : [])] };
      }
    }
    return schema;
  }
});

describe('a code', () => {
  const guess = (alias: string, code: string, userId: string) =>
    `${alias}: verifyEmail(input: { userId: "${userId}", code: "${code}" }) { errors { ... on MutationError { code } } }`;

  async function waiting() {
    const app = await testApp({ RATE_LIMIT_POINTS: '0' });
    const ask = await app.client();
    const id = await makeUser(ask, { email: 'ada@example.com' });
    await ask(`mutation { sendVerificationEmail(input: { userId: "${id}" }) { user { id } } }`);
    return { app, ask, id };
  }

  const attempts = ({ folder }: TestApp) => {
    const sqlite = new Database(`${folder}/test.db`, { readonly: true });
    try {
      return sqlite.prepare<[], { attempts: number }>('select attempts from one_time_codes').get()?.attempts;
    } finally {
      sqlite.close();
    }
  };

  test.each([
    ['aliases', (id: string) => `mutation { ${guess('a', '000000', id)} ${guess('b', '000001', id)} }`],
    ['the same field twice', (id: string) => `mutation { ${guess('a', '000000', id)} ${guess('a', '000000', id)} }`],
    [
      'a fragment',
      (id: string) =>
        `mutation { ${guess('a', '000000', id)} ...more } fragment more on Mutation { ${guess('b', '1', id)} }`,
    ],
    [
      'a fragment that is used twice',
      (id: string) =>
        `mutation { ...more ... on Mutation { ...more } } fragment more on Mutation { ${guess('a', '1', id)} }`,
    ],
  ])('is not guessed twice in one operation, by %s', async (_, make) => {
    const { app, id } = await waiting();
    expect(await refusalOf(app, make(id))).toMatchObject({
      ...{ status: 400, ran: false, code: 'OPERATION_LIMIT_EXCEEDED', figure: 'verifyEmail', value: 2, limit: 1 },
    });
    expect(attempts(app)).toBe(0);
  });

  test('would be guessed as often as it stands there, were it not for that rule', async () => {
    const field = createSchema().getMutationType()?.getFields().verifyEmail;
    if (!field) throw new Error('There is such a mutation.');
    const rule = field.extensions;
    field.extensions = {};
    onTestFinished(() => {
      field.extensions = rule;
    });
    const { app, id } = await waiting();
    await post(app.app, await app.key(), {
      query: `mutation { ${guess('a', '111111', id)} ${guess('b', '222222', id)} ${guess('c', '333333', id)} }`,
    });
    expect(attempts(app)).toBe(3);
  });

  test('of an email change is not guessed twice either', async () => {
    const { app, id } = await waiting();
    const one = (alias: string) =>
      `${alias}: confirmEmailChange(input: { userId: "${id}", code: "000000" }) { user { id } }`;
    expect(await refusalOf(app, `mutation { ${one('a')} ${one('b')} }`)).toMatchObject({
      ...{ ran: false, code: 'OPERATION_LIMIT_EXCEEDED', figure: 'confirmEmailChange', value: 2, limit: 1 },
    });
  });

  test('once in an operation it is compared', async () => {
    const { app, ask, id } = await waiting();
    const code = codeIn(app.mails.at(-1));
    await ask(`mutation { ${guess('a', code === '000000' ? '000001' : '000000', id)} }`);
    expect(attempts(app)).toBe(1);
    const { data } = await ask(`mutation { ${guess('a', code, id)} }`);
    expect(data.a.errors).toEqual([]);
  });

  test('5,000 guesses in one document are refused as a whole', async () => {
    const { app, id } = await waiting();
    const guesses = Array.from({ length: 5_000 }, (_, i) => guess(`a${i}`, String(i).padStart(6, '0'), id)).join(' ');
    const large = await post(app.app, await app.key(), { query: `mutation { ${guesses} }` });
    expect(large.status).toBe(413);
    const fewer = Array.from({ length: 50 }, (_, i) => guess(`a${i}`, String(i).padStart(6, '0'), id)).join(' ');
    expect(await refusalOf(app, `mutation { ${fewer} }`)).toMatchObject({
      ran: false,
      code: 'OPERATION_LIMIT_EXCEEDED',
    });
    expect(attempts(app)).toBe(0);
  });
});

describe('in production', () => {
  const settings = {
    NODE_ENV: 'production',
    SECRET_KEY: 'k'.repeat(32),
    MAIL_OUTBOX: '/nonexistent/outbox',
    LOG_LEVEL: 'silent',
  };
  const INTROSPECTION = getIntrospectionQuery();
  const read: readonly Scope[] = ['users:read'];
  const schema: readonly Scope[] = ['users:read', 'schema:read'];

  test.each([
    ['the schema', INTROSPECTION],
    ['a type', '{ __type(name: "User") { name } }'],
    ['the SDL', '{ _service { sdl } }'],
    ['a type through a fragment', '{ ...f } fragment f on Query { t: __type(name: "User") { name } }'],
  ])('%s is shown only with the scope', async (_, query) => {
    const app = await testApp(settings);
    const nobody = await post(app.app, null, { query });
    expect([nobody.status, (await nobody.json()).errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
    const without = await post(app.app, await app.key('p', read), { query });
    expect(without.status).toBe(403);
    expect((await without.json()).errors[0]).toMatchObject({ message: expect.stringContaining('schema:read') });
    const { data, errors } = await execute(app.app, await app.key('p', schema), query);
    expect([errors, data !== undefined]).toEqual([undefined, true]);
    const open = await testApp();
    expect((await execute(open.app, null, query)).errors).toBeUndefined();
  });

  test('near names are told only with the scope', async () => {
    const app = await testApp(settings);
    const query = '{ usrs { nodes { id } } }';
    const messageFor = async (key: string | null) => (await execute(app.app, key, query)).errors?.[0]?.message;
    expect(await messageFor(null)).toBe('Cannot query field "usrs" on type "Query".');
    expect(await messageFor('sk_test_wrong')).toBe('Cannot query field "usrs" on type "Query".');
    expect(await messageFor(await app.key('p', read))).toBe('Cannot query field "usrs" on type "Query".');
    expect(await messageFor(await app.key('p', schema))).toContain('Did you mean');
  });
});

describe('asking for the schema', () => {
  const parts = (count: number) => Array.from({ length: count }, (_, i) => `a${i}: fields { name }`).join(' ');

  test.each([
    ['again and again', (count: number) => `{ ${'__schema { types { name } } '.repeat(count)} }`],
    ['for its parts under many names', (count: number) => `{ __schema { types { ${parts(count - 1)} } } }`],
    [
      'in a fragment',
      (count: number) => `{ ${'...f '.repeat(count)} } fragment f on Query { __type(name: "User") { name } }`,
    ],
    ['as SDL', (count: number) => `{ ${'_service { sdl } '.repeat(count)} }`],
  ])('%s is let through ten times, and refused at eleven', async (_, make) => {
    const { app } = await testApp();
    expect((await execute(app, null, make(10))).errors).toBeUndefined();
    const response = await post(app, null, { query: make(11) });
    expect([response.status, (await response.json()).errors[0].extensions]).toEqual([
      400,
      expect.objectContaining({ code: 'OPERATION_LIMIT_EXCEEDED', figure: 'introspections', value: 11, limit: 10 }),
    ]);
  });
});

describe('the budget of a key', () => {
  const settings = { RATE_LIMIT_POINTS: '300', RATE_LIMIT_SECONDS: '60', MAX_COST: '101' };
  const hundred = '{ users(first: 99) { nodes { id } } }';

  test('is spent to the last point, and refused with the seconds after which it is there again', async () => {
    const app = await testApp(settings);
    const key = await app.key();
    for (const _ of [1, 2, 3]) expect((await execute(app.app, key, hundred)).errors).toBeUndefined();
    const refused = await post(app.app, key, { query: '{ users(first: 1) { nodes { id } } }' });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    const answer = await refused.json();
    expect(answer.errors[0].extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 1, cost: 2 });
    expect(answer.data).toBeUndefined();
    // A hundred points come back in twenty seconds: a second before it is too early.
    const again = await execute(app.app, key, hundred);
    expect(again.errors?.[0]?.extensions).toMatchObject({ retryAfterSeconds: 20 });
    app.clock.advance(19);
    expect((await execute(app.app, key, hundred)).errors).toHaveLength(1);
    app.clock.advance(1);
    expect((await execute(app.app, key, hundred)).errors).toBeUndefined();
  });

  test('is told to its caller, and is null without a limit', async () => {
    const app = await testApp(settings);
    const ask = await app.client();
    await ask(hundred);
    const budget = '{ viewer { rateLimit { cost limit remaining resetAt } } }';
    // viewer 1, rateLimit 1; 102 points of 300 in 60 seconds are there again after 20.4.
    expect((await ask(budget)).data.viewer.rateLimit).toEqual({
      ...{ cost: 2, limit: 300, remaining: 198 },
      resetAt: '2026-01-15T12:00:20.400Z',
    });
    const free = await testApp({ ...settings, RATE_LIMIT_POINTS: '0' });
    expect((await (await free.client())(budget)).data.viewer.rateLimit).toBeNull();
  });

  test('is its own: another key has all of its', async () => {
    const app = await testApp(settings);
    const [one, other] = [await app.key(), await app.key()];
    for (const _ of [1, 2, 3]) await execute(app.app, one, hundred);
    expect((await execute(app.app, one, hundred)).errors).toHaveLength(1);
    expect((await execute(app.app, other, hundred)).errors).toBeUndefined();
  });

  test('is not touched by what is refused before', async () => {
    const app = await testApp(settings);
    const key = await app.key();
    for (let i = 0; i < 10; i++) await execute(app.app, key, '{ users(first: 101) { nodes { id } } }');
    for (const _ of [1, 2, 3]) expect((await execute(app.app, key, hundred)).errors).toBeUndefined();
  });

  test('0 is no limit', async () => {
    const app = await testApp({ ...settings, RATE_LIMIT_POINTS: '0' });
    const key = await app.key();
    for (let i = 0; i < 10; i++) expect((await execute(app.app, key, hundred)).errors).toBeUndefined();
  });
});

describe('rows that may have to be looked at', () => {
  const CONTAINS = 'filter: { email: { contains: "zzz" } }';

  test('are paid for: twenty filtered counts are more than one operation may cost', async () => {
    const { client } = await testApp();
    const execute = await client();
    const counts = (filter: string) =>
      `{ ${Array.from({ length: 20 }, (_, at) => `c${at}: usersCount${filter} { value }`).join(' ')} }`;
    const { errors } = await execute(counts(`(${CONTAINS})`));
    expect(errors).toMatchObject([{ extensions: { code: 'COST_LIMIT_EXCEEDED', cost: 20 * (5 + 2_500) } }]);
    // Without a filter a counter answers.
    expect(await execute(counts(''))).toMatchObject({ extensions: { cost: { requested: 100, charged: 100 } } });
  });

  test.each([
    [`{ usersCount(${CONTAINS}) { value } }`, 5 + 2_500, 5 + 1],
    [`{ users(${CONTAINS}, first: 10) { nodes { id } } }`, 1 + 10 + 250, 1 + 10 + 1],
    [`{ users(${CONTAINS}, first: 10) { totalCount } }`, 1 + 10 + 250 + 2_500, 1 + 10 + 1],
    ['{ users(filter: { id: { eq: "user_x" } }, first: 10) { nodes { id } } }', 1 + 10 + 250, 1 + 10],
    ['{ users(filter: null, first: 10) { totalCount } }', 1 + 10, 1 + 10],
  ])('and given back when they were not looked at: %s', async (query, requested, charged) => {
    const { client } = await testApp();
    const execute = await client();
    await makeUser(execute, { email: 'ada@example.com' });
    const before = (await execute('{ viewer { rateLimit { remaining } } }')).data.viewer.rateLimit.remaining;
    expect(await execute(query)).toMatchObject({ extensions: { cost: { requested, charged } } });
    const after = (await execute('{ viewer { rateLimit { remaining } } }')).data.viewer.rateLimit.remaining;
    // The question itself costs two points.
    expect(before - after).toBe(charged + 2);
  });
});

describe('an operation that takes too long', () => {
  test('is answered with TIMEOUT, reads nothing more, and its time is not left running when it is done', async () => {
    const timers: { ms: number; end: () => void; isRunning: boolean }[] = [];
    const app = await testApp(
      { REQUEST_TIMEOUT_SECONDS: '7' },
      {
        startTimer: (ms, end) => {
          const timer = { ms, end, isRunning: true };
          timers.push(timer);
          return () => {
            timer.isRunning = false;
          };
        },
      },
    );
    const key = await app.key();
    await execute(app.app, key, '{ users { nodes { id } } }');
    expect(timers).toMatchObject([{ ms: 7_000, isRunning: false }]);
    timers.length = 0;

    // Somebody else writes: the mutation waits, and the time passes.
    const other = new Database(`${app.folder}/test.db`);
    other.exec('begin immediate');
    const query = `mutation { a: createUser(input: { email: "a@example.com" }) { user { id } }
      b: createUser(input: { email: "b@example.com" }) { user { id } } }`;
    const asking = post(app.app, key, { query });
    while (timers.length === 0) await new Promise(setImmediate);
    timers[0]?.end();
    const response = await asking;
    expect(response.status).toBe(504);
    expect((await response.json()).errors[0]).toMatchObject({ extensions: { code: 'TIMEOUT', limitSeconds: 7 } });
    other.exec('rollback');
    other.close();
    // Neither write had begun when the time was over, so neither is done: a later one finds its environment empty.
    await execute(app.app, key, 'mutation { createUser(input: { email: "c@example.com" }) { user { id } } }');
    const { data } = await execute(app.app, key, '{ users { nodes { email } } }');
    expect(data.users.nodes).toEqual([{ email: 'c@example.com' }]);
  });
});

/** Short lists of leaves count as one object; metadata are a leaf that looks like an object. */
const NOT_COUNTED = /\b(changes|redirectUris|errors|metadata)\b/;
const OPERATIONS = 1_000;

test('what an operation answers is never more than its cost, whatever the operation', async () => {
  const app = await testApp(WITHOUT_BOUNDS);
  const ask = await app.client();
  const schema = createSchema();
  const known = new Known([]);
  const applications = [await makeApplication(ask, { name: 'A' }), await makeApplication(ask, { name: 'B' })];
  for (let i = 0; i < 5; i++) {
    const id = await makeUser(ask, { email: `u${i}@example.com` });
    for (const application of applications) await makeGrant(ask, id, application);
  }
  known.learn(JSON.stringify(await ask('{ users { nodes { id email } } applications { nodes { id } } }')));
  const documents = new Documents(schema, new Dice(3), known);
  let most = 0;
  for (let i = 0; i < OPERATIONS; i++) {
    const { query, variables } = documents.operation(0);
    if (query.startsWith('mutation') || NOT_COUNTED.test(query)) continue;
    const { data } = await ask(query, variables);
    if (!data) continue;
    const objects = objectsIn(data) - 1;
    expect({ query, variables, objects, cost: costOf(schema, query, variables) }).toSatisfy(
      (one) => one.objects <= one.cost,
    );
    most = Math.max(most, objects);
  }
  // Not only empty answers.
  expect(most).toBeGreaterThan(10);
});

function costOf(schema: GraphQLSchema, query: string, given: Readonly<Record<string, unknown>>): number {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('It is an operation.');
  const inputs = JSON.parse(JSON.stringify(given));
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], inputs);
  return measure(schema, document, operation, coerced ?? {}).cost;
}

function objectsIn(data: unknown): number {
  if (typeof data !== 'object' || data === null) return 0;
  const within = Object.values(data).reduce((sum: number, one) => sum + objectsIn(one), 0);
  return Array.isArray(data) ? within : within + 1;
}
