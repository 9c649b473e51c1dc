import { applyTagFilterOnSubgraphs, composeSchemaContract, composeServices } from '@theguild/federation-composition';
import * as fc from 'fast-check';
import { buildSchema, isObjectType, parse, print, visit } from 'graphql';
import { describe, expect, test } from 'vitest';
import { isOpenToPersons } from '../src/auth/person-access.js';
import { OPTIONAL_DIRECTIVES } from '../src/graphql/federation/directives.js';
import { createSchema, printSubgraph } from '../src/graphql/schema.js';
import { makeApplication, makeGrant, makeMembership, makeOrganization, makeUser } from './support/make.js';
import { allowSignIn, signedIn } from './support/sign-in.js';
import { compose, sdlOf } from './support/supergraph.js';
import { type Execute, execute, type TestApp, testApp } from './support/test-app.js';

const users = { url: 'http://localhost:4000/graphql', typeDefs: parse(printSubgraph()) };
const orders = { url: 'http://localhost:4001/graphql', typeDefs: sdlOf('orders') };
const projects = { url: 'http://localhost:4002/graphql', typeDefs: sdlOf('projects') };

describe('the subgraph', () => {
  test('is what _service answers, and composes with two that know nothing of it', async () => {
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

  test("leaves node to those who have one: ours would be asked for others' ids, and hidden it would hide theirs", () => {
    const { supergraphSdl } = compose({ users, orders, projects });
    expect(supergraphSdl).toContain('node(id: ID!): Node @join__field(graph: PROJECTS)');
    expect(supergraphSdl).not.toMatch(/^ {2}nodes\(/m);
    // The two other ways, which are none: the field as it is, and the field made inaccessible.
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

  test('without what is tagged server it is the graph that persons can use, field by field', () => {
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
    const isOpen = (name: string) => isOpenToPersons(...(name.split('.') as [string, string])); // of that form above
    expect(shown.filter((name) => !isOpen(name))).toEqual([]);
    // And nothing they can reach is missing.
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

  test('asks a router for scopes only where persons may not go, and for a token everywhere', () => {
    const scopes = new Map<string, { closed: boolean; open: boolean; asks: boolean }>();
    visit(users.typeDefs, {
      ObjectTypeDefinition: (type) => {
        if (type.name.value !== 'Query' && type.name.value !== 'Mutation') return;
        for (const field of type.fields ?? []) {
          const names = field.directives?.map(({ name }) => name.value) ?? [];
          scopes.set(`${type.name.value}.${field.name.value}`, {
            open: isOpenToPersons(type.name.value, field.name.value),
            closed: names.includes('requiresScopes'),
            asks: names.includes('authenticated'),
          });
        }
      },
    });
    expect(scopes.size).toBeGreaterThan(40);
    for (const [name, { open, closed }] of scopes) expect([name, open && closed]).toEqual([name, false]);
    expect(scopes.get('Query.users')).toEqual({ open: false, closed: true, asks: true });
    expect(scopes.get('Query.user')).toEqual({ open: true, closed: false, asks: true });
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

  interface Known {
    readonly representation: Record<string, unknown>;
    readonly answer: { readonly __typename: string; readonly id: string } | null;
  }

  /** One of each type in an environment, by each of its keys. */
  async function population(client: Execute, name: string): Promise<Known[]> {
    const known: Known[] = [];
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

  test('a thousand of mixed keys, doubled, unknown and of another environment: in order, nine statements, nothing foreign', async () => {
    const app = await testApp({ MAX_COST: '100000', RATE_LIMIT_POINTS: '0' });
    const client = await app.client('mine');
    const mine = await population(client, 'mine');
    const foreign = await population(await app.client('theirs'), 'theirs');
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
        statements.add(app.statements.length);
        expect(errors).toBeUndefined();
        expect(data._entities).toEqual(drawn.map(({ answer }) => answer));
        expect(JSON.stringify(data)).not.toContain('theirs');
      }),
      { numRuns: 20 },
    );
    // Who asks, and one for each kind of key: three of users, two of organizations and applications, one of the rest.
    expect([...statements]).toEqual([10]);
  });

  test('a representation that is malformed is an error of that one only', async () => {
    const { client } = await testApp();
    const execute = await client();
    await makeUser(execute, { email: 'ada@example.com', externalId: 'x1' });
    const query = `query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on User { email } }
    }`;
    const keys = [{ externalId: 'x1' }, { id: 5 }, {}, { externalId: null }];
    const users = keys.map((key) => ({ __typename: 'User', ...key }));
    // No entity, no type, no object.
    const strangers = [
      { __typename: 'Organization', name: 'mine' },
      { __typename: 'Nothing' },
      { id: 'user_1' },
      'text',
    ];
    const { data, errors } = await execute(query, { representations: [...users, ...strangers] });
    expect(data._entities).toEqual([{ email: 'ada@example.com' }, ...Array.from({ length: 7 }, () => null)]);
    // In the order in which they were found.
    const found = errors?.map(({ path, extensions }) => [path?.join(), extensions.code]);
    expect(found?.sort()).toEqual([1, 2, 4, 5, 6, 7].map((index) => [`_entities,${index}`, 'BAD_USER_INPUT']));
  });

  test('scopes hold for each representation, and persons find themselves alone', async () => {
    const app = await testApp();
    const client = await app.client();
    const of = await population(client, 'mine');
    const reader = await app.client('test', ['organizations:read']);
    const { data, errors } = await reader(ENTITIES, { of: of.map(({ representation }) => representation) });
    const mayRead = (known: Known) => known.answer?.__typename === 'Organization';
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
  test('leaves directives out of the text: it composes to the same graph, and what they say is enforced', async () => {
    const names = [...OPTIONAL_DIRECTIVES];
    const app = await testApp({ SUBGRAPH_WITHOUT: names.join(), TYPE_PREFIX: 'Accounts' });
    const { data } = await (await app.client())('{ _service { sdl } }');
    const { sdl } = data._service;
    expect(sdl).toContain('import: ["@key", "@shareable"]');
    expect(sdl).toContain('type AccountsUser implements Node @key(fields: "id")');
    for (const name of names) expect(sdl).not.toContain(`@${name}`);
    // What a composer makes of it differs in nothing but what was left out.
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

  test.each(OPTIONAL_DIRECTIVES)('leaves out %s alone, and no other', (left) => {
    const sdl = printSubgraph(undefined, [left]);
    const used = ['key', 'shareable', ...OPTIONAL_DIRECTIVES].filter((name) => new RegExp(`@${name}\\b`).test(sdl));
    expect(used).toEqual(['key', 'shareable', ...OPTIONAL_DIRECTIVES].filter((name) => name !== left));
    expect(() => compose({ users: { ...users, typeDefs: parse(sdl) }, orders, projects })).not.toThrow();
  });
});

describe('TYPE_PREFIX and FIELD_PREFIX', () => {
  const PREFIXES = { TYPE_PREFIX: 'Accounts', FIELD_PREFIX: 'accounts' };
  const calendar = {
    url: 'http://localhost:4003/graphql',
    typeDefs: parse(`
      extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
      type Query { events: [Event!]! user(id: ID!): User node(id: ID!): Node }
      type Mutation { createUser(name: String!): User }
      interface Node { id: ID! }
      type Event implements Node @key(fields: "id") { id: ID! title: String! host: AccountsUser! }
      type User { name: String! }
      type Application { name: Int! }
      union Count = Event | User
      type AccountsUser @key(fields: "email", resolvable: false) { email: String! }
    `),
  };

  test('let it compose with a subgraph that has events, users and applications of its own', () => {
    expect(() => compose({ users, calendar })).toThrow();
    const typeDefs = parse(printSubgraph({ type: 'Accounts', field: 'accounts' }));
    const { publicSdl } = compose({ users: { ...users, typeDefs }, calendar });
    const schema = buildSchema(publicSdl);
    expect(Object.keys(schema.getQueryType()?.getFields() ?? {})).toEqual(
      expect.arrayContaining(['events', 'user', 'node', 'accountsEvents', 'accountsUser', 'accountsViewer']),
    );
    expect(String(schema.getQueryType()?.getFields().accountsUser?.type)).toBe('AccountsUser');
  });

  test('rename what is executed too: unions, interfaces, entities, ids, and what persons may do', async () => {
    const app = await testApp(PREFIXES);
    const client = await app.client();
    const created = await client(`mutation {
      accountsCreateUser(input: { email: "ada@example.com" }) { user { __typename id } errors { __typename } }
    }`);
    expect(created.errors).toBeUndefined();
    const { user } = created.data.accountsCreateUser;
    expect(user.__typename).toBe('AccountsUser');
    const { data, errors } = await client(
      `query ($id: ID!, $of: [_Any!]!) {
        node(id: $id) { __typename ... on AccountsUser { email } }
        accountsEvents(first: 1, filter: { types: [USER_CREATED] }) { nodes { __typename ... on AccountsUserCreatedEvent { name } } }
        _entities(representations: $of) { __typename ... on AccountsUser { id } }
        _service { sdl }
      }`,
      {
        id: user.id,
        of: [
          { __typename: 'AccountsUser', id: user.id },
          { __typename: 'User', id: user.id },
        ],
      },
    );
    expect(errors?.map(({ path, extensions }) => [path, extensions.code])).toEqual([
      [['_entities', 1], 'BAD_USER_INPUT'],
    ]);
    expect(data).toMatchObject({
      node: { __typename: 'AccountsUser', email: 'ada@example.com' },
      accountsEvents: { nodes: [{ __typename: 'AccountsUserCreatedEvent', name: 'user.created' }] },
      _entities: [{ __typename: 'AccountsUser', id: user.id }, null],
    });
    expect(data._service.sdl).toBe(printSubgraph({ type: 'Accounts', field: 'accounts' }));
    const taken = await client(`mutation {
      accountsCreateUser(input: { email: "ada@example.com" }) { errors { __typename ... on AccountsMutationError { code } } }
    }`);
    expect(taken.data.accountsCreateUser.errors).toEqual([
      { __typename: 'AccountsEmailNotAvailableError', code: 'EMAIL_NOT_AVAILABLE' },
    ]);
    await expectPersonsConfined(app, client);
  });

  async function expectPersonsConfined(app: TestApp, client: Execute): Promise<void> {
    const environmentId = await allowSignIn(app);
    await client(`mutation ($input: AccountsCreateUserInput!) { accountsCreateUser(input: $input) { user { id } } }`, {
      input: { email: 'me@example.com', password: 'Zq7!vbN-4471-hxp' },
    });
    const signIn = await execute(
      app.app,
      null,
      `mutation ($input: AccountsAuthenticateWithPasswordInput!) {
        accountsAuthenticateWithPassword(input: $input) { tokens { accessToken } }
      }`,
      { input: { environmentId, email: 'me@example.com', password: 'Zq7!vbN-4471-hxp' } },
    );
    const { accessToken } = signIn.data.accountsAuthenticateWithPassword.tokens;
    const asked = await execute(
      app.app,
      accessToken,
      `{
        accountsViewer { user { email } }
        accountsUserByEmail(email: "ada@example.com") { email }
        own: accountsUserByEmail(email: "me@example.com") { email }
      }`,
    );
    expect(asked).toMatchObject({
      data: {
        accountsViewer: { user: { email: 'me@example.com' } },
        accountsUserByEmail: null,
        own: { email: 'me@example.com' },
      },
    });
    const refused = await execute(app.app, accessToken, '{ accountsUsers { totalCount } }');
    expect(refused.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  }

  test('without them nothing is renamed', () => {
    expect(createSchema({ type: '', field: '' })).toBe(createSchema());
  });
});
