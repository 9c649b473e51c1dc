import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { LAST_USED_INTERVAL_SECONDS } from '../../src/api-keys/api-key-usage.js';
import { MAX_NAME_LENGTH } from '../../src/input/text.js';
import { addSeconds } from '../../src/runtime/clock.js';
import { makeUser } from '../support/make.js';
import { type Answer, type Execute, execute as executeWith, post, type TestApp, testApp } from '../support/test-app.js';

const CREATE = `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) {
  apiKey { id name scopes hint lastUsedAt expiresAt revokedAt createdAt } secret
  errors { __typename ... on MutationError { code path message } }
} }`;
const REVOKE = `mutation ($id: ID!) { revokeApiKey(input: { id: $id }) {
  revokedApiKeyId errors { __typename ... on MutationError { code path } }
} }`;

async function create(execute: Execute, input: object) {
  const { data, errors } = await execute(CREATE, { input });
  expect(errors).toBeUndefined();
  return data.createApiKey;
}

const codeOf = ({ errors }: Answer) => errors?.[0]?.extensions.code;

const SCOPES = { scopes: ['users:read'] };

test('creates a key that shows its secret once, works, is listed, and stops working when it is revoked', async () => {
  const { app, client } = await testApp();
  const execute = await client();
  const { apiKey, secret, errors } = await create(execute, { name: 'reports', ...SCOPES });
  expect(errors).toEqual([]);
  expect(apiKey).toMatchObject({ name: 'reports', scopes: ['users:read'], expiresAt: null, revokedAt: null });
  expect(secret).toMatch(/^sk_test_[0-9A-Za-z]{36}$/);
  expect(apiKey.hint).toBe(`${secret.slice(0, 12)}…`);
  const asReports: Execute = (query, variables) => executeWith(app, secret, query, variables);
  expect((await asReports('{ users { totalCount } }')).data.users.totalCount).toBe(0);
  expect(codeOf(await asReports('{ apiKeys { nodes { id } } }'))).toBe('FORBIDDEN');

  const list =
    '{ apiKeys(first: 10) { totalCount nodes { id name scopes revokedAt lastUsedAt } pageInfo { hasNextPage } } }';
  const { data } = await execute(list);
  expect(data.apiKeys).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: false } });
  expect(data.apiKeys.nodes.map(({ name }: { name: string }) => name)).toEqual(['reports', 'test']);
  expect(data.apiKeys.nodes[1].scopes).toEqual(['*']);
  expect(
    (await execute('query ($id: ID!) { node(id: $id) { ... on ApiKey { name } } }', { id: apiKey.id })).data,
  ).toEqual({
    node: { name: 'reports' },
  });

  for (const round of ['first', 'again']) {
    const revoked = await execute(REVOKE, { id: apiKey.id });
    expect([round, revoked.data.revokeApiKey]).toEqual([round, { revokedApiKeyId: apiKey.id, errors: [] }]);
  }
  expect(codeOf(await asReports('{ users { totalCount } }'))).toBe('UNAUTHENTICATED');
  expect((await execute(list)).data.apiKeys.nodes[0].revokedAt).toBe('2026-01-15T12:00:00.000Z');
  const unknown = await execute(REVOKE, { id: 'api_key_01E4ZCR3C56J083X43JQXF3JK5' });
  expect(unknown.data.revokeApiKey).toEqual({
    revokedApiKeyId: null,
    errors: [{ __typename: 'NotFoundError', code: 'NOT_FOUND', path: ['id'] }],
  });

  const log = await execute(`{ events(filter: { types: [API_KEY_CREATED, API_KEY_REVOKED] }) {
    nodes { type actor { source name } ... on ApiKeyEvent { apiKeyId apiKeyName scopes } } } }`);
  const of = { apiKeyId: apiKey.id, apiKeyName: 'reports', scopes: ['users:read'] };
  expect(log.data.events.nodes).toMatchObject([
    { type: 'API_KEY_CREATED', apiKeyName: 'test', scopes: ['*'], actor: { source: 'SYSTEM', name: 'keys create' } },
    { type: 'API_KEY_CREATED', ...of, actor: { source: 'API', name: 'test' } },
    // The second revocation changes nothing, so it adds no event.
    { type: 'API_KEY_REVOKED', ...of, actor: { source: 'API', name: 'test' } },
  ]);
});

