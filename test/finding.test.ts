import BetterSqlite3 from 'better-sqlite3';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  MAX_FILTER_CONDITIONS,
  MAX_FILTER_DEPTH,
  MAX_FILTER_TEXT_LENGTH,
  MAX_FILTER_VALUES,
} from '../src/users/user-filter.js';
import { MAX_COUNT } from '../src/users/user-query.js';
import { MAX_SEARCH_LENGTH, MAX_SEARCH_WORDS, wordsOf } from '../src/users/user-search.js';
import { makeMembership, makeOrganization, makeUser } from './support/make.js';
import { type Execute, testApp } from './support/test-app.js';

interface Person {
  readonly id: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly name: string | null;
  readonly externalId: string | null;
  readonly metadata: Record<string, string>;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly lastSignInAt: string | null;
  readonly organizationIds: readonly string[];
}

const FIELDS = 'id email emailVerified firstName lastName name externalId metadata createdAt updatedAt lastSignInAt';
const LIST = `query ($filter: UserFilter, $search: String, $orderBy: UserOrder, $first: Int, $after: String, $last: Int, $before: String) {
  users(filter: $filter, search: $search, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    nodes { ${FIELDS} } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;
const TOTAL = 'query ($filter: UserFilter, $search: String) { users(filter: $filter, search: $search) { totalCount } }';
const COUNT = `query ($filter: UserFilter, $search: String, $limit: Int) {
  usersCount(filter: $filter, search: $search, limit: $limit) { value isExact }
}`;

// Equal names, names that differ in case or in how an accent is written, signs beyond the BMP, and none at all.
const NAMES = ['Ada', 'ADA', 'Zoë', 'Zoe\u0301', 'zoe', 'Łukasz', '\u{1F600} Bob', '\uffee', 'bob', '', null, null];
const WORDS = ['ad', 'ADA', 'zoe', 'Zoë', 'lukasz', 'bob', 'example', 'b', 'ext', 'x', 'zzz', 'ad zo', 'ｂob'];
const PLANS = ['free', 'Free', 'pro', 'a\u0000b'];

interface World {
  readonly execute: Execute;
  readonly people: readonly Person[];
  readonly organizations: readonly string[];
}

async function makePeople(): Promise<World> {
  const { client, clock, folder } = await testApp({ RATE_LIMIT_POINTS: '0' });
  const execute = await client();
  const organizations = [
    await makeOrganization(execute, { name: 'A' }),
    await makeOrganization(execute, { name: 'B' }),
  ];
  const ids: string[] = [];
  const members = new Map<string, string[]>();
  const pick = (index: number) => NAMES[index % NAMES.length] ?? null;
  for (let index = 0; index < 40; index++) {
    if (index % 3 === 0) clock.advance(1);
    const id = await makeUser(execute, {
      email: `${['Ann', 'bob', 'ZED'][index % 3]}.${(index * 7) % 40}@${['Example.com', 'x.org'][index % 2]}`,
      emailVerified: index % 4 === 0,
      firstName: pick(index),
      lastName: pick(index * 5 + 1),
      name: pick(index * 3 + 2),
      externalId: index % 2 === 0 ? `Ext-${index}` : null,
      metadata: index % 3 === 0 ? {} : { plan: PLANS[index % PLANS.length] ?? '', [`k${index % 2}`]: 'v' },
    });
    ids.push(id);
    const mine = organizations.filter((_, number) => index % (number + 2) === 0);
    for (const organization of mine) await makeMembership(execute, id, organization);
    members.set(id, mine);
  }
  clock.advance(5);
  for (const id of ids.filter((_, index) => index % 6 === 0)) {
    clock.advance(1);
    await execute('mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { id } } }', {
      input: { id, locale: 'de' },
    });
  }
  // Nobody can sign in yet.
  const sqlite = new BetterSqlite3(`${folder}/test.db`);
  const signIn = sqlite.prepare('update users set last_sign_in_at = ?, last_sign_in_order = ? where id = ?');
  for (const [index, id] of ids.entries()) {
    const at = `2026-02-0${(index % 3) + 1}T00:00:00.000Z`;
    if (index % 2 === 0) signIn.run(at, at, id);
  }
  sqlite.close();
  const { data } = await execute(LIST, { first: 100 });
  const people = data.users.nodes.map((node: Person) => ({ ...node, organizationIds: members.get(node.id) ?? [] }));
  expect(people).toHaveLength(40);
  return { execute, people, organizations };
}

type Filter = Record<string, unknown>;

const normal = (text: string) => text.normalize('NFC').toLowerCase();
const bytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

function textMeets(value: string | null, filter: Record<string, unknown>, fold: (text: string) => string): boolean {
  const own = value === null ? null : fold(value);
  return Object.entries(filter).every(([test, wanted]) => {
    if (wanted === null) return true;
    if (test === 'isNull') return (own === null) === wanted;
    if (test === 'in') return own !== null && (wanted as string[]).map(fold).includes(own);
    const text = fold(wanted as string);
    if (test === 'neq') return own !== text;
    if (own === null) return false;
    return test === 'eq' ? own === text : test === 'startsWith' ? own.startsWith(text) : own.includes(text);
  });
}

function timeMeets(value: string | null, filter: Record<string, unknown>): boolean {
  return Object.entries(filter).every(([test, wanted]) => {
    if (wanted === null) return true;
    if (test === 'isNull') return (value === null) === wanted;
    if (value === null) return false;
    const difference = Date.parse(value) - Date.parse(wanted as string);
    return { gte: difference >= 0, gt: difference > 0, lte: difference <= 0, lt: difference < 0 }[test] ?? false;
  });
}

/** Whether a person is meant, worked out without the graph. Values of a filter have the types the generator gave them. */
function meets(person: Person, filter: Filter): boolean {
  const idMeets = (ids: readonly string[], { eq, in: list }: { eq?: string; in?: string[] }) =>
    (eq == null || ids.includes(eq)) && (list == null || list.some((id) => ids.includes(id)));
  return Object.entries(filter).every(([field, wanted]) => {
    if (wanted == null) return true;
    const inner = wanted as Record<string, unknown>;
    switch (field) {
      case 'and':
        return (wanted as Filter[]).every((part) => meets(person, part));
      case 'or':
        return (wanted as Filter[]).some((part) => meets(person, part));
      case 'not':
        return !meets(person, inner);
      case 'id':
        return idMeets([person.id], inner);
      case 'organizationId':
        return idMeets(person.organizationIds, inner);
      case 'emailVerified':
        return person.emailVerified === wanted;
      case 'emailDomain':
        return textMeets(person.email.split('@')[1] ?? '', inner, normal);
      case 'externalId':
        return textMeets(person.externalId, inner, (text) => text);
      case 'metadata':
        return (wanted as { key: string; eq?: string; in?: string[]; exists?: boolean }[]).every(
          ({ key, eq, in: list, exists }) => {
            const value = person.metadata[key];
            return (
              (eq == null || value === eq) &&
              (list == null || (value !== undefined && list.includes(value))) &&
              (exists == null || (value !== undefined) === exists)
            );
          },
        );
      case 'createdAt':
      case 'updatedAt':
      case 'lastSignInAt':
        return timeMeets(person[field], inner);
      default:
        return textMeets(person[field as 'name'], inner, normal);
    }
  });
}

function isFound(person: Person, search: string | null): boolean {
  if (search === null || search.trim() === '') return true;
  const own = [person.firstName, person.lastName, person.name, person.email, person.externalId].join(' ');
  const wanted = wordsOf(search);
  return wanted.length > 0 && wanted.every((word) => wordsOf(own).some((one) => one.startsWith(word)));
}

const ORDER_KEYS: Record<string, (person: Person) => string> = {
  CREATED_AT: ({ id }) => id,
  EMAIL: ({ email }) => normal(email),
  UPDATED_AT: ({ updatedAt }) => updatedAt,
  LAST_SIGN_IN_AT: ({ lastSignInAt }) => lastSignInAt ?? '',
  NAME: ({ name }) => normal(name ?? ''),
};

function sorted(people: readonly Person[], { field, direction }: { field: string; direction: string }): string[] {
  const key = ORDER_KEYS[field] ?? (() => '');
  const ascending = [...people].sort((a, b) => bytes(key(a), key(b)) || bytes(a.id, b.id));
  return (direction === 'ASC' ? ascending : ascending.reverse()).map(({ id }) => id);
}

function filters({ people, organizations }: World): fc.Arbitrary<Filter> {
  const some = <T>(values: readonly T[]) => fc.constantFrom(...values);
  const optional = (model: Record<string, fc.Arbitrary<unknown>>) =>
    fc.record(model, { requiredKeys: [] }).map((one) => Object.fromEntries(Object.entries(one).slice(0, 2)));
  const text = (values: readonly string[]) => {
    const part = some(values).chain((value) =>
      fc.nat({ max: 4 }).map((length) => [...value].slice(0, length).join('')),
    );
    return optional({
      eq: some(values),
      neq: fc.option(some(values), { nil: null }),
      in: fc.array(some(values), { maxLength: 3 }),
      startsWith: part,
      contains: part,
      isNull: fc.boolean(),
    });
  };
  const instants = [...new Set(people.flatMap(({ createdAt, updatedAt }) => [createdAt, updatedAt]))];
  const time = (values: readonly string[], isNull = {}) =>
    optional({ gte: some(values), gt: some(values), lte: some(values), lt: some(values), ...isNull });
  const ids = (values: readonly string[]) =>
    optional({ eq: some(values), in: fc.array(some(values), { maxLength: 3 }) });
  const names = text(['Ada', 'zoë', 'ZOE', 'bob', '', '\uffee', '\u{1F600} bob', 'łukasz', 'none']);
  const leaf: Record<string, fc.Arbitrary<unknown>> = {
    id: ids([...people.map(({ id }) => id), 'nonsense']),
    email: text([...people.slice(0, 6).map(({ email }) => email), 'ANN.', '@x', 'o']),
    emailDomain: text(['example.com', 'X.ORG', 'x', 'none']),
    emailVerified: fc.boolean(),
    firstName: names,
    lastName: names,
    name: names,
    externalId: text(['Ext-0', 'ext-0', 'Ext-12', 'Ext', '']),
    organizationId: ids([...organizations, 'org_01E4ZCR3C56J083X43JQXF3JK5']),
    metadata: fc.array(
      fc
        .tuple(
          some(['plan', 'k0', 'k1', 'none']),
          optional({ eq: some(PLANS), in: fc.array(some(PLANS)), exists: fc.boolean() }),
        )
        .map(([key, tests]) => ({ key, ...tests })),
      { maxLength: 2 },
    ),
    createdAt: time(instants),
    updatedAt: time(instants),
    lastSignInAt: time(['2026-02-01T00:00:00.000Z', '2026-02-02T00:00:00Z', '9999-12-31T23:59:59-12:00'], {
      isNull: fc.boolean(),
    }),
  };
  const leaves = fc
    .constantFrom(...Object.keys(leaf))
    .chain((field) => (leaf[field] ?? fc.constant(null)).map((value) => ({ [field]: value })));
  const flat = fc.array(leaves, { maxLength: 2 }).map((parts) => Object.assign({}, ...parts) as Filter);
  const { tree } = fc.letrec<{ tree: Filter }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', maxDepth: 3 },
      flat,
      fc
        .tuple(flat, fc.constantFrom('and', 'or'), fc.array(tie('tree'), { maxLength: 3 }))
        .map(([one, key, parts]) => ({ ...one, [key]: parts })),
      fc.tuple(flat, tie('tree')).map(([one, not]) => ({ ...one, not })),
    ),
  }));
  return tree;
}

const orders = fc.record({
  field: fc.constantFrom(...Object.keys(ORDER_KEYS)),
  direction: fc.constantFrom('ASC', 'DESC'),
});
const searches = fc.oneof(
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom(...WORDS) },
);

let world: World;

describe('a list of people', () => {
  beforeEach(async () => {
    world = await makePeople();
  });

  test('is what a filter in memory says, whatever the filter, search, order and page', async () => {
    const { execute, people } = world;
    let met = 0;
    await fc.assert(
      fc.asyncProperty(filters(world), searches, orders, fc.boolean(), async (filter, search, orderBy, backward) => {
        const meant = people.filter((person) => meets(person, filter) && isFound(person, search));
        const wanted = sorted(meant, orderBy);
        met += wanted.length;
        const seen: string[] = [];
        let cursor: string | null = null;
        do {
          const slice = backward ? { last: 7, before: cursor } : { first: 7, after: cursor };
          const { data, errors } = await execute(LIST, { filter, search, orderBy, ...slice });
          expect(errors).toBeUndefined();
          const { nodes, pageInfo } = data.users;
          const page = nodes.map(({ id }: Person) => id);
          if (backward) seen.unshift(...page);
          else seen.push(...page);
          const goesOn = backward ? pageInfo.hasPreviousPage : pageInfo.hasNextPage;
          cursor = goesOn ? (backward ? pageInfo.startCursor : pageInfo.endCursor) : null;
        } while (cursor !== null);
        expect(seen).toEqual(wanted);
        expect((await execute(TOTAL, { filter, search })).data.users.totalCount).toBe(wanted.length);
        const { data } = await execute(COUNT, { filter, search, limit: 5 });
        expect(data.usersCount).toEqual({ value: Math.min(5, wanted.length), isExact: wanted.length <= 5 });
      }),
      { numRuns: 150 },
    );
    expect(met).toBeGreaterThan(500);
  }, 300_000);

  test('is empty or whole where alternatives are of nobody or of everybody', async () => {
    const { execute, people } = world;
    const never = { lastSignInAt: { gte: '9999-12-31T23:59:59-12:00' } };
    const one = { email: { eq: people[0]?.email } };
    const nobody = [never, { or: [] }].flatMap((none) => [
      ...[{ or: [none] }, { and: [{ or: [none] }] }, { or: [none, none] }, { or: [{ or: [none] }] }],
      ...[{ or: [{ and: [none, one] }] }, { and: [one, none] }, { not: { not: { or: [none] } } }],
    ]);
    const total = async (filter: object) => (await execute(TOTAL, { filter })).data?.users.totalCount;
    for (const filter of nobody) expect([filter, await total(filter)]).toEqual([filter, 0]);
    for (const none of [never, { or: [] }]) {
      expect(await total({ or: [none, one] })).toBe(1);
      expect(await total({ not: { or: [none] } })).toBe(people.length);
    }
    expect(await total({ or: [{}] })).toBe(people.length);
    expect(await total({ or: [{}, one] })).toBe(people.length);
    for (const filter of [...nobody, { or: [{}, one] }]) {
      expect((await execute(LIST, { filter, first: 7 })).errors).toBeUndefined();
      expect((await execute(COUNT, { filter, limit: 5 })).errors).toBeUndefined();
    }
  });

  test('knows no error in a search', async () => {
    const { execute } = world;
    const hostile = [
      '"',
      "'",
      '*',
      'ada*',
      '"ada',
      'ada"',
      'NEAR(ada zoe)',
      'ada AND',
      'OR NOT',
      'words:ada',
      '^ada',
      '-ada',
      '(',
      ')',
      '{a b}: c',
      '\u0000',
      'ada\u0000',
      '!!!',
      '%',
      '_',
      "'; drop table users; --",
      'x'.repeat(10_240),
      '"'.repeat(10_240),
      'ada '.repeat(2_560),
      '\u0301',
      '\u202e',
      '山田',
      '🙂',
    ];
    for (const search of hostile) {
      for (const field of ['CREATED_AT', 'NAME']) {
        const { data, errors } = await execute(LIST, { search, orderBy: { field }, first: 1 });
        expect([search, errors]).toEqual([search, undefined]);
        expect(data.users.nodes.length).toBeLessThanOrEqual(1);
      }
    }
    // These are no text: see test/unicode.test.ts.
    for (const search of ['\ud800', 'ada\udc00']) {
      expect((await execute(TOTAL, { search })).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
    for (const search of ['', '  ', null]) {
      expect((await execute(TOTAL, { search })).data.users.totalCount).toBe(40);
    }
    for (const search of ['!!!', '"', '\u0000'])
      expect((await execute(TOTAL, { search })).data.users.totalCount).toBe(0);
    expect((await execute(TOTAL, { search: '"ADA"' })).data.users.totalCount).toBeGreaterThan(0);
  });

  test('looks at the first words and signs of a search only', async () => {
    const { execute } = world;
    const total = async (search: string) => (await execute(TOTAL, { search })).data.users.totalCount;
    const found = await total('b');
    expect(found).toBeGreaterThan(0);
    expect(await total(`b ${' '.repeat(MAX_SEARCH_LENGTH - 3)}z`)).not.toBe(found);
    expect(await total(`b ${' '.repeat(MAX_SEARCH_LENGTH - 2)}zzzz`)).toBe(found);
    const many = ['b', 'bo', 'bob', 'e', 'ex', 'exa', 'exam'];
    expect(many).toHaveLength(MAX_SEARCH_WORDS - 1);
    expect(await total([...many, 'nobodyhere'].join(' '))).toBe(0);
    expect(await total([...many, 'examp', 'nobodyhere'].join(' '))).toBe(await total(many.join(' ')));
  });

  const depth = (levels: number): object => (levels === 0 ? {} : { not: depth(levels - 1) });
  const list = (length: number) => Array.from({ length }, (_, index) => `v${index}`);
  test.each([
    ['depth', depth(MAX_FILTER_DEPTH), depth(MAX_FILTER_DEPTH + 1)],
    [
      'conditions',
      { and: list(MAX_FILTER_CONDITIONS).map(() => ({})) },
      { and: list(MAX_FILTER_CONDITIONS + 1).map(() => ({})) },
    ],
    ['values', { name: { in: list(MAX_FILTER_VALUES) } }, { name: { in: list(MAX_FILTER_VALUES + 1) } }],
    [
      'text',
      { name: { contains: 'x'.repeat(MAX_FILTER_TEXT_LENGTH) } },
      { name: { contains: 'x'.repeat(MAX_FILTER_TEXT_LENGTH + 1) } },
    ],
  ])('takes a filter at its limit of %s, and refuses one past it', async (_, atLimit, past) => {
    expect((await world.execute(TOTAL, { filter: atLimit })).errors).toBeUndefined();
    const { errors } = await world.execute(TOTAL, { filter: past });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
  });

  test('counts up to a limit within its range', async () => {
    for (const limit of [1, MAX_COUNT]) expect((await world.execute(COUNT, { limit })).errors).toBeUndefined();
    for (const limit of [0, MAX_COUNT + 1]) {
      const { errors } = await world.execute(COUNT, { limit });
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    }
  });
});
