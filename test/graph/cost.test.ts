import {
  buildSchema,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  getVariableValues,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  parse,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { weightOf } from '../../src/graphql/bounds/cost.js';
import { measure } from '../../src/graphql/bounds/measure.js';
import { createSchema } from '../../src/graphql/schema.js';
import { Dice } from '../fuzz/dice.js';
import { Documents } from '../fuzz/documents.js';
import { Known } from '../fuzz/known.js';
import { refusalOf } from '../support/graph/bounds.js';
import { makeApplication, makeGrant, makeUser } from '../support/make.js';
import { testApp, WITHOUT_BOUNDS } from '../support/test-app.js';

describe('the cost of an operation', () => {
  const users = (first: number, selection: string) => `{ users(first: ${first}) { nodes { ${selection} } } }`;

  test('is accepted at the limit, and refused with `cost` and `limit` one point past it', async () => {
    // One point for `users` and one for each node.
    const app = await testApp({ MAX_COST: '101' });
    expect((await refusalOf(app, users(100, 'id'))).code).toBeUndefined();
    const less = await testApp({ MAX_COST: '100' });
    expect(await refusalOf(less, users(100, 'id'))).toMatchObject({
      ...{ status: 400, ran: false, code: 'COST_LIMIT_EXCEEDED', cost: 101, limit: 100 },
    });
  });

  test('multiplies the sizes of nested lists, including sizes from variables and defaults', async () => {
    const app = await testApp({ MAX_COST: '100', RATE_LIMIT_POINTS: '0' });
    const grants = 'authorizedApplications(first: 50) { nodes { application { name } } }';
    // 1 + 10 × (1 + 1 + 50 × (1 + 1))
    expect(await refusalOf(app, users(10, grants))).toMatchObject({ cost: 1_021 });
    const variable = 'query ($n: Int = 100) { users(first: $n) { nodes { id } } }';
    expect(await refusalOf(app, variable)).toMatchObject({ cost: 101 });
    expect((await refusalOf(app, variable, { n: 99 })).code).toBeUndefined();
    // Without a page size the default counts. `totalCount` costs extra.
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

  test('counts each requested entity, from literals and from variables', async () => {
    const app = await testApp({ MAX_COST: '1000', RATE_LIMIT_POINTS: '0' });
    const one = { __typename: 'User', id: 'user_01E4ZCR3C56J083X43JQXF3JK5' };
    const selection = '{ ... on User { events(first: 8) { nodes { id } } } }';
    const query = `query ($all: [_Any!]!) { _entities(representations: $all) ${selection} }`;
    // Each entity costs 1 for itself, 1 for its events and 1 for each of the 8 events.
    expect((await refusalOf(app, query, { all: Array(100).fill(one) })).code).toBeUndefined();
    const refused = { status: 400, ran: false, code: 'COST_LIMIT_EXCEEDED', cost: 1_010, limit: 1_000 };
    expect(await refusalOf(app, query, { all: Array(101).fill(one) })).toMatchObject(refused);
    const literal = `[${`{ __typename: "User", id: "${one.id}" } `.repeat(101)}]`;
    expect(await refusalOf(app, `{ _entities(representations: ${literal}) ${selection} }`)).toMatchObject(refused);
  });

  test('charges a bulk mutation for the objects of its answer before it creates users', async () => {
    const app = await testApp({ MAX_COST: '1000' });
    const query = `mutation ($users: [CreateUserInput!]!) { createUsers(input: { users: $users }) {
      results { user { events(first: 9) { nodes { id } } } } } }`;
    const refused = await refusalOf(app, query, { users: [{ email: 'ada@example.com' }] });
    // 100 and 10 points for the mutation, and for each of a hundred rows the result, the user, the list and 9 events.
    expect(refused).toMatchObject({ ran: false, code: 'COST_LIMIT_EXCEEDED', cost: 110 + 100 * 12 });
    expect((await (await app.client())('{ users { totalCount } }')).data.users.totalCount).toBe(0);
  });

  test('every list of objects that contain objects has a size', () => {
    const schema = createSchema();
    const unsized: string[] = [];
    const composites = Object.values(schema.getTypeMap()).filter(
      (type) => (isObjectType(type) || isInterfaceType(type)) && !type.name.startsWith('__'),
    ) as (GraphQLObjectType | GraphQLInterfaceType)[];
    for (const type of composites) {
      for (const field of Object.values(type.getFields())) {
        const { isList, listSize } = weightOf(field);
        // A mutation returns at most one error that contains an object: the version conflict.
        if (field.name === 'errors') continue;
        const isSized = listSize !== null || (type.name.endsWith('Connection') && /^(edges|nodes)$/.test(field.name));
        if (isList && !isSized && containsObjects(schema, field)) unsized.push(`${type.name}.${field.name}`);
      }
    }
    expect(unsized).toEqual([]);
  });

  /** Whether the objects that the field returns contain objects themselves. */
  function containsObjects(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>): boolean {
    const type = getNamedType(field.type);
    if (!isCompositeType(type)) return false;
    const possible = isObjectType(type) ? [type] : schema.getPossibleTypes(type);
    return possible.some((one) =>
      Object.values(one.getFields()).some((inner) => isCompositeType(getNamedType(inner.type))),
    );
  }

  test('a cached document is measured again when a variable sets its sizes', async () => {
    const app = await testApp({ MAX_COST: '100' });
    const query = 'query ($n: Int, $id: ID!) { users(first: $n) { nodes { id } } user(id: $id) { id } }';
    const cost = async (n: number) => (await refusalOf(app, query, { n, id: 'user_x' })).cost;
    expect([await cost(98), await cost(99), await cost(100), await cost(1)]).toEqual([undefined, 101, 102, undefined]);
  });

  test('charges fields that a directive skips, and ignores negative page sizes', async () => {
    const app = await testApp({ MAX_COST: '100' });
    expect(await refusalOf(app, `{ users(first: 100) @skip(if: true) { nodes { id } } }`)).toMatchObject({ cost: 101 });
    expect(
      await refusalOf(app, `{ a: users(first: -500) { nodes { id } } b: users(first: 100) { nodes { id } } }`),
    ).toMatchObject({
      cost: 102,
    });
  });

  test("agrees with the example of GitHub's documentation for counting nodes", () => {
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

  /** Charges only nodes, and takes the size of each list from `first`, as the example does. */
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

describe('the cost of rows that may be examined', () => {
  const CONTAINS = 'filter: { email: { contains: "zzz" } }';

  test('is charged: twenty filtered counts exceed the limit of an operation', async () => {
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
  ])('is refunded for rows that were not examined: %s', async (query, requested, charged) => {
    const { client } = await testApp();
    const execute = await client();
    await makeUser(execute, { email: 'ada@example.com' });
    const before = (await execute('{ viewer { rateLimit { remaining } } }')).data.viewer.rateLimit.remaining;
    expect(await execute(query)).toMatchObject({ extensions: { cost: { requested, charged } } });
    const after = (await execute('{ viewer { rateLimit { remaining } } }')).data.viewer.rateLimit.remaining;
    // Reading the rate limit costs two points.
    expect(before - after).toBe(charged + 2);
  });
});

/** Short lists of leaves cost as much as one object. Metadata is a leaf whose value looks like an object. */
const COUNTED_ONCE = /\b(changes|redirectUris|errors|metadata)\b/;
const OPERATIONS = 1_000;

test('the answer to an operation never has more objects than its cost', async () => {
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
    if (query.startsWith('mutation') || COUNTED_ONCE.test(query)) continue;
    const { data } = await ask(query, variables);
    if (!data) continue;
    const objects = objectsIn(data) - 1;
    expect({ query, variables, objects, cost: costOf(schema, query, variables) }).toSatisfy(
      (one) => one.objects <= one.cost,
    );
    most = Math.max(most, objects);
  }
  // Some answers contain data.
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
