import Database from 'better-sqlite3';
import { getIntrospectionQuery } from 'graphql';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Scope } from '../../src/auth/scope.js';
import { createSchema } from '../../src/graphql/schema.js';
import { refusalOf } from '../support/graph/bounds.js';
import { makeUser } from '../support/make.js';
import { codeIn, execute, post, type TestApp, testApp } from '../support/test-app.js';

const NESTED = ['authorizedApplications', 'nodes', 'user'];

/** Returns a query with this number of levels. All fields but the innermost have object types. */
function deep(levels: number): string {
  const path = ['users', 'nodes', ...Array.from({ length: levels - 3 }, (_, index) => NESTED[index % 3])];
  return `{ ${path.join(' { ')} { __typename ${'}'.repeat(path.length + 1)}`;
}

describe('limits on the shape of an operation', () => {
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

  test.each(cases)('accepts an operation at %s and refuses one past it', async (setting, figure, limit, make) => {
    const app = await testApp({ ...settings, [setting]: String(limit) });
    expect((await refusalOf(app, make(limit))).code).toBeUndefined();
    expect(await refusalOf(app, make(limit + 1))).toMatchObject({
      ...{ status: 400, ran: false, code: 'OPERATION_LIMIT_EXCEEDED', figure, limit, value: limit + 1 },
    });
  });

  test('accepts MAX_TOKENS tokens and refuses one more before it parses the document', async () => {
    const app = await testApp({ MAX_TOKENS: '100' });
    // `{ node(id: "x") { id … } }` has ten tokens besides its `id` fields.
    const make = (tokens: number) => `{ node(id: "x") { ${'id '.repeat(tokens - 10)} } }`;
    expect((await refusalOf(app, make(100))).code).toBeUndefined();
    expect(await refusalOf(app, make(101))).toMatchObject({
      code: 'OPERATION_LIMIT_EXCEEDED',
      figure: 'tokens',
      limit: 100,
    });
    // This document is not even well-formed, so the limit applies before parsing.
    expect(await refusalOf(app, '{ a '.repeat(200))).toMatchObject({
      code: 'OPERATION_LIMIT_EXCEEDED',
      figure: 'tokens',
    });
  });

  test('counts the fields of a fragment at each use', async () => {
    const app = await testApp(settings);
    const doubling = Array.from({ length: 60 }, (_, i) => `fragment f${i} on User { ...f${i + 1} ...f${i + 1} }`).join(
      ' ',
    );
    const query = `{ user(id: "x") { ...f0 } } ${doubling} fragment f60 on User { id }`;
    const refused = await refusalOf(app, query);
    expect(refused).toMatchObject({ code: 'OPERATION_LIMIT_EXCEEDED', figure: 'fields' });
    expect(refused.value).toBeGreaterThanOrEqual(2 ** 60);
  });

  test('refuses a megabyte of fields by its size, and a smaller document by its tokens', async () => {
    const app = await testApp({ MAX_BODY_BYTES: '16777216' });
    expect((await refusalOf(app, `{ ${'a '.repeat(500_000)} }`)).figure).toBe('tokens');
    const small = await testApp();
    const response = await post(small.app, await small.key(), { query: `{ ${'a '.repeat(500_000)} }` });
    expect(response.status).toBe(413);
  });

  test('counts aliases in fragments at each use', async () => {
    const app = await testApp({ ...settings, MAX_ALIASES: '5' });
    const query = (uses: number) =>
      `{ ${'...two '.repeat(uses)} } fragment two on Query { a: node(id: "x") { id } b: node(id: "x") { id } }`;
    expect((await refusalOf(app, query(2))).code).toBeUndefined();
    expect(await refusalOf(app, query(3))).toMatchObject({ figure: 'aliases', value: 6, limit: 5 });
  });
});

