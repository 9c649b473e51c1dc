import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  idsOf,
  makePeople,
  type Order,
  orders,
  PAGE,
  type PageOf,
  type Person,
  type Slice,
  sizes,
  sorted,
  USERS,
  users,
  walk,
} from '../support/finding/pages.js';
import { makeApplication, makeGrant, makeMembership, makeOrganization, makeUser } from '../support/make.js';
import { runs } from '../support/runs.js';
import { type Answer, testApp } from '../support/test-app.js';

const DELETE = 'mutation ($id: ID!) { deleteUser(input: { id: $id }) { deletedUserId } }';

// Letters of both cases, and characters that sort between and around them. An order by the raw address would differ.
const localParts = fc.uniqueArray(fc.stringMatching(/^[a-cA-C0-1_~-]{1,3}$/), {
  maxLength: 25,
  selector: (text) => text.toLowerCase(),
});

test('the pages contain the whole list in order, in both directions and for any page size', async () => {
  const { client } = await testApp();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(localParts, orders, fc.boolean(), sizes, async (names, order, backward, size) => {
      const execute = await client(`walk-${run++}`);
      const people = await makePeople(execute, names);
      const pages = await walk(users(execute, order), size, backward);
      expect(idsOf(pages)).toEqual(sorted(people, order));
    }),
    { numRuns: runs(30, 300), examples: [[['b', 'A', 'c'], { field: 'EMAIL', direction: 'DESC' }, true, 1]] },
  );
});

test('the pages contain each user that stays exactly once while others are created and deleted', async () => {
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
          // Deletes the row of the cursor for the next page.
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
    { numRuns: runs(30, 300) },
  );
});

test.each<Order>([
  { field: 'CREATED_AT', direction: 'ASC' },
  { field: 'CREATED_AT', direction: 'DESC' },
  { field: 'EMAIL', direction: 'ASC' },
  { field: 'EMAIL', direction: 'DESC' },
])('a cursor works after its row is deleted: $field $direction', async (order) => {
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

test('lists the newest users first, twenty per page, by default', async () => {
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
  [{ first: 0 }, 'first must be from 1 to 100; 0 was given.'],
  [{ first: 101 }, 'first must be from 1 to 100; 101 was given.'],
  [{ first: -1 }, 'first must be from 1 to 100; -1 was given.'],
  [{ last: 0 }, 'last must be from 1 to 100; 0 was given.'],
  [{ last: 101 }, 'last must be from 1 to 100; 101 was given.'],
  [{ first: 1, last: 1 }, 'Pass either first or last, not both.'],
])('every list refuses %j', async (slice, message) => {
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

test('a page has at most a hundred users', async () => {
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

test('refuses a cursor of another order or list, and an invalid cursor', async () => {
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

  const otherOrder = 'This cursor belongs to another order: keep orderBy while paging, or start from the first page.';
  const none = 'This is not a valid cursor: use one from a page of this list.';
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
