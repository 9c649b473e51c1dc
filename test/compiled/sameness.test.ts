import { isDeepStrictEqual } from 'node:util';
import { MapperKind, mapSchema } from '@graphql-tools/utils';
import { type GraphQLSchema, getNamedType, isLeafType } from 'graphql';
import { expect, test } from 'vitest';
import { exposedBy, isConnectionType, readOf } from '../../src/graphql/builder/reads.js';
import { createSchema } from '../../src/graphql/schema.js';
import { USERS } from '../../src/users/user.table.js';
import { Dice } from '../fuzz/dice.js';
import { Documents, type Operation } from '../fuzz/documents.js';
import { Known } from '../fuzz/known.js';
import { makeApplication, makeGrant, makeMembership, makeOrganization, makeUser } from '../support/make.js';
import { isOnPostgres } from '../support/postgres/database.js';
import { runs } from '../support/runs.js';
import { allowSignIn, signedIn } from '../support/sign-in.js';
import { type Execute, type TestApp, testApp } from '../support/test-app.js';
import { type Received, type Roads, roadsOf } from './roads.js';

const TEXTS = ['Ada', 'O"Hara', 'back\\slash', 'tab\there', 'naïve', '😀 grin', '\u2028', '日本', '', 'x'.repeat(200)];

/** Users with all sorts of texts and missing values, with grants and memberships, some of them none. */
async function populate(execute: Execute): Promise<void> {
  const applications = await Promise.all(
    ['One', 'Two "2"'].map((name) => makeApplication(execute, { name, description: name })),
  );
  const organization = await makeOrganization(execute, { name: 'Org\\1', externalId: 'org-1' });
  for (const [index, text] of TEXTS.entries()) {
    const given = index % 2 === 0 ? { firstName: text, metadata: { key: text, 'k"2': 'v' } } : { name: text };
    const user = await makeUser(execute, { email: `user.${index}@example.com`, externalId: `ext-${index}`, ...given });
    for (const application of applications.slice(index % 3)) await makeGrant(execute, user, application);
    if (index % 4 > 0) await makeMembership(execute, user, organization);
  }
}

interface World {
  readonly app: TestApp;
  readonly roads: Roads;
  readonly authorizations: readonly (readonly [weight: number, authorization: string])[];
  readonly known: Known;
}

async function world(): Promise<World> {
  const app = await testApp({ RATE_LIMIT_POINTS: '100000000', MAX_COST: '20000' });
  const execute = await app.client();
  await populate(execute);
  const person = await signedIn(app, execute, await allowSignIn(app), { email: 'person@example.com', name: 'P' });
  const secrets = {
    full: await app.key(),
    few: await app.key('test', ['users:read']),
    other: await app.key('other'),
  };
  const known = new Known([]);
  const everything =
    '{ users(first: 50) { edges { cursor } nodes { id email externalId authorizedApplications { nodes { id } edges { cursor } } organizationMemberships { nodes { id } } } } organizations { nodes { id } edges { cursor } } applications { nodes { id } } }';
  known.learn(JSON.stringify(await execute(everything)));
  return {
    app,
    roads: await roadsOf(app),
    authorizations: [
      [70, `Bearer ${secrets.full}`],
      [10, `Bearer ${secrets.few}`],
      [8, `Bearer ${secrets.other}`],
      [8, `Bearer ${person.tokens.accessToken}`],
      [4, 'Bearer sk_test_unknown'],
    ],
    known,
  };
}

