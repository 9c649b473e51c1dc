import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLField, type GraphQLSchema, getNamedType, isObjectType } from 'graphql';
import type { Answered, Call, Caller, CorpusApp } from './corpus-app.js';
import { acceptedBy, change, leavesOf } from './corpus-changes.js';
import { changePerson, makePeople, makePerson, type Person, readPerson, requestOf } from './corpus-people.js';
import { Dice } from './dice.js';
import { Documents, type Operation } from './documents.js';
import { trialOf } from './fuzz.js';
import { Known } from './known.js';
import { drawValue, printValue, text } from './values.js';

/** A sequence of requests. Each request is drawn after the answer to the previous one. */
export type Calls<T = void> = Generator<Call, T, Answered>;

/** The sources that requests are drawn from. */
export interface World {
  readonly schema: GraphQLSchema;
  readonly dice: Dice;
  readonly environmentId: string;
  /** Values from earlier answers, separately for API keys and for the signed-in user. */
  readonly known: { readonly key: Known; readonly person: Known };
  /** The code in the newest mail. */
  readonly newestCode: () => string;
}

type Source = (world: World, person: Person) => Calls;

/** The number of requests by one signed-in user. The access token stays valid for that long. */
const REQUESTS_PER_PERSON = 100;
const PAGES = 3;
/** The maximum length of a request path. The fuzzer tests longer ones. */
const MAX_QUERY_LENGTH = 6_000;

/** The types come from the schema file, so this script does not depend on the code that defines them. */
const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'), {
  assumeValidSDL: true,
});

/** Draws this many requests. They depend only on the seed and on earlier answers. */
export function* calls(seed: number, count: number, app: CorpusApp): Calls {
  const known = { key: new Known(app.keyIds), person: new Known([]) };
  let person: Person | null = null;
  let asPerson = 0;
  let left = count;

  /** Yields requests until the count is reached. Returns null when it stopped early. */
  function* limited<T>(inner: Calls<T>): Calls<T | null> {
    let next = inner.next();
    while (!next.done) {
      if (left-- <= 0) return null;
      const { who } = next.value;
      const answered = yield next.value;
      known[who === 'person' ? 'person' : 'key'].learn(answered.body);
      // A session that has ended allows no more requests of interest.
      if (who === 'person') asPerson += answered.status === 401 ? REQUESTS_PER_PERSON : 1;
      next = inner.next(answered);
    }
    return next.value;
  }

  for (let index = 0; left > 0; index++) {
    const dice = new Dice(Math.imul(seed, 0x9e3779b1) + index);
    const world: World = { schema, dice, known, environmentId: app.environmentId, newestCode: () => app.newestCode };
    if (index === 0) yield* limited(makePeople(world));
    if (person === null || asPerson >= REQUESTS_PER_PERSON) {
      known.person = new Known([]);
      person = yield* limited(makePerson(world, index));
      asPerson = 0;
    }
    if (person) yield* limited(dice.weighted(SOURCES)(world, person));
  }
}

function callerOf(dice: Dice): Caller {
  return dice.weighted<Caller>([
    [60, 'full'],
    [13, 'few'],
    [20, 'person'],
    [7, 'nobody'],
  ]);
}

const knownTo = ({ known }: World, who: Caller) => known[who === 'person' ? 'person' : 'key'];

/** A request of the fuzzer: valid and invalid operations, hostile documents, bodies and headers, and other paths. */
function* fuzzed(world: World): Calls {
  const who = callerOf(world.dice);
  const { wire } = trialOf(world.dice, schema, knownTo(world, who), [`{${who}}`]);
  const { authorization, ...headers } = wire.headers;
  yield { who, wire: authorization === 'Bearer {nobody}' ? { ...wire, headers } : wire };
}

/** An operation without type errors. Some are sent twice, like retries of a client. */
function* valid(world: World): Calls {
  const { dice } = world;
  const who = callerOf(dice);
  const call = requestOf(who, new Documents(schema, dice, knownTo(world, who)).operation(0), acceptedBy(dice));
  yield call;
  if (dice.percent(10)) yield call;
}

function* mutation(world: World): Calls {
  const { dice } = world;
  const who = callerOf(dice);
  const documents = new Documents(schema, dice, knownTo(world, who));
  let operation: Operation;
  do operation = documents.operation(0);
  while (!operation.query.startsWith('mutation'));
  const call = requestOf(who, operation, acceptedBy(dice));
  yield call;
  if (dice.percent(20)) yield call;
}

/** Pages through a list: forward to the end or for a few pages, then backward. */
function* pages(world: World): Calls {
  const { dice, known } = world;
  const who = dice.percent(85) ? 'full' : 'few';
  const field = dice.pick(Object.values(schema.getQueryType()?.getFields() ?? {}).filter(isPaged));
  const given = field.args
    .filter(({ name }) => !PAGING.includes(name) && dice.percent(50))
    .map((arg) => `${arg.name}: ${printValue(drawValue(arg.type, arg.name, dice, known.key, 0))}`);
  const size = dice.between(1, 7);
  const nodes = `nodes { __typename ${nodeLeavesOf(field)} }`;
  let cursor: string | null = null;
  for (const direction of [...Array(PAGES).fill('forward'), ...Array(PAGES).fill('backward')]) {
    const page = direction === 'forward' ? [`first: ${size}`, 'after: $cursor'] : [`last: ${size}`, 'before: $cursor'];
    const query = `query ($cursor: String) { ${field.name}(${[...given, ...page].join(', ')}) {
      ${nodes} edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } }`;
    const { body }: Answered = yield requestOf(who, { query, variables: { cursor } }, acceptedBy(dice));
    const name: string = direction === 'forward' ? 'endCursor' : 'startCursor';
    const found: string | undefined = new RegExp(`"${name}":"([^"]+)"`).exec(body)?.[1];
    // A filtered list can be empty, and then there is no cursor for the next page.
    cursor = found ?? cursor;
    if (direction === 'forward' && found === undefined) return;
  }
}

