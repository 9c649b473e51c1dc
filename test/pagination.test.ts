import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeApplication, makeGrant, makeMembership, makeOrganization, makeUser } from './support/make.js';
import { type Answer, type Execute, testApp } from './support/test-app.js';

interface Person {
  readonly id: string;
  readonly email: string;
}

interface Order {
  readonly field: 'CREATED_AT' | 'EMAIL';
  readonly direction: 'ASC' | 'DESC';
}

interface Slice {
  readonly first?: number;
  readonly after?: string | null;
  readonly last?: number;
  readonly before?: string | null;
}

interface PageOf {
  readonly nodes: readonly { id: string }[];
  readonly edges: readonly { cursor: string; node: { id: string } }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

const PAGE = 'nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
const USERS = `query ($filter: UserFilter, $orderBy: UserOrder, $first: Int, $after: String, $last: Int, $before: String) {
  users(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) { ${PAGE} }
}`;
const DELETE = 'mutation ($id: ID!) { deleteUser(input: { id: $id }) { deletedUserId } }';

// Letters of both cases and what sorts between and around them: an order by the raw address would differ.
const localParts = fc.uniqueArray(fc.stringMatching(/^[a-cA-C0-1_~-]{1,3}$/), {
  maxLength: 25,
  selector: (text) => text.toLowerCase(),
});
const orders = fc.record<Order>({
  field: fc.constantFrom('CREATED_AT', 'EMAIL'),
  direction: fc.constantFrom('ASC', 'DESC'),
});
const sizes = fc.integer({ min: 1, max: 10 });

async function makePeople(execute: Execute, names: readonly string[]): Promise<Person[]> {
  const emails = names.map((name) => `${name}@example.com`);
  return Promise.all(emails.map(async (email) => ({ email, id: await makeUser(execute, { email }) })));
}

/** Ids in the order the graph promises, worked out without it. */
function sorted(people: readonly Person[], { field, direction }: Order): string[] {
  const keyOf = (person: Person) => (field === 'EMAIL' ? person.email.toLowerCase() : person.id);
  const ascending = [...people].sort((a, b) => Buffer.compare(Buffer.from(keyOf(a)), Buffer.from(keyOf(b))));
  return (direction === 'ASC' ? ascending : ascending.reverse()).map(({ id }) => id);
}

/** Turns page after page; answers the pages in the order of the list, whichever end was started at. */
async function walk(
  ask: (slice: Slice) => Promise<PageOf>,
  size: number,
  backward: boolean,
  between: (page: PageOf) => Promise<void> = async () => {},
): Promise<PageOf[]> {
  const pages: PageOf[] = [];
  let cursor: string | null = null;
  for (;;) {
    const page: PageOf = await ask(backward ? { last: size, before: cursor } : { first: size, after: cursor });
    expect(page.edges.map(({ node }) => node.id)).toEqual(page.nodes.map(({ id }) => id));
    expect(page.pageInfo.startCursor).toBe(page.edges.at(0)?.cursor ?? null);
    expect(page.pageInfo.endCursor).toBe(page.edges.at(-1)?.cursor ?? null);
    const goesOn = backward ? page.pageInfo.hasPreviousPage : page.pageInfo.hasNextPage;
    expect(backward ? page.pageInfo.hasNextPage : page.pageInfo.hasPreviousPage).toBe(cursor !== null);
    if (goesOn) expect(page.nodes).toHaveLength(size);
    pages.push(page);
    if (!goesOn) return backward ? pages.reverse() : pages;
    cursor = backward ? page.pageInfo.startCursor : page.pageInfo.endCursor;
    await between(page);
  }
}

function idsOf(pages: readonly PageOf[]): string[] {
  return pages.flatMap((page) => page.nodes.map(({ id }) => id));
}

function users(execute: Execute, orderBy: Order, filter: object = {}) {
  return async (slice: Slice): Promise<PageOf> => {
    const answer = await execute(USERS, { filter, orderBy, ...slice });
    expect(answer.errors).toBeUndefined();
    return answer.data.users;
  };
}

test('joined pages are the whole list in order, from either end, at any size', async () => {
  const { client } = await testApp();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(localParts, orders, fc.boolean(), sizes, async (names, order, backward, size) => {
      const execute = await client(`walk-${run++}`);
      const people = await makePeople(execute, names);
      const pages = await walk(users(execute, order), size, backward);
      expect(idsOf(pages)).toEqual(sorted(people, order));
    }),
    { numRuns: 50, examples: [[['b', 'A', 'c'], { field: 'EMAIL', direction: 'DESC' }, true, 1]] },
  );
});