test('returns the secret only once: no row contains it, and no event contains its hash or hint', async () => {
  const app = await testApp();
  const execute = await app.client();
  const { secret, apiKey } = await create(execute, { name: 'a', ...SCOPES });
  const sqlite = new BetterSqlite3(`${app.folder}/test.db`, { readonly: true });
  const keys = sqlite.prepare<[], { id: string; secret_hash: string }>('select * from api_keys').all();
  const events = JSON.stringify(sqlite.prepare('select * from events').all());
  sqlite.close();
  expect(JSON.stringify(keys)).not.toContain(secret.slice(12));
  const hash = keys.find(({ id }) => id === apiKey.id)?.secret_hash ?? '';
  expect(hash).toHaveLength(64);
  for (const part of [hash, secret, apiKey.hint]) expect(events).not.toContain(part);
});

describe('creating a key', () => {
  test.each([
    [{ scopes: [] }, [['INVALID_INPUT', 'scopes']]],
    [
      { scopes: ['users:read', 'nonsense', 'users:fly'] },
      [
        ['INVALID_INPUT', 'scopes.1'],
        ['INVALID_INPUT', 'scopes.2'],
      ],
    ],
    [
      { name: '  ', scopes: ['x'], expiresAt: '2026-01-15T12:00:00.000Z' },
      [
        ['INVALID_INPUT', 'name'],
        ['INVALID_INPUT', 'scopes.0'],
        ['INVALID_INPUT', 'expiresAt'],
      ],
    ],
    [{ name: 'x'.repeat(MAX_NAME_LENGTH + 1) }, [['INVALID_INPUT', 'name']]],
    [{ name: 'x'.repeat(MAX_NAME_LENGTH), expiresAt: '2026-01-15T12:00:00.001Z' }, []],
  ])('with %j returns the errors %j', async (input, wanted) => {
    const { client } = await testApp();
    const { errors, secret } = await create(await client(), { name: 'a', ...SCOPES, ...input });
    expect(errors.map(({ code, path }: { code: string; path: string[] }) => [code, path.join('.')])).toEqual(wanted);
    expect(secret === null).toBe(wanted.length > 0);
  });

  test('refuses scopes that the creating key does not have', async () => {
    const { app, client } = await testApp();
    const execute = await client('test', ['api_keys:write', 'users:read']);
    const refused = await create(execute, { name: 'a', scopes: ['users:read', 'users:write', '*'] });
    expect(refused.errors.map(({ code, path }: { code: string; path: string[] }) => [code, path])).toEqual([
      ['SCOPE_NOT_GRANTED', ['scopes', '1']],
      ['SCOPE_NOT_GRANTED', ['scopes', '2']],
    ]);
    expect(refused).toMatchObject({ apiKey: null, secret: null });
    const { secret, apiKey } = await create(execute, {
      name: 'a',
      scopes: ['users:read', 'users:read', 'api_keys:write'],
    });
    expect(apiKey.scopes).toEqual(['users:read', 'api_keys:write']);
    // A key that was created by a key cannot grant more scopes either.
    const next = await create((query, variables) => executeWith(app, secret, query, variables), {
      name: 'b',
      scopes: ['*'],
    });
    expect(next.errors[0].code).toBe('SCOPE_NOT_GRANTED');
    const all = await create(await client(), { name: 'c', scopes: ['*', 'users:read'] });
    expect(all.apiKey.scopes).toEqual(['*']);
  });

  test('makes a key that works until exactly its expiry', async () => {
    const { app, client, clock } = await testApp();
    const { secret } = await create(await client(), { name: 'a', ...SCOPES, expiresAt: '2026-01-15T12:01:00.000Z' });
    const ask = () => executeWith(app, secret, '{ users { totalCount } }');
    clock.advance(59.999);
    expect((await ask()).errors).toBeUndefined();
    clock.advance(0.001);
    expect(codeOf(await ask())).toBe('UNAUTHENTICATED');
  });

  test('in a live environment makes a live key', async () => {
    const { app } = await testApp();
    const made = await app.services.apiKeys.create({ environment: 'real', kind: 'live', name: 'first', scopes: '*' });
    const execute: Execute = (query, variables) => executeWith(app, made.secret, query, variables);
    expect((await create(execute, { name: 'a', ...SCOPES })).secret).toMatch(/^sk_live_/);
  });
});

