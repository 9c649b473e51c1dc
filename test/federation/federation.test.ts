import { applyTagFilterOnSubgraphs, composeSchemaContract, composeServices } from '@theguild/federation-composition';
import * as fc from 'fast-check';
import { buildSchema, isObjectType, parse, print, visit } from 'graphql';
import { describe, expect, test } from 'vitest';
import { OPTIONAL_DIRECTIVES } from '../../src/config/graph-settings.js';
import { isOpenToPersons } from '../../src/graphql/persons/person-access.js';
import { printSubgraph } from '../../src/graphql/schema.js';
import { users } from '../support/federation/neighbors.js';
import { makeApplication, makeGrant, makeMembership, makeOrganization, makeUser } from '../support/make.js';
import { compose, sdlOf } from '../support/processes/supergraph.js';
import { runs } from '../support/runs.js';
import { allowSignIn, signedIn } from '../support/sign-in.js';
import { withoutAuthentication } from '../support/sql/authentication.js';
import { type Execute, execute, testApp } from '../support/test-app.js';

const orders = { url: 'http://localhost:4001/graphql', typeDefs: sdlOf('orders') };
const projects = { url: 'http://localhost:4002/graphql', typeDefs: sdlOf('projects') };

describe('the subgraph', () => {
  test('is the SDL that _service returns, and composes with two other subgraphs', async () => {
    const { client } = await testApp();
    const { data } = await (await client())('{ _service { sdl } }');
    expect(data._service.sdl).toBe(printSubgraph());
    const { supergraphSdl, publicSdl } = compose({ users, orders, projects });
    for (const key of ['id', 'externalId', 'email']) {
      expect(supergraphSdl).toMatch(new RegExp(`type User [^{]*join__type\\(graph: USERS, key: "${key}"\\)`));
    }
    const schema = buildSchema(publicSdl);
    expect(schema.getQueryType()?.getFields()).toMatchObject({ users: {}, orders: {}, projects: {} });
    expect(schema.getType('User')).toMatchObject({ name: 'User' });
  });

  test('leaves `Query.node` to the subgraph that defines it, because no other definition composes usefully', () => {
    const { supergraphSdl } = compose({ users, orders, projects });
    expect(supergraphSdl).toContain('node(id: ID!): Node @join__field(graph: PROJECTS)');
    expect(supergraphSdl).not.toMatch(/^ {2}nodes\(/m);
    // The alternatives fail: a plain `node` does not compose, and an inaccessible one hides that of the other subgraph.
    const withNode = (directives: string) =>
      parse(printSubgraph().replace(/^type Query \{/m, `type Query {\n  node(id: ID!): Node ${directives}`));
    expect(() => compose({ users: { ...users, typeDefs: withNode('') }, projects })).toThrow(/node/);
    const linked = print(withNode('@inaccessible @shareable')).replace('"@key"', '"@key", "@inaccessible"');
    const shared = parse(print(projects.typeDefs).replace('node(id: ID!): Node', 'node(id: ID!): Node @shareable'));
    const hidden = compose({
      users: { ...users, typeDefs: parse(linked) },
      projects: { ...projects, typeDefs: shared },
    });
    expect(hidden.publicSdl).not.toContain('node(id: ID!)');
  });

  test('has, without the fields tagged `server`, exactly the fields that signed-in users may use', () => {
    const [subgraph] = applyTagFilterOnSubgraphs([{ name: 'users', ...users }], {
      include: new Set(),
      exclude: new Set(['server']),
    });
    if (!subgraph) throw new Error('There is one.');
    const { errors, publicSdl } = composeServices([subgraph]);
    expect(errors).toBeUndefined();
    const contract = buildSchema(publicSdl ?? '');
    const types = Object.values(contract.getTypeMap()).filter((type) => isObjectType(type) && !/^__/.test(type.name));
    expect(types.length).toBeGreaterThan(30);
    const shown = types.flatMap((type) =>
      isObjectType(type) ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`) : [],
    );
    const isOpen = (name: string) => isOpenToPersons(...(name.split('.') as [string, string])); // always two parts
    expect(shown.filter((name) => !isOpen(name))).toEqual([]);
    // The filter removes no field that signed-in users may use.
    expect(shown).toEqual(
      expect.arrayContaining([
        'Query.user',
        'Mutation.updateUser',
        'User.events',
        'UpdateUserPayload.errors',
        'Organization.name',
        'UserUpdatedEvent.changes',
        'OrganizationMembership.roles',
      ]),
    );
    expect(shown).not.toContain('Organization.memberships');
    expect(Object.keys(contract.getMutationType()?.getFields() ?? {}).length).toBe(10);
    const input = contract.getType('UpdateUserInput');
    expect(input?.toConfig()).toMatchObject({ name: 'UpdateUserInput' });
    expect(publicSdl).toMatch(/input UpdateUserInput \{[^}]*firstName[^}]*\}/);
    expect(/input UpdateUserInput \{[^}]*\}/.exec(publicSdl ?? '')?.[0]).not.toMatch(
      /^ {2}(email|metadata|password):/m,
    );
    const composed = composeSchemaContract(
      [{ name: 'users', ...users }],
      { include: new Set(), exclude: new Set(['server']) },
      true,
    );
    expect(composed.errors).toBeUndefined();
  });

  test('has @requiresScopes only on fields that signed-in users may not use, and @authenticated on all', () => {
    const scopes = new Map<string, { closed: boolean; open: boolean; authenticated: boolean }>();
    visit(users.typeDefs, {
      ObjectTypeDefinition: (type) => {
        if (type.name.value !== 'Query' && type.name.value !== 'Mutation') return;
        for (const field of type.fields ?? []) {
          const names = field.directives?.map(({ name }) => name.value) ?? [];
          scopes.set(`${type.name.value}.${field.name.value}`, {
            open: isOpenToPersons(type.name.value, field.name.value),
            closed: names.includes('requiresScopes'),
            authenticated: names.includes('authenticated'),
          });
        }
      },
    });
    expect(scopes.size).toBeGreaterThan(40);
    for (const [name, { open, closed }] of scopes) expect([name, open && closed]).toEqual([name, false]);
    expect(scopes.get('Query.users')).toEqual({ open: false, closed: true, authenticated: true });
    expect(scopes.get('Query.user')).toEqual({ open: true, closed: false, authenticated: true });
  });
});

describe('_entities', () => {
  const ENTITIES = `query ($of: [_Any!]!) {
    _entities(representations: $of) {
      __typename
      ... on Node { id }
      ... on User { email }
    }
  }`;

  interface Resolvable {
    readonly representation: Record<string, unknown>;
    readonly answer: { readonly __typename: string; readonly id: string } | null;
  }

  /** Creates objects of each type in an environment. Returns a representation for each of their keys. */
  async function populate(client: Execute, name: string): Promise<Resolvable[]> {
    const known: Resolvable[] = [];
    const add = (__typename: string, id: string, keys: Record<string, unknown>, more: object = {}) => {
      for (const [key, value] of Object.entries({ id, ...keys })) {
        known.push({ representation: { __typename, [key]: value }, answer: { __typename, id, ...more } });
      }
    };
    for (let index = 0; index < 6; index++) {
      const email = `Person.${index}@${name}.example`;
      const externalId = `${name}-${index}`;
      const id = await makeUser(client, { email, externalId });
      add('User', id, { externalId, email: email.toUpperCase() }, { email });
      const organizationId = await makeOrganization(client, { name, externalId });
      add('Organization', organizationId, { externalId });
      add('OrganizationMembership', await makeMembership(client, id, organizationId), {});
      const applicationId = await makeApplication(client, { name });
      const { data } = await client('query ($id: ID!) { application(id: $id) { clientId } }', { id: applicationId });
      add('Application', applicationId, { clientId: data.application.clientId });
      add('AuthorizedApplication', await makeGrant(client, id, applicationId), {});
    }
    return known;
  }

  test('resolves 1,000 mixed representations of one environment in order with nine statements', async () => {
    const app = await testApp({ MAX_COST: '100000', RATE_LIMIT_POINTS: '0' });
    const client = await app.client('mine');
    const mine = await populate(client, 'mine');
    const foreign = await populate(await app.client('theirs'), 'theirs');
    const unknown = mine.map(({ representation }) => {
      const entries = Object.entries(representation);
      return Object.fromEntries(entries.map(([key, value]) => [key, key === '__typename' ? value : `${value}0`]));
    });
    const nobody = [...foreign.map(({ representation }) => representation), ...unknown];
    const one = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...mine) },
      { weight: 2, arbitrary: fc.constantFrom(...nobody).map((representation) => ({ representation, answer: null })) },
    );
    const statements = new Set<number>();
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1_000, maxLength: 1_000 }), async (drawn) => {
        app.statements.length = 0;
        const { data, errors } = await client(ENTITIES, { of: drawn.map(({ representation }) => representation) });
        statements.add(withoutAuthentication(app.statements).length);
        expect(errors).toBeUndefined();
        expect(data._entities).toEqual(drawn.map(({ answer }) => answer));
        expect(JSON.stringify(data)).not.toContain('theirs');
      }),
      { numRuns: runs(20, 200) },
    );
    // One statement for each kind of key: three of users, two each of organizations and applications, one each of the
    // other two types.
    expect([...statements]).toEqual([9]);
  });

  test('a malformed representation causes an error for this representation only', async () => {
    const { client } = await testApp();
    const execute = await client();
    await makeUser(execute, { email: 'ada@example.com', externalId: 'x1' });
    const query = `query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on User { email } }
    }`;
    const keys = [{ externalId: 'x1' }, { id: 5 }, {}, { externalId: null }];
    const users = keys.map((key) => ({ __typename: 'User', ...key }));
    // The first is no valid key, the second no known type, the third has no type and the fourth is no object.
    const strangers = [
      { __typename: 'Organization', name: 'mine' },
      { __typename: 'Nothing' },
      { id: 'user_1' },
      'text',
    ];
    const { data, errors } = await execute(query, { representations: [...users, ...strangers] });
    expect(data._entities).toEqual([{ email: 'ada@example.com' }, ...Array.from({ length: 7 }, () => null)]);
    // The errors come in no fixed order.
    const found = errors?.map(({ path, extensions }) => [path?.join(), extensions.code]);
    expect(found?.sort()).toEqual([1, 2, 4, 5, 6, 7].map((index) => [`_entities,${index}`, 'BAD_USER_INPUT']));
  });

  test('checks scopes for each representation, and returns only themselves to signed-in users', async () => {
    const app = await testApp();
    const client = await app.client();
    const of = await populate(client, 'mine');
    const reader = await app.client('test', ['organizations:read']);
    const { data, errors } = await reader(ENTITIES, { of: of.map(({ representation }) => representation) });
    const mayRead = (known: Resolvable) => known.answer?.__typename === 'Organization';
    expect(data._entities).toEqual(of.map((known) => (mayRead(known) ? known.answer : null)));
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(
      of.filter((known) => !mayRead(known)).map(() => 'FORBIDDEN'),
    );
    const environmentId = await allowSignIn(app);
    const input = { email: 'me@example.com', externalId: 'me' };
    const { userId, ask } = await signedIn(app, client, environmentId, input);
    const keys = [{ id: userId }, { externalId: 'me' }, { email: 'ME@example.com' }];
    const me = { __typename: 'User', id: userId, email: 'me@example.com' };
    const asked = await ask(ENTITIES, {
      of: [...keys.map((key) => ({ __typename: 'User', ...key })), ...of.map(({ representation }) => representation)],
    });
    expect(asked.data._entities).toEqual([me, me, me, ...of.map(() => null)]);
  });
});

describe('SUBGRAPH_WITHOUT', () => {
  test('removes directives from the SDL, which composes to the same schema; the server enforces them still', async () => {
    const names = [...OPTIONAL_DIRECTIVES];
    const app = await testApp({ SUBGRAPH_WITHOUT: names.join(), TYPE_PREFIX: 'Accounts' });
    const { data } = await (await app.client())('{ _service { sdl } }');
    const { sdl } = data._service;
    expect(sdl).toContain('import: ["@key", "@shareable"]');
    expect(sdl).toContain('type AccountsUser implements Node @key(fields: "id")');
    for (const name of names) expect(sdl).not.toContain(`@${name}`);
    // The composed schemas differ only in the removed directives.
    const all = compose({ users, orders, projects }).publicSdl;
    const less = { ...users, typeDefs: parse(printSubgraph(undefined, names)) };
    const directives = /\s@(authenticated|requiresScopes|cost|listSize|tag)(\((?:[^()"]|"[^"]*")*\))?/g;
    expect(print(parse(compose({ users: less, orders, projects }).publicSdl)).replace(directives, '')).toBe(
      print(parse(all)).replace(directives, ''),
    );

    const nobody = await execute(app.app, null, '{ users { totalCount } }');
    expect(nobody.errors?.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED']);
    const lacking = await (await app.client('test', ['users:write']))('{ users { totalCount } }');
    expect(lacking.errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
  });

  test.each(OPTIONAL_DIRECTIVES)('removes only @%s', (left) => {
    const sdl = printSubgraph(undefined, [left]);
    const used = ['key', 'shareable', ...OPTIONAL_DIRECTIVES].filter((name) => new RegExp(`@${name}\\b`).test(sdl));
    expect(used).toEqual(['key', 'shareable', ...OPTIONAL_DIRECTIVES].filter((name) => name !== left));
    expect(() => compose({ users: { ...users, typeDefs: parse(sdl) }, orders, projects })).not.toThrow();
  });
});
