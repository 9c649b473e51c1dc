import BetterSqlite3 from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_EVENTS_EXAMINED } from '../../src/events/event.js';
import { EVENTS_QUERY, list, mutate, rowsOf, type Slice } from '../support/events/events.js';
import { makeMembership, makeOrganization, makeUser } from '../support/make.js';
import { testApp } from '../support/test-app.js';

describe('event filters', () => {
  test('agree with filtering in memory, alone and combined, in both directions and for any page size', async () => {
    const app = await testApp();
    const execute = await app.client();
    const organizations = [
      await makeOrganization(execute, { name: 'One' }),
      await makeOrganization(execute, { name: 'Two' }),
    ];
    const users: string[] = [];
    for (let index = 0; index < 6; index++) {
      app.clock.advance(index % 2);
      const id = await makeUser(execute, { email: `u${index}@example.com` });
      users.push(id);
      for (const organization of organizations.slice(0, index % 3)) await makeMembership(execute, id, organization);
      await mutate(execute, 'updateUser', { id, firstName: 'New' });
    }
    await mutate(execute, 'deleteUser', { id: users[2] });
    const rows = rowsOf(app);
    const times = [...new Set(rows.map(({ created_at }) => created_at))];
    const time = fc.constantFrom(...times, '2020-01-01T00:00:00.000Z', '2030-01-01T00:00:00.000Z');
    const filters = fc.record(
      {
        types: fc.subarray(['USER_CREATED', 'USER_UPDATED', 'ORGANIZATION_MEMBERSHIP_CREATED', 'USER_DELETED']),
        userId: fc.constantFrom(...users, 'nonsense'),
        organizationId: fc.constantFrom(...organizations, 'nonsense'),
        createdAt: fc.record({ gte: time, gt: time, lte: time, lt: time }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    );
    const directions = fc.constantFrom('ASC', 'DESC');
    const sizes = fc.integer({ min: 1, max: 7 });
    await fc.assert(
      fc.asyncProperty(filters, directions, fc.boolean(), sizes, async (filter, direction, backward, size) => {
        const { types, userId, organizationId, createdAt = {} } = filter;
        const wanted = rows
          .filter(
            (row) =>
              (types === undefined || types.includes(row.name.toUpperCase().replaceAll('.', '_'))) &&
              (userId === undefined || row.user_id === userId) &&
              (organizationId === undefined || row.organization_id === organizationId) &&
              (createdAt.gte === undefined || row.created_at >= createdAt.gte) &&
              (createdAt.gt === undefined || row.created_at > createdAt.gt) &&
              (createdAt.lte === undefined || row.created_at <= createdAt.lte) &&
              (createdAt.lt === undefined || row.created_at < createdAt.lt),
          )
          .map(({ id }) => id);
        const found: string[][] = [];
        let cursor: string | null = null;
        for (;;) {
          const bound: Slice = backward ? { last: size, before: cursor } : { first: size, after: cursor };
          const { nodes, pageInfo } = await list(execute, { filter, orderBy: { direction }, ...bound });
          found.push(nodes.map(({ id }: { id: string }) => id));
          if (!(backward ? pageInfo.hasPreviousPage : pageInfo.hasNextPage)) break;
          cursor = backward ? pageInfo.startCursor : pageInfo.endCursor;
        }
        const read = (backward ? found.reverse() : found).flat();
        expect(direction === 'ASC' ? read : read.reverse()).toEqual(wanted);
      }),
      { numRuns: 200 },
    );
  });

  test('ignore null conditions, and an empty list of types matches nothing', async () => {
    const { client } = await testApp();
    const execute = await client();
    const nothing = { types: null, userId: null, organizationId: null, createdAt: null };
    for (const filter of [null, {}, nothing, { createdAt: { gte: null } }]) {
      expect((await execute(EVENTS_QUERY, { filter })).data.events.nodes).toHaveLength(1);
    }
    expect((await list(execute, { filter: { types: [] } })).nodes).toEqual([]);
  });

  test.each([
    [MAX_EVENTS_EXAMINED, 1],
    [MAX_EVENTS_EXAMINED + 1, 2],
  ])('with two conditions limit the rows that a page examines: %i rows take %i pages', async (count, pages) => {
    const app = await testApp();
    const execute = await app.client();
    const userId = await makeUser(execute, { email: 'a@example.com' });
    // The first of the rows is the creation of the user, and the last is the only event that matches.
    const sqlite = new BetterSqlite3(`${app.folder}/test.db`);
    const add = sqlite.prepare(`insert into events select environment_id, ?, 'event_' || ?, ?, user_id, organization_id,
      actor_source, actor_id, actor_name, request_id, data, previous, created_at, api from events where name = 'user.created'`);
    sqlite.transaction(() => {
      for (let number = 3; number < count + 2; number++) {
        add.run(number, number, number === count + 1 ? 'user.deleted' : 'user.updated');
      }
    })();
    sqlite.close();
    for (const slice of [{ direction: 'ASC' }, { direction: 'DESC', backward: true }] as const) {
      const sizes: number[] = [];
      let cursor: string | null = null;
      for (;;) {
        const bound: Slice = 'backward' in slice ? { last: 5, before: cursor } : { first: 5, after: cursor };
        const filter = { userId, types: ['USER_DELETED'] };
        const page = await list(execute, { filter, orderBy: { direction: slice.direction }, ...bound });
        sizes.push(page.nodes.length);
        const { pageInfo } = page;
        if (!('backward' in slice ? pageInfo.hasPreviousPage : pageInfo.hasNextPage)) break;
        cursor = 'backward' in slice ? pageInfo.startCursor : pageInfo.endCursor;
      }
      // After exactly the maximum number of rows, the page cannot tell that the log has ended. An empty page follows.
      expect(sizes.filter((size) => size > 0)).toEqual([1]);
      expect(sizes.findIndex((size) => size > 0)).toBe(pages - 1);
    }
  });
});
