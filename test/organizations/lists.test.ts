import { describe, expect, test } from 'vitest';
import { makeApplication, makeGrant, makeMembership, makeOrganization, makeUser } from '../support/make.js';
import { app, execute, openBeforeEach, UNKNOWN } from '../support/organizations/changes.js';

openBeforeEach();

describe('lists', () => {
  const names = (nodes: readonly { name: string }[]) => nodes.map(({ name }) => name);

  test('of organizations are newest first, paged, and filtered by name and external id', async () => {
    for (const [name, externalId] of [
      ['A', 'x'],
      ['B', null],
      ['A', 'y'],
      ['C', null],
    ] as const) {
      await makeOrganization(execute, { name, externalId });
    }
    const query = `query ($filter: OrganizationFilter, $first: Int, $after: String, $last: Int) {
      organizations(filter: $filter, first: $first, after: $after, last: $last) {
        totalCount nodes { id name externalId } pageInfo { endCursor hasNextPage } } }`;
    const first = (await execute(query, { first: 3 })).data.organizations;
    expect([names(first.nodes), first.totalCount, first.pageInfo.hasNextPage]).toEqual([['C', 'A', 'B'], 4, true]);
    const rest = (await execute(query, { first: 3, after: first.pageInfo.endCursor })).data.organizations;
    expect([names(rest.nodes), rest.pageInfo.hasNextPage]).toEqual([['A'], false]);
    expect(names((await execute(query, { last: 2 })).data.organizations.nodes)).toEqual(['B', 'A']);
    for (const [filter, wanted] of [
      [{ name: 'A' }, ['y', 'x']],
      [{ externalId: 'x' }, ['x']],
      [{ name: 'A', externalId: 'y' }, ['y']],
      [{ name: 'B', externalId: 'y' }, []],
      [{ name: null }, [null, 'y', null, 'x']],
    ] as const) {
      const { nodes, totalCount } = (await execute(query, { filter })).data.organizations;
      expect(nodes.map(({ externalId }: { externalId: string | null }) => externalId)).toEqual(wanted);
      expect(totalCount).toBe(wanted.length);
    }
    const byKey = await execute(
      '{ a: organizationByExternalId(externalId: "y") { name } b: organizationByExternalId(externalId: "Y") { name } }',
    );
    expect(byKey.data).toEqual({ a: { name: 'A' }, b: null });
  });

  test('of applications are newest first, paged, and filtered by name and organization', async () => {
    const organizationId = await makeOrganization(execute, { name: 'Org' });
    for (const name of ['A', 'B', 'A', 'C']) {
      await makeApplication(execute, { name, ...(name === 'C' ? {} : { organizationId }) });
    }
    const query = `query ($filter: ApplicationFilter, $first: Int, $after: String) {
      applications(filter: $filter, first: $first, after: $after) {
        totalCount nodes { id clientId name } pageInfo { endCursor hasNextPage } } }`;
    const first = (await execute(query, { first: 2 })).data.applications;
    expect([names(first.nodes), first.totalCount]).toEqual([['C', 'A'], 4]);
    const rest = (await execute(query, { first: 2, after: first.pageInfo.endCursor })).data.applications;
    expect(names(rest.nodes)).toEqual(['B', 'A']);
    for (const [filter, wanted] of [
      [{ name: 'A' }, ['A', 'A']],
      [{ organizationId }, ['A', 'B', 'A']],
      [{ organizationId, name: 'B' }, ['B']],
      [{ organizationId: `org_${UNKNOWN}` }, []],
      [{ organizationId: 'nonsense' }, []],
    ] as const) {
      const { nodes, totalCount } = (await execute(query, { filter })).data.applications;
      expect([names(nodes), totalCount]).toEqual([wanted, wanted.length]);
    }
    const byKey = `query ($clientId: ID!) { a: applicationByClientId(clientId: $clientId) { name } b: applicationByClientId(clientId: "x") { name } }`;
    expect((await execute(byKey, { clientId: first.nodes[0].clientId })).data).toEqual({ a: { name: 'C' }, b: null });
  });

  test('of organization members need the scope to read users', async () => {
    const id = await makeOrganization(execute, { name: 'Org' });
    for (const email of ['a@example.com', 'b@example.com', 'c@example.com']) {
      await makeMembership(execute, await makeUser(execute, { email }), id);
    }
    const query = `query ($id: ID!) { organization(id: $id) { name memberships(first: 2) {
      totalCount nodes { user { email } } pageInfo { hasNextPage } } } }`;
    const { data } = await execute(query, { id });
    expect(data.organization.memberships).toEqual({
      totalCount: 3,
      nodes: [{ user: { email: 'c@example.com' } }, { user: { email: 'b@example.com' } }],
      pageInfo: { hasNextPage: true },
    });
    const { errors } = await (await app.client('test', ['organizations:read']))(query, { id });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
  });
});

test('a router finds applications, organizations, grants and memberships by their keys', async () => {
  const userId = await makeUser(execute, { email: 'a@example.com' });
  const organizationId = await makeOrganization(execute, { name: 'Org', externalId: 'x' });
  const applicationId = await makeApplication(execute, { name: 'App' });
  const grantId = await makeGrant(execute, userId, applicationId);
  const membershipId = await makeMembership(execute, userId, organizationId);
  const { data } = await execute('query ($id: ID!) { application(id: $id) { clientId } }', { id: applicationId });
  const { clientId } = data.application;
  const representations = [
    { __typename: 'Application', id: applicationId },
    { __typename: 'Application', clientId },
    { __typename: 'Organization', externalId: 'x' },
    { __typename: 'Organization', externalId: null },
    { __typename: 'Organization' },
    { __typename: 'AuthorizedApplication', id: grantId },
    { __typename: 'OrganizationMembership', id: membershipId },
    { __typename: 'OrganizationMembership', id: 'nonsense' },
  ];
  const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
    __typename ... on Node { id } } }`;
  const answer = await execute(query, { representations });
  expect(answer.data._entities.map((entity: { id: string } | null) => entity?.id ?? null)).toEqual([
    applicationId,
    applicationId,
    organizationId,
    null,
    null,
    grantId,
    membershipId,
    null,
  ]);
  expect(answer.errors?.map(({ path, extensions }) => [path, extensions.code])).toEqual([
    [['_entities', 4], 'BAD_USER_INPUT'],
  ]);
});