/** The schema without the fields that compiled reads do not cover, so that most operations can be compiled. */
function coveredPart(schema: GraphQLSchema): GraphQLSchema {
  const PAGES = [
    'edges',
    'nodes',
    'pageInfo',
    'cursor',
    'node',
    'hasNextPage',
    'hasPreviousPage',
    'startCursor',
    'endCursor',
  ];
  return mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (_, name, typeName) => {
      const type = schema.getType(typeName);
      const field = type && 'getFields' in type ? type.getFields()[name] : undefined;
      if (!field || !('resolve' in field)) return null;
      if (typeName === 'Mutation' || typeName === 'Subscription') return undefined;
      const isPart = typeName === 'PageInfo' || typeName.endsWith('Edge') || isConnectionType(type as never);
      if (isPart) return PAGES.includes(name) ? undefined : null;
      const isValue = exposedBy(field as never) !== null && isLeafType(getNamedType(field.type));
      return isValue || readOf(field as never) !== null ? undefined : null;
    },
  });
}

/** Draws queries; three of four from what compiled reads cover. */
function* queries(seed: number, count: number, known: Known): Generator<{ dice: Dice; operation: Operation }> {
  const dice = new Dice(seed);
  const schema = createSchema();
  const covered = new Documents(coveredPart(schema), dice, known);
  const all = new Documents(schema, dice, known);
  for (let drawn = 0; drawn < count; ) {
    const operation = (dice.percent(75) ? covered : all).operation(2);
    // The rest of a budget differs from one request to the next.
    if (/^mutation|rateLimit/.test(operation.query)) continue;
    drawn++;
    yield { dice, operation };
  }
}

/**
 * Whether errors have left no data. Which of them are told depends on the order in which fields end (GraphQL, section
 * 6.4.4), and on PostgreSQL that order is of the network.
 */
function isNullOfErrors({ body }: Pick<Received, 'body'>): boolean {
  return isOnPostgres() && Buffer.from(body, 'base64').toString().includes('"data":null');
}

function differencesOf({ compiled, resolved }: { compiled: Received; resolved: Received }): unknown[] {
  const { isCompiled, remaining, ...one } = compiled;
  const { isCompiled: _, remaining: before, ...other } = resolved;
  if (!isDeepStrictEqual(one, other)) return isNullOfErrors(one) && isNullOfErrors(other) ? [] : [other, one];
  const charged = /"charged":(\d+)/.exec(Buffer.from(one.body, 'base64').toString())?.[1];
  const paid = before === null || remaining === null ? null : before - remaining;
  // Points are whole, and time gives back parts of one.
  const isPaid = paid === null || charged === undefined || Math.abs(paid - Number(charged)) <= 1;
  return isPaid || !isCompiled ? [] : [before, remaining, charged];
}

/** Sends generated queries on both roads. Returns the differences, and how many queries were compiled. */
async function compare(w: World, seed: number, count: number) {
  const differences: unknown[] = [];
  let compiled = 0;
  for (const { dice, operation } of queries(seed, count, w.known)) {
    const authorization = dice.weighted(w.authorizations);
    const headers = { authorization, ...(dice.percent(20) ? { 'accept-encoding': 'gzip, br' } : {}) };
    const accept = dice.percent(20) ? { accept: 'application/graphql-response+json, application/json;q=0.9' } : {};
    const answers = await w.roads.both(operation, { ...headers, ...accept });
    if (answers.compiled.isCompiled) compiled++;
    const found = differencesOf(answers);
    if (found.length > 0) differences.push({ operation, found });
  }
  return { differences, compiled };
}

test('a compiled read and its resolvers send the same bytes', async () => {
  const w = await world();
  const seed = Math.floor(Math.random() * 2 ** 32);
  const count = runs(1_500, 8_000);
  const { differences, compiled } = await compare(w, seed, count);
  console.log(`compiled reads: ${compiled} of ${count} queries, seed ${seed}`);
  expect(differences.slice(0, 3)).toEqual([]);
  expect(compiled).toBeGreaterThan(count / 8);
}, 600_000);

test('control: a column under the wrong name is a difference', async () => {
  const { columns } = USERS;
  const { firstName } = columns;
  Object.assign(columns, { firstName: columns.lastName });
  try {
    expect((await compare(await world(), 1, 300)).differences).not.toEqual([]);
  } finally {
    Object.assign(columns, { firstName });
  }
});
