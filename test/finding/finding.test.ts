import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  MAX_FILTER_CONDITIONS,
  MAX_FILTER_DEPTH,
  MAX_FILTER_TEXT_LENGTH,
  MAX_FILTER_VALUES,
  parseUserFilter,
  type UserFilter,
} from '../../src/users/user-filter.js';
import { MAX_COUNT } from '../../src/users/user-query.js';
import { MAX_SEARCH_LENGTH, MAX_SEARCH_WORDS } from '../../src/users/user-search.js';
import { filters, isFound, meets, orders, searches, sorted } from '../support/finding/filters.js';
import { COUNT, LIST, makePeople, type Person, TOTAL, type World } from '../support/finding/people.js';
import { runs } from '../support/runs.js';

let world: World;

/** Whether a filter has more conditions than one may have. */
function isTooLong(filter: unknown): boolean {
  try {
    parseUserFilter(filter as UserFilter); // what is drawn has its form
    return false;
  } catch (error) {
    return String(error).includes(`at most ${MAX_FILTER_CONDITIONS} conditions`);
  }
}

describe('a list of users', () => {
  beforeEach(async () => {
    world = await makePeople();
  });

  test('agrees with filtering in memory for any filter, search, order and page', async () => {
    const { execute, people } = world;
    let met = 0;
    await fc.assert(
      fc.asyncProperty(filters(world), searches, orders, fc.boolean(), async (filter, search, orderBy, backward) => {
        fc.pre(!isTooLong(filter));
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
      { numRuns: runs(150, 1_500) },
    );
    expect(met).toBeGreaterThan(500);
  }, 300_000);

  test('is empty for an `or` without a match, and complete for an `or` with an empty filter', async () => {
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

  test('accepts any text as a search', async () => {
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
      '\u0001',
      'ada\u0001',
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
    // These are not valid Unicode, see test/graph/unicode.test.ts.
    for (const search of ['\ud800', 'ada\udc00']) {
      expect((await execute(TOTAL, { search })).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
    for (const search of ['', '  ', null]) {
      expect((await execute(TOTAL, { search })).data.users.totalCount).toBe(40);
    }
    for (const search of ['!!!', '"', '\u0001'])
      expect((await execute(TOTAL, { search })).data.users.totalCount).toBe(0);
    expect((await execute(TOTAL, { search: '"ADA"' })).data.users.totalCount).toBeGreaterThan(0);
  });

  test('uses only the first words and characters of a search', async () => {
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
  ])('accepts a filter at its limit of %s and refuses one past it', async (_, atLimit, past) => {
    expect((await world.execute(TOTAL, { filter: atLimit })).errors).toBeUndefined();
    const { errors } = await world.execute(TOTAL, { filter: past });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
  });

  test('counts up to any limit from 1 to MAX_COUNT', async () => {
    for (const limit of [1, MAX_COUNT]) expect((await world.execute(COUNT, { limit })).errors).toBeUndefined();
    for (const limit of [0, MAX_COUNT + 1]) {
      const { errors } = await world.execute(COUNT, { limit });
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    }
  });
});