const PAGING = ['first', 'after', 'last', 'before'];

function isPaged({ args }: GraphQLField<unknown, unknown>): boolean {
  return PAGING.every((name) => args.some((arg) => arg.name === name));
}

/** Returns the leaf fields of the nodes of a connection. */
function nodeLeavesOf(field: GraphQLField<unknown, unknown>): string {
  const connection = getNamedType(field.type);
  const nodes = isObjectType(connection) ? connection.getFields().nodes : undefined;
  return nodes ? leavesOf(getNamedType(nodes.type)) : '';
}

/** A search for users with the counts beside the list. */
function* search(world: World): Calls {
  const { dice, known } = world;
  const words = dice.pick([
    'ada',
    'lo',
    'lovelace ad',
    'grace h',
    '山',
    'zoe',
    'example.com',
    'cust',
    known.key.pick(dice, 'email'),
    text(dice),
  ]);
  const orderBy = dice.pick([
    '',
    ', orderBy: { field: EMAIL, direction: ASC }',
    ', orderBy: { field: UPDATED_AT, direction: DESC }',
  ]);
  const query = `query ($words: String) {
    users(search: $words, ${dice.pick(['first', 'last'])}: ${dice.between(1, 20)}${orderBy}) {
      nodes { id email name externalId } totalCount pageInfo { hasNextPage endCursor }
    }
    usersCount(search: $words, limit: ${dice.pick([1, 5, 10_000])}) { value isExact }
  }`;
  yield requestOf(dice.percent(80) ? 'full' : 'few', { query, variables: { words } }, acceptedBy(dice));
}

/** Keys of entities as the `@key` directives of the schema declare them. */
const ENTITY_KEYS: readonly (readonly [type: string, key: string, kind: string])[] = [
  ['Application', 'id', 'conn_app'],
  ['Application', 'clientId', 'client'],
  ['AuthorizedApplication', 'id', 'authorized_connect_app'],
  ['Environment', 'id', 'env'],
  ['Organization', 'id', 'org'],
  ['Organization', 'externalId', 'externalId'],
  ['OrganizationMembership', 'id', 'om'],
  ['User', 'id', 'user'],
  ['User', 'externalId', 'externalId'],
  ['User', 'email', 'email'],
];

/** Entity representations as a federation router sends them. */
function* entities(world: World): Calls {
  const { dice } = world;
  const who = callerOf(dice);
  const representations = Array.from({ length: dice.between(1, 12) }, () => {
    const [type, key, kind] = dice.pick(ENTITY_KEYS);
    return { __typename: type, [key]: knownTo(world, who).pick(dice, kind) };
  });
  const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename
    ... on User { id email name metadata } ... on Application { id clientId name } ... on Organization { id name externalId }
    ... on OrganizationMembership { id roles status } ... on AuthorizedApplication { id grantedScopes }
    ... on Environment { id name kind } } }`;
  yield requestOf(who, { query, variables: { representations } }, acceptedBy(dice));
}

/** An operation in the query string. The server answers queries and refuses mutations. */
function* inQueryString(world: World): Calls {
  const { dice } = world;
  const who = callerOf(dice);
  const { query, variables } = new Documents(schema, dice, knownTo(world, who)).operation(0);
  // An unpaired surrogate cannot be percent-encoded.
  const spell = (part: string) => encodeURIComponent(Buffer.from(part).toString());
  const path = `/graphql?query=${spell(query)}&variables=${spell(JSON.stringify(variables))}`;
  const { wire } = requestOf(who, { query, variables }, acceptedBy(dice));
  const { 'content-type': _, ...headers } = wire.headers;
  if (path.length <= MAX_QUERY_LENGTH) yield { who, wire: { method: 'GET', path, headers, body: null } };
}

/** A request to another endpoint of the server, or from a browser page of another origin. */
function* otherEndpoint({ dice, environmentId }: World): Calls {
  const path = dice.pick([
    '/livez',
    '/readyz',
    '/graphql',
    '/graphql',
    '/nothing',
    '/.well-known/jwks.json',
    `/.well-known/jwks.json?environment=${environmentId}`,
    '/.well-known/jwks.json?environment=env_nothing',
  ]);
  const headers = dice.pick<Record<string, string>>([
    {},
    { accept: 'text/html' },
    { origin: 'https://app.example' },
    { origin: 'https://app.example', 'access-control-request-method': 'POST' },
    { origin: 'https://evil.example' },
  ]);
  const method = dice.pick(['GET', 'GET', 'HEAD', 'OPTIONS', 'DELETE']);
  yield { who: 'nobody', wire: { method, path, headers, body: null } };
}

const SOURCES: readonly (readonly [weight: number, source: Source])[] = [
  [42, fuzzed],
  [10, valid],
  [8, mutation],
  [14, change],
  [3, pages],
  [4, search],
  [4, entities],
  [5, inQueryString],
  [3, otherEndpoint],
  [10, readPerson],
  [3, changePerson],
];
