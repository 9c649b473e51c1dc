import { expect } from 'vitest';
import { inSql } from '../in-sql.js';
import { makeMembership, makeOrganization, makeUser } from '../make.js';
import { type Execute, testApp } from '../test-app.js';

export interface Person {
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
export const LIST = `query ($filter: UserFilter, $search: String, $orderBy: UserOrder, $first: Int, $after: String, $last: Int, $before: String) {
  users(filter: $filter, search: $search, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    nodes { ${FIELDS} } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;
export const TOTAL =
  'query ($filter: UserFilter, $search: String) { users(filter: $filter, search: $search) { totalCount } }';
export const COUNT = `query ($filter: UserFilter, $search: String, $limit: Int) {
  usersCount(filter: $filter, search: $search, limit: $limit) { value isExact }
}`;

// Equal names, names that differ in case or in how an accent is written, signs beyond the BMP, and none at all.
const NAMES = ['Ada', 'ADA', 'Zoë', 'Zoe\u0301', 'zoe', 'Łukasz', '\u{1F600} Bob', '\uffee', 'bob', '', null, null];
export const WORDS = ['ad', 'ADA', 'zoe', 'Zoë', 'lukasz', 'bob', 'example', 'b', 'ext', 'x', 'zzz', 'ad zo', 'ｂob'];
export const PLANS = ['free', 'Free', 'pro', 'a\u0001b'];

export interface World {
  readonly execute: Execute;
  readonly people: readonly Person[];
  readonly organizations: readonly string[];
}

export async function makePeople(): Promise<World> {
  const app = await testApp({ RATE_LIMIT_POINTS: '0' });
  const { client, clock } = app;
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
  await inSql(app, async (run) => {
    for (const [index, id] of ids.entries()) {
      const at = `2026-02-0${(index % 3) + 1}T00:00:00.000Z`;
      if (index % 2 > 0) continue;
      await run(`update users set last_sign_in_at = '${at}', last_sign_in_order = '${at}' where id = '${id}'`);
    }
  });
  const { data } = await execute(LIST, { first: 100 });
  const people = data.users.nodes.map((node: Person) => ({ ...node, organizationIds: members.get(node.id) ?? [] }));
  expect(people).toHaveLength(40);
  return { execute, people, organizations };
}