test('joined pages hold who was there throughout exactly once, while others come and go', async () => {
  const { client } = await testApp();
  const steps = fc.array(
    fc.oneof(
      fc.record({ create: fc.stringMatching(/^[a-c0-1~]{4}$/) }),
      fc.record({ remove: fc.nat() }),
      fc.constant({ removeCursor: true }),
    ),
    { minLength: 3, maxLength: 12 },
  );
  let run = 0;
  await fc.assert(
    fc.asyncProperty(localParts, orders, fc.boolean(), sizes, steps, async (names, order, backward, size, todo) => {
      const execute = await client(`moving-${run++}`);
      const people = await makePeople(execute, names);
      const everybody = [...people];
      const gone = new Set<string>();
      const remove = async (id: string | undefined) => {
        if (id === undefined || gone.has(id)) return;
        gone.add(id);
        await execute(DELETE, { id });
      };
      const queue = [...todo];
      const pages = await walk(users(execute, order), size, backward, async (page) => {
        for (const step of queue.splice(0, 2)) {
          if ('remove' in step) await remove(people.at(step.remove % people.length)?.id);
          // The row the next page is asked for by.
          else if ('removeCursor' in step) await remove((backward ? page.nodes.at(0) : page.nodes.at(-1))?.id);
          else if (!everybody.some(({ email }) => email === `${step.create}@example.com`)) {
            everybody.push(...(await makePeople(execute, [step.create])));
          }
        }
      });
      const seen = idsOf(pages);
      const survivors = people.filter(({ id }) => !gone.has(id));
      expect(new Set(seen).size).toBe(seen.length);
      const sure = new Set(survivors.map(({ id }) => id));
      expect(seen.filter((id) => sure.has(id))).toEqual(sorted(survivors, order));
      expect(seen).toEqual(sorted(everybody, order).filter((id) => seen.includes(id)));
    }),
    { numRuns: 50 },
  );
});

test.each<Order>([
  { field: 'CREATED_AT', direction: 'ASC' },
  { field: 'CREATED_AT', direction: 'DESC' },
  { field: 'EMAIL', direction: 'ASC' },
  { field: 'EMAIL', direction: 'DESC' },
])('a cursor outlives its row: $field $direction', async (order) => {
  const { client } = await testApp();
  const execute = await client();
  const people = await makePeople(execute, ['c', 'a', 'e', 'B', 'D']);
  const ask = users(execute, order);
  const list = sorted(people, order);
  const { edges } = await ask({ first: 5 });
  const middle = edges[2];
  await execute(DELETE, { id: middle?.node.id });
  expect(idsOf([await ask({ first: 2, after: middle?.cursor ?? null })])).toEqual(list.slice(3));
  expect(idsOf([await ask({ last: 2, before: middle?.cursor ?? null })])).toEqual(list.slice(0, 2));
  expect(idsOf([await ask({ first: 9, after: edges[0]?.cursor ?? null, before: edges[4]?.cursor ?? null })])).toEqual([
    list[1],
    list[3],
  ]);
});

test('users are listed newest first, twenty at a time, unless asked otherwise', async () => {
  const { client } = await testApp();
  const execute = await client();
  const made: string[] = [];
  for (let index = 0; index < 22; index++) made.push(await makeUser(execute, { email: `u${index}@example.com` }));
  const { data } = await execute('{ users { nodes { id } pageInfo { hasNextPage } } }');
  expect(data.users.nodes.map(({ id }: Person) => id)).toEqual(made.reverse().slice(0, 20));
  expect(data.users.pageInfo.hasNextPage).toBe(true);
});