describe('a one-time code', () => {
  const guess = (alias: string, code: string, userId: string) =>
    `${alias}: verifyEmail(input: { userId: "${userId}", code: "${code}" }) { errors { ... on MutationError { code } } }`;

  async function withCodeSent() {
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
  ])('cannot be checked twice in one operation by %s', async (_, make) => {
    const { app, id } = await withCodeSent();
    expect(await refusalOf(app, make(id))).toMatchObject({
      ...{ status: 400, ran: false, code: 'OPERATION_LIMIT_EXCEEDED', figure: 'verifyEmail', value: 2, limit: 1 },
    });
    expect(attempts(app)).toBe(0);
  });

  test('control: would be checked at each field without the rule', async () => {
    const field = createSchema().getMutationType()?.getFields().verifyEmail;
    if (!field) throw new Error('There is such a mutation.');
    const rule = field.extensions;
    field.extensions = {};
    onTestFinished(() => {
      field.extensions = rule;
    });
    const { app, id } = await withCodeSent();
    await post(app.app, await app.key(), {
      query: `mutation { ${guess('a', '111111', id)} ${guess('b', '222222', id)} ${guess('c', '333333', id)} }`,
    });
    expect(attempts(app)).toBe(3);
  });

  test('of an email change cannot be checked twice in one operation', async () => {
    const { app, id } = await withCodeSent();
    const one = (alias: string) =>
      `${alias}: confirmEmailChange(input: { userId: "${id}", code: "000000" }) { user { id } }`;
    expect(await refusalOf(app, `mutation { ${one('a')} ${one('b')} }`)).toMatchObject({
      ...{ ran: false, code: 'OPERATION_LIMIT_EXCEEDED', figure: 'confirmEmailChange', value: 2, limit: 1 },
    });
  });

  test('can be checked once in an operation', async () => {
    const { app, ask, id } = await withCodeSent();
    const code = codeIn(app.mails.at(-1));
    await ask(`mutation { ${guess('a', code === '000000' ? '000001' : '000000', id)} }`);
    expect(attempts(app)).toBe(1);
    const { data } = await ask(`mutation { ${guess('a', code, id)} }`);
    expect(data.a.errors).toEqual([]);
  });

  test('cannot be checked 5,000 times in one document', async () => {
    const { app, id } = await withCodeSent();
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
  ])('returns %s only with the scope schema:read', async (_, query) => {
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

  test('suggests similar names only with the scope schema:read', async () => {
    const app = await testApp(settings);
    const query = '{ usrs { nodes { id } } }';
    const messageFor = async (key: string | null) => (await execute(app.app, key, query)).errors?.[0]?.message;
    expect(await messageFor(null)).toBe('Cannot query field "usrs" on type "Query".');
    expect(await messageFor('sk_test_wrong')).toBe('Cannot query field "usrs" on type "Query".');
    expect(await messageFor(await app.key('p', read))).toBe('Cannot query field "usrs" on type "Query".');
    expect(await messageFor(await app.key('p', schema))).toContain('Did you mean');
  });
});

describe('introspection', () => {
  const parts = (count: number) => Array.from({ length: count }, (_, i) => `a${i}: fields { name }`).join(' ');

  test.each([
    ['of the schema', (count: number) => `{ ${'__schema { types { name } } '.repeat(count)} }`],
    [
      'of the fields of a type under several aliases',
      (count: number) => `{ __schema { types { ${parts(count - 1)} } } }`,
    ],
    [
      'in a fragment',
      (count: number) => `{ ${'...f '.repeat(count)} } fragment f on Query { __type(name: "User") { name } }`,
    ],
    ['of the SDL', (count: number) => `{ ${'_service { sdl } '.repeat(count)} }`],
  ])('%s is accepted ten times in an operation and refused at the eleventh', async (_, make) => {
    const { app } = await testApp();
    expect((await execute(app, null, make(10))).errors).toBeUndefined();
    const response = await post(app, null, { query: make(11) });
    expect([response.status, (await response.json()).errors[0].extensions]).toEqual([
      400,
      expect.objectContaining({ code: 'OPERATION_LIMIT_EXCEEDED', figure: 'introspections', value: 11, limit: 10 }),
    ]);
  });
});
