import { buildSchema, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createSchema, printSubgraph } from '../../src/graphql/schema.js';
import { users } from '../support/federation/neighbors.js';
import { compose } from '../support/processes/supergraph.js';
import { allowSignIn } from '../support/sign-in.js';
import { type Execute, execute, type TestApp, testApp } from '../support/test-app.js';

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

  test('allow composition with a subgraph that has its own events, users and applications', () => {
    expect(() => compose({ users, calendar })).toThrow();
    const typeDefs = parse(printSubgraph({ type: 'Accounts', field: 'accounts' }));
    const { publicSdl } = compose({ users: { ...users, typeDefs }, calendar });
    const schema = buildSchema(publicSdl);
    expect(Object.keys(schema.getQueryType()?.getFields() ?? {})).toEqual(
      expect.arrayContaining(['events', 'user', 'node', 'accountsEvents', 'accountsUser', 'accountsViewer']),
    );
    expect(String(schema.getQueryType()?.getFields().accountsUser?.type)).toBe('AccountsUser');
  });

  test('rename unions, interfaces, entities, global IDs and access rules in execution too', async () => {
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

  test('rename nothing when they are empty', () => {
    expect(createSchema({ type: '', field: '' })).toBe(createSchema());
  });
});
