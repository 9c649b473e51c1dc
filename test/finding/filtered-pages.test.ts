import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idsOf, makePeople, orders, type Person, sizes, sorted, users, walk } from '../support/finding/pages.js';
import { makeMembership, makeOrganization, makeUser } from '../support/make.js';
import { runs } from '../support/runs.js';
import { testApp } from '../support/test-app.js';

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

test('filters agree with filtering in memory, alone and combined', async () => {
  const { client } = await testApp();
  const execute = await client();
  const organizations = await Promise.all(['One', 'Two', 'None'].map((name) => makeOrganization(execute, { name })));
  const members: Member[] = await Promise.all(
    Array.from({ length: 24 }, async (_, index) => {
      // The values follow neither the order of creation nor that of the other columns.
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
      numRuns: runs(100, 1_000),
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

test('ignores a null condition', async () => {
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