test('pages API keys in both directions', async () => {
  const { client } = await testApp();
  const execute = await client();
  for (const name of ['a', 'b', 'c', 'd']) await create(execute, { name, ...SCOPES });
  const query = `query ($first: Int, $after: String, $last: Int, $before: String) {
    apiKeys(first: $first, after: $after, last: $last, before: $before) {
      nodes { name } pageInfo { endCursor startCursor hasNextPage hasPreviousPage } } }`;
  const names = (answer: Answer) => answer.data.apiKeys.nodes.map(({ name }: { name: string }) => name);
  const first = await execute(query, { first: 2 });
  expect(names(first)).toEqual(['d', 'c']);
  const { endCursor } = first.data.apiKeys.pageInfo;
  const second = await execute(query, { first: 2, after: endCursor });
  expect(names(second)).toEqual(['b', 'a']);
  expect(second.data.apiKeys.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
  expect(names(await execute(query, { last: 1 }))).toEqual(['test']);
  expect(names(await execute(query, { last: 1, before: endCursor }))).toEqual(['d']);
});

describe('the last use of a key', () => {
  const lastUse = async (execute: Execute) =>
    (await execute('{ viewer { apiKey { lastUsedAt } } }')).data.viewer.apiKey.lastUsedAt;
  const writes = ({ statements }: TestApp) => statements.filter((sql) => sql.includes('"last_used_at" = ?')).length;

  test('is written at most once a minute', async () => {
    const app = await testApp();
    const execute = await app.client();
    expect(await lastUse(execute)).toBeNull();
    // The test's own write is queued behind the write of the last use, so that one is done.
    await makeUser(execute, { email: 'a@example.com' });
    expect(await lastUse(execute)).toBe('2026-01-15T12:00:00.000Z');
    await Promise.all(Array.from({ length: 20 }, () => lastUse(execute)));
    app.clock.advance(LAST_USED_INTERVAL_SECONDS - 0.5);
    await lastUse(execute);
    await makeUser(execute, { email: 'b@example.com' });
    expect(writes(app)).toBe(1);
    app.clock.advance(0.5);
    await Promise.all(Array.from({ length: 20 }, () => lastUse(execute)));
    await makeUser(execute, { email: 'c@example.com' });
    expect(writes(app)).toBe(2);
    expect(await lastUse(execute)).toBe('2026-01-15T12:01:00.000Z');
  });

  test('does not fail the request when it cannot be written', async () => {
    const app = await testApp();
    const execute = await app.client();
    const sqlite = new BetterSqlite3(`${app.folder}/test.db`);
    sqlite.exec(`create trigger refuse before update of last_used_at on api_keys begin select raise(abort, 'no'); end`);
    sqlite.close();
    expect(await lastUse(execute)).toBeNull();
    await makeUser(execute, { email: 'a@example.com' });
    expect(await lastUse(execute)).toBeNull();
    expect(writes(app)).toBe(1);
  });

  test('adds no event', async () => {
    const { client } = await testApp();
    const execute = await client();
    await lastUse(execute);
    await makeUser(execute, { email: 'a@example.com' });
    const { data } = await execute('{ events { nodes { name } } }');
    expect(data.events.nodes.map(({ name }: { name: string }) => name)).toEqual(['api_key.created', 'user.created']);
  });
});

test('viewer returns the environment, the key and its scopes, and needs no scope', async () => {
  const { app, client } = await testApp();
  const execute = await client('test', ['users:read']);
  const query = '{ viewer { environment { id name kind createdAt } apiKey { id name hint } scopes } }';
  const { data } = await execute(query);
  expect(data.viewer).toMatchObject({
    environment: { name: 'test', kind: 'TEST' },
    apiKey: { name: 'test' },
    scopes: ['users:read'],
  });
  const { id } = data.viewer.environment;
  expect(
    (await execute('query ($id: ID!) { node(id: $id) { ... on Environment { name } } }', { id })).data.node,
  ).toEqual({
    name: 'test',
  });
  const other = await client('other');
  expect((await other(query)).data.viewer).toMatchObject({ environment: { name: 'other' }, scopes: ['*'] });
  expect((await other('query ($id: ID!) { node(id: $id) { id } }', { id })).data.node).toBeNull();
  const entities = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Environment { name } } }';
  const of = [{ __typename: 'Environment', id }];
  expect((await execute(entities, { of })).data._entities).toEqual([{ name: 'test' }]);
  expect((await other(entities, { of })).data._entities).toEqual([null]);
  for (const ask of [query, `{ node(id: "${id}") { id } }`]) {
    expect(codeOf(await executeWith(app, null, ask))).toBe('UNAUTHENTICATED');
  }
});

