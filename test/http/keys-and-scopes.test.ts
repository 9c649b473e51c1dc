import { readFileSync } from 'node:fs';
import {
  type GraphQLField,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
  Kind,
  parse,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { isScope, SCOPES, type Scope } from '../../src/auth/scope.js';
import { createSchema } from '../../src/graphql/schema.js';
import { ask, countUsers, json } from '../support/http/asking.js';
import { makeUser } from '../support/make.js';
import { type Answer, execute, post, testApp } from '../support/test-app.js';

describe('keys', () => {
  const QUERY = '{ users { totalCount } }';

  test('without a key, a field that needs one answers 401 and says how to authenticate', async () => {
    const { app } = await testApp();
    const { status, headers, answer } = await ask(app, json({ query: QUERY }));
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(answer.errors?.map((error) => error.extensions.code)).toEqual(['UNAUTHENTICATED']);
    expect(answer.data ?? null).toBeNull();
  });

  test('a malformed, unknown, mistyped or revoked key is refused, and a valid one is accepted', async () => {
    const { app, key } = await testApp();
    const other = await testApp();
    const good = await key();
    const revoked = await key();
    const created = await app.services.apiKeys.create({ environment: 'test', kind: 'test', name: 'x', scopes: '*' });
    expect((await post(app, created.secret, { query: QUERY })).status).toBe(200);
    expect(await app.services.apiKeys.revoke('test', created.apiKey.id)).toBe(true);
    const refused = {
      'not Bearer': `Basic ${good}`,
      empty: 'Bearer ',
      malformed: 'Bearer sk_test_short',
      'two keys': `Bearer ${good} ${revoked}`,
      unknown: `Bearer ${await other.key()}`,
      'wrong checksum': `Bearer ${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`,
      revoked: `Bearer ${created.secret}`,
    };
    for (const [what, authorization] of Object.entries(refused)) {
      const { status, headers, answer } = await ask(app, json({ query: QUERY }, { authorization }));
      expect(status, what).toBe(401);
      expect(headers.get('www-authenticate'), what).toMatch(/^Bearer/);
      expect(answer.errors?.[0]?.extensions.code, what).toBe('UNAUTHENTICATED');
    }
    expect(await countUsers(app, good)).toBe(0);
  });

  test('a mistyped key needs no database lookup', async () => {
    const { app, key, statements } = await testApp();
    const good = await key();
    statements.length = 0;
    await post(app, `${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`, { query: QUERY });
    expect(statements).toEqual([]);
  });

  test('introspection needs no key outside production', async () => {
    const { app } = await testApp();
    const { status, answer } = await ask(app, json({ query: '{ __schema { queryType { name } } }' }));
    expect(status).toBe(200);
    expect(answer).toEqual({ data: { __schema: { queryType: { name: 'Query' } } } });
  });
});

describe('scopes', () => {
  const guarded = guardedFields();

  test('every root field requires a scope, except node and nodes, which check the scope of the type', () => {
    const roots = ['Query', 'Mutation'].flatMap((type) => rootFields(type).map((field) => `${type}.${field.name}`));
    const free = roots.filter((name) => !guarded.some((field) => `${field.type}.${field.name}` === name));
    const withoutKey = ['authenticateWithPassword', 'changePassword', 'refreshSession', 'revokeSession'];
    expect(free.sort()).toEqual([
      ...withoutKey.map((name) => `Mutation.${name}`),
      ...['_entities', '_service', 'node', 'nodes', 'viewer'].map((name) => `Query.${name}`),
    ]);
  });

  test.each(guarded.map((one) => [`${one.type}.${one.name}`, one.scope, one] as const))(
    '%s needs %s',
    async (...row) => {
      const { type, name, scope, scopes } = row[2];
      const { app, key } = await testApp();
      const field = rootFields(type).find((candidate) => candidate.name === name);
      const query = `${type.toLowerCase()} { ${field ? callOf(field) : name} }`;
      const others = (Object.keys(SCOPES) as Scope[]).filter((other) => other !== scope); // keys of SCOPES are Scopes
      const refused = await post(app, await key('test', others), { query });
      const { data, errors } = (await refused.json()) as Answer; // JSON knows no types
      // Where the field may be null there is data beside the error.
      expect(refused.status).toBe(data === null ? 403 : 294);
      expect(errors?.map((error) => error.extensions.code)).toEqual(['FORBIDDEN']);
      expect(errors?.[0]?.message).toContain(`'${scope}'`);
      const allowed = await execute(app, await key('test', scopes), query);
      expect(allowed.errors?.map((error) => error.extensions.code) ?? []).not.toContain('FORBIDDEN');
      expect(allowed.errors?.map((error) => error.extensions.code) ?? []).not.toContain('GRAPHQL_VALIDATION_FAILED');
    },
  );

  test('node requires the scope to read the type of the ID', async () => {
    const { client } = await testApp();
    const id = await makeUser(await client(), { email: 'ada@example.com' });
    const without = await client('test', ['organizations:read']);
    const query = 'query ($id: ID!) { node(id: $id) { id } }';
    const { errors } = await without(query, { id });
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    expect(errors?.[0]?.message).toContain("'users:read'");
    const reader = await client('test', ['users:read']);
    expect((await reader(query, { id })).data).toEqual({ node: { id } });
  });
});

interface Guarded {
  readonly type: string;
  readonly name: string;
  readonly scope: Scope;
  /** All that it needs. */
  readonly scopes: readonly Scope[];
}

/** Root fields with `@requiresScopes`, as the contract prints them. */
function guardedFields(): Guarded[] {
  const contract = parse(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
  return contract.definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return [];
    const type = definition.name.value;
    if (type !== 'Query' && type !== 'Mutation') return [];
    return (definition.fields ?? []).flatMap((field) => {
      const directive = field.directives?.find(({ name }) => name.value === 'requiresScopes');
      const scopes = scopesOf(directive?.arguments?.[0]?.value).filter(isScope);
      return scopes.map((scope) => ({ type, name: field.name.value, scope, scopes }));
    });
  });
}

function scopesOf(value: unknown): string[] {
  const found: string[] = [];
  JSON.stringify(value ?? null, (name, part: unknown) => {
    if (name === 'value' && typeof part === 'string') found.push(part);
    return name === 'loc' ? undefined : part;
  });
  return found;
}

function rootFields(type: string): GraphQLField<unknown, unknown>[] {
  const schema = createSchema();
  const root = type === 'Query' ? schema.getQueryType() : schema.getMutationType();
  return Object.values(root?.getFields() ?? {});
}

/** A valid call of the field with its required arguments, whatever they are. */
function callOf(field: GraphQLField<unknown, unknown>): string {
  const given = field.args.filter(isRequiredArgument).map((arg) => `${arg.name}: ${literalOf(arg.type)}`);
  return `${field.name}${given.length > 0 ? `(${given.join(', ')})` : ''} { __typename }`;
}

function literalOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literalOf(type.ofType);
  if (isListType(type)) return '[]';
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (!isInputObjectType(type)) return type.name === 'URL' ? '"https://a.example/"' : '"x"';
  const required = Object.values(type.getFields()).filter(isRequiredInputField);
  return `{ ${required.map((field) => `${field.name}: ${literalOf(field.type)}`).join(', ')} }`;
}