function expectRefused(answer: Answer, message: string): void {
  expect(answer.data ?? null).toBeNull();
  expect(answer.errors).toHaveLength(1);
  expect(answer.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  expect(answer.errors?.[0]?.message).toBe(message);
}

const NESTED = ['authorizedApplications', 'organizationMemberships'] as const;

test.each([
  [{ first: 0 }, 'first is from 1 to 100; 0 was given.'],
  [{ first: 101 }, 'first is from 1 to 100; 101 was given.'],
  [{ first: -1 }, 'first is from 1 to 100; -1 was given.'],
  [{ last: 0 }, 'last is from 1 to 100; 0 was given.'],
  [{ last: 101 }, 'last is from 1 to 100; 101 was given.'],
  [{ first: 1, last: 1 }, 'Give first or last, not both.'],
])('%j is refused by every list', async (slice, message) => {
  const { client } = await testApp();
  const execute = await client();
  const id = await makeUser(execute, { email: 'ada@example.com' });
  expectRefused(await execute(USERS, slice), message);
  for (const field of NESTED) {
    const query = `query ($id: ID!, $first: Int, $last: Int) {
      user(id: $id) { ${field}(first: $first, last: $last) { nodes { id } } }
    }`;
    const { data, errors } = await execute(query, { id, ...slice });
    expect(data).toEqual({ user: null });
    expect(errors?.map((error) => [error.extensions.code, error.message])).toEqual([['BAD_USER_INPUT', message]]);
  }
});

test('a page has up to a hundred', async () => {
  const { client } = await testApp();
  const execute = await client();
  const people = await makePeople(
    execute,
    Array.from({ length: 101 }, (_, index) => `p${index}`),
  );
  const order: Order = { field: 'EMAIL', direction: 'ASC' };
  const pages = await walk(users(execute, order), 100, false);
  expect(pages.map(({ nodes }) => nodes.length)).toEqual([100, 1]);
  expect(idsOf(pages)).toEqual(sorted(people, order));
});

test('a cursor of another order or list, and what is no cursor, is refused', async () => {
  const { client } = await testApp();
  const execute = await client();
  const [ada] = await makePeople(execute, ['ada', 'bob']);
  const application = await makeApplication(execute, { name: 'App' });
  await makeGrant(execute, ada?.id ?? '', application);
  const byEmail: Order = { field: 'EMAIL', direction: 'ASC' };
  const cursor = (await users(execute, byEmail)({ first: 1 })).edges[0]?.cursor ?? '';
  const grants = `query ($id: ID!, $after: String) {
    user(id: $id) { authorizedApplications(first: 1, after: $after) { edges { cursor } } }
  }`;
  const { data } = await execute(grants, { id: ada?.id });
  const grantCursor = data.user.authorizedApplications.edges[0].cursor;

  const otherOrder = 'This cursor belongs to a list in another order: keep orderBy while paging, or start anew.';
  const none = 'This is not a cursor: use one from a page of this list.';
  const older = Buffer.from(JSON.stringify([0, 'users:EMAIL:ASC', 'ada@example.com'])).toString('base64url');
  const longer = Buffer.from(JSON.stringify([1, 'users:EMAIL:ASC', 'a', 'b'])).toString('base64url');
  const shorter = Buffer.from(JSON.stringify([1, 'users:EMAIL:ASC'])).toString('base64url');
  const untyped = Buffer.from(JSON.stringify([1, 'users:EMAIL:ASC', 5])).toString('base64url');
  for (const side of ['after', 'before'] as const) {
    expectRefused(await execute(USERS, { orderBy: { ...byEmail, direction: 'DESC' }, [side]: cursor }), otherOrder);
    expectRefused(await execute(USERS, { orderBy: { ...byEmail, field: 'CREATED_AT' }, [side]: cursor }), otherOrder);
    expectRefused(await execute(USERS, { orderBy: byEmail, [side]: grantCursor }), otherOrder);
    for (const text of ['', 'garbage', '%%%', cursor.slice(0, -4), cursor.slice(4), older, longer, shorter, untyped]) {
      expectRefused(await execute(USERS, { orderBy: byEmail, [side]: text }), none);
    }
  }
  const refused = await execute(grants, { id: ada?.id, after: cursor });
  expect(refused.errors?.map((error) => [error.extensions.code, error.message])).toEqual([
    ['BAD_USER_INPUT', otherOrder],
  ]);
});

test.each(NESTED)('%s page in both directions', async (field) => {
  const { client } = await testApp();
  const execute = await client();
  const [ada, bob] = await makePeople(execute, ['ada', 'bob']);
  const made: string[] = [];
  for (let index = 0; index < 11; index++) {
    for (const person of [ada, bob]) {
      const id = person?.id ?? '';
      const hung =
        field === 'authorizedApplications'
          ? await makeGrant(execute, id, await makeApplication(execute, { name: `App ${index}` }))
          : await makeMembership(execute, id, await makeOrganization(execute, { name: `Org ${index}` }));
      if (person === ada) made.unshift(hung);
    }
  }
  const query = `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    user(id: $id) { ${field}(first: $first, after: $after, last: $last, before: $before) { ${PAGE} totalCount } }
  }`;
  const ask = async (slice: Slice): Promise<PageOf> => {
    const { data } = await execute(query, { id: ada?.id, ...slice });
    expect(data.user[field].totalCount).toBe(11);
    return data.user[field];
  };
  for (const size of [1, 3, 10, 11, 12]) {
    for (const backward of [false, true]) expect(idsOf(await walk(ask, size, backward))).toEqual(made);
  }
  const { edges } = await ask({ first: 11 });
  const between = { after: edges[1]?.cursor ?? null, before: edges[6]?.cursor ?? null };
  expect(idsOf([await ask({ first: 3, ...between })])).toEqual(made.slice(2, 5));
  expect(idsOf([await ask({ last: 3, ...between })])).toEqual(made.slice(3, 6));
});

interface Member extends Person {
  readonly emailVerified: boolean;
  readonly externalId: string | null;
  readonly organizationIds: readonly string[];
}

interface Wanted {
  readonly email?: string;
  readonly emailVerified?: boolean;
  readonly externalId?: string;
  readonly organizationId?: string;
}

test('filters, alone and together, agree with filtering in memory', async () => {
  const { client } = await testApp();
  const execute = await client();
  const organizations = await Promise.all(['One', 'Two', 'None'].map((name) => makeOrganization(execute, { name })));
  const members: Member[] = await Promise.all(
    Array.from({ length: 24 }, async (_, index) => {
      // Neither the order of creation nor that of the other columns.
      const email = `U${(index * 7) % 24}@Example.com`;
      const emailVerified = index % 3 === 0;
      const externalId = index % 2 === 0 ? `ext-${index}` : null;
      const id = await makeUser(execute, { email, emailVerified, externalId });
      const organizationIds = organizations.filter((__, number) => number < 2 && index % (number + 2) === 0);
      for (const organizationId of organizationIds) await makeMembership(execute, id, organizationId);
      return { id, email, emailVerified, externalId, organizationIds };
    }),
  );
  const values = {
    email: fc.constantFrom(...['u0@example.com', 'U7@EXAMPLE.COM', 'u4@example.com', 'nobody@example.com']),
    emailVerified: fc.boolean(),
    externalId: fc.constantFrom(...['ext-0', 'ext-6', 'EXT-6', 'ext-1']),
    organizationId: fc.constantFrom(...organizations, 'org_01E4ZCR3C56J083X43JQXF3JK5', 'org_', 'nonsense'),
  };
  const filters: fc.Arbitrary<Wanted> = fc.record(values, { requiredKeys: [] });
  const likely: fc.Arbitrary<Wanted> = fc.record({
    emailVerified: values.emailVerified,
    organizationId: values.organizationId,
  });
  const counted = 'query ($filter: UserFilter) { users(filter: $filter, first: 1) { totalCount } }';
  await fc.assert(
    fc.asyncProperty(fc.oneof(filters, likely), orders, fc.boolean(), sizes, async (wanted, order, backward, size) => {
      const { email, emailVerified, externalId, organizationId } = wanted;
      const filter = {
        ...(email === undefined ? {} : { email: { eq: email } }),
        ...(emailVerified === undefined ? {} : { emailVerified }),
        ...(externalId === undefined ? {} : { externalId: { eq: externalId } }),
        ...(organizationId === undefined ? {} : { organizationId: { eq: organizationId } }),
      };
      const matching = members.filter(
        (member) =>
          (email === undefined || member.email.toLowerCase() === email.toLowerCase()) &&
          (emailVerified === undefined || member.emailVerified === emailVerified) &&
          (externalId === undefined || member.externalId === externalId) &&
          (organizationId === undefined || member.organizationIds.includes(organizationId)),
      );
      expect(idsOf(await walk(users(execute, order, filter), size, backward))).toEqual(sorted(matching, order));
      expect((await execute(counted, { filter })).data.users.totalCount).toBe(matching.length);
    }),
    {
      numRuns: 150,
      examples: [
        [{}, { field: 'EMAIL', direction: 'ASC' }, false, 10],
        [
          { emailVerified: true, organizationId: organizations[0] ?? '' },
          { field: 'EMAIL', direction: 'ASC' },
          true,
          1,
        ],
        [{ email: 'U0@example.com', externalId: 'ext-0' }, { field: 'CREATED_AT', direction: 'DESC' }, false, 5],
      ],
    },
  );
});

test('a condition that is null does not count', async () => {
  const { client } = await testApp();
  const execute = await client();
  await makePeople(execute, ['a', 'b']);
  const query = 'query ($filter: UserFilter) { users(filter: $filter) { totalCount nodes { id } } }';
  const nothing = { email: { eq: null }, emailVerified: null, externalId: null, organizationId: { eq: null } };
  for (const filter of [null, {}, nothing]) {
    const { data } = await execute(query, { filter });
    expect([data.users.totalCount, data.users.nodes.length]).toEqual([2, 2]);
  }
});