test('a replaced key works until its grace period ends, and the log records the rotation', async () => {
  const { app, client, clock } = await testApp();
  const { apiKeys } = app.services;
  const reader = await client('e1');
  const input = { environment: 'e1', kind: 'test', name: 'backend', scopes: ['users:read'] } as const;
  const old = await apiKeys.create(input);
  const statusWith = async (secret: string) => (await post(app, secret, { query: '{ viewer { __typename } }' })).status;
  const rotated = await apiKeys.rotate('e1', old.apiKey.id, 3_600);
  const until = addSeconds(clock.now(), 3_600);
  expect(rotated?.replacedUntil).toBe(until);
  expect(rotated?.apiKey).toMatchObject({ name: 'backend', scopes: ['users:read'], expiresAt: null });
  const [listed] = (await apiKeys.list('e1'))?.filter(({ id }) => id === old.apiKey.id) ?? [];
  expect(listed).toMatchObject({ replacedBy: rotated?.apiKey.id, expiresAt: until });

  clock.advance(3_599);
  expect(await statusWith(old.secret)).toBe(200);
  expect(await statusWith(rotated?.secret ?? '')).toBe(200);
  clock.advance(1);
  expect(await statusWith(old.secret)).toBe(401);
  expect(await statusWith(rotated?.secret ?? '')).toBe(200);

  const { data } = await reader(
    '{ events(filter: { types: [API_KEY_UPDATED] }) { nodes { type actor { source name } } } }',
  );
  expect(data.events.nodes).toEqual([{ type: 'API_KEY_UPDATED', actor: { source: 'SYSTEM', name: 'keys rotate' } }]);
  for (const [environment, id] of [
    ['e1', old.apiKey.id],
    ['e2', rotated?.apiKey.id ?? old.apiKey.id],
  ] as const) {
    expect(await apiKeys.rotate(environment, id, 60)).toBeNull();
  }
});

test('a grace period never extends the life of a key, and the new key has the same lifetime', async () => {
  const { app, client, clock } = await testApp();
  const execute = await client('e1');
  const expiresAt = addSeconds(clock.now(), 600);
  const { data } = await execute(
    `mutation ($at: DateTime) {
      createApiKey(input: { name: "short", scopes: ["users:read"], expiresAt: $at }) { apiKey { id } }
    }`,
    { at: expiresAt },
  );
  clock.advance(300);
  const rotated = await app.services.apiKeys.rotate('e1', data.createApiKey.apiKey.id, 86_400);
  expect(rotated?.replacedUntil).toBe(expiresAt);
  expect(rotated?.apiKey.expiresAt).toBe(addSeconds(clock.now(), 600));
});
