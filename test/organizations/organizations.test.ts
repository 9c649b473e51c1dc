import { describe, expect, test } from 'vitest';
import { MAX_USES_NAMED } from '../../src/domain/errors.js';
import { MAX_MEMBERSHIPS_DELETED } from '../../src/organizations/organization.js';
import { makeApplication, makeMembership, makeOrganization, makeUser } from '../support/make.js';
import {
  app,
  codes,
  execute,
  multiply,
  mutate,
  newEvents,
  openBeforeEach,
  rows,
  UNKNOWN,
} from '../support/organizations/changes.js';

const ORGANIZATION = 'id name externalId metadata createdAt updatedAt';

openBeforeEach();

describe('updateOrganization', () => {
  test('keeps omitted fields, clears null fields, merges metadata, and logs the previous values', async () => {
    const id = await makeOrganization(execute, { name: 'Org', externalId: 'x', metadata: { a: '1', b: '2' } });
    await newEvents();
    app.clock.advance(5);
    const { organization } = await mutate('updateOrganization', `organization { ${ORGANIZATION} }`, {
      id,
      externalId: null,
      metadata: { a: null, c: '3' },
    });
    expect(organization).toMatchObject({ name: 'Org', externalId: null, metadata: { b: '2', c: '3' } });
    expect(organization.updatedAt).toBe('2026-01-15T12:00:05.000Z');
    expect(await newEvents()).toEqual(['organization.updated externalId=x metadata.a=1 metadata.c=']);
    await mutate('updateOrganization', 'organization { id }', { id, metadata: null, name: 'New' });
    expect(await newEvents()).toEqual(['organization.updated name=Org metadata.b=2 metadata.c=3']);
    // The external id is free for another one.
    await makeOrganization(execute, { name: 'Other', externalId: 'x' });
  });

  test('without changes keeps the version and writes no event', async () => {
    const id = await makeOrganization(execute, { name: 'Org', externalId: 'x', metadata: { a: '1' } });
    await newEvents();
    app.clock.advance(5);
    for (const patch of [{}, { name: 'Org', externalId: 'x', metadata: { a: '1', b: null } }]) {
      const { organization } = await mutate('updateOrganization', `organization { ${ORGANIZATION} }`, { id, ...patch });
      expect(organization.updatedAt).toBe(organization.createdAt);
    }
    expect(await newEvents()).toEqual([]);
  });

  test('is refused with all problems at once', async () => {
    const id = await makeOrganization(execute, { name: 'Org' });
    await makeOrganization(execute, { name: 'Other', externalId: 'taken' });
    const refused = async (patch: object) =>
      codes(await mutate('updateOrganization', 'organization { id }', { id, ...patch }));
    expect(await refused({ name: ' ', externalId: '', metadata: { '': 'x' } })).toEqual([
      'INVALID_METADATA@metadata.',
      'INVALID_INPUT@name',
      'INVALID_EXTERNAL_ID@externalId',
    ]);
    expect(await refused({ name: null, externalId: 'taken' })).toEqual([
      'INVALID_INPUT@name',
      'EXTERNAL_ID_ALREADY_USED@externalId',
    ]);
    expect(await refused({ externalId: 'taken' })).toEqual(['EXTERNAL_ID_ALREADY_USED@externalId']);
    for (const unknown of [`org_${UNKNOWN}`, 'nonsense']) {
      expect(await refused({ id: unknown, name: '' })).toEqual(['NOT_FOUND@id']);
    }
    const created = await mutate('createOrganization', 'organization { id }', { name: '', externalId: 'taken' });
    expect(codes(created)).toEqual(['INVALID_INPUT@name', 'EXTERNAL_ID_ALREADY_USED@externalId']);
  });
});

describe('deleteOrganization', () => {
  test('ends the memberships, each with its event, and frees the external ID', async () => {
    const id = await makeOrganization(execute, { name: 'Org', externalId: 'x' });
    const other = await makeOrganization(execute, { name: 'Other' });
    for (const email of ['a@example.com', 'b@example.com']) {
      const userId = await makeUser(execute, { email });
      await makeMembership(execute, userId, id);
      await makeMembership(execute, userId, other);
    }
    await newEvents();
    const deleted = await mutate('deleteOrganization', 'deletedOrganizationId', { id });
    expect(deleted).toEqual({ deletedOrganizationId: id, errors: [] });
    expect(await newEvents()).toEqual([
      'organization_membership.deleted',
      'organization_membership.deleted',
      'organization.deleted',
    ]);
    expect(codes(await mutate('deleteOrganization', 'deletedOrganizationId', { id }))).toEqual(['NOT_FOUND@id']);
    const { data } = await execute(`{ users { nodes { organizationMemberships { nodes { organization { id } } } } } }`);
    for (const { organizationMemberships } of data.users.nodes) {
      expect(organizationMemberships.nodes).toEqual([{ organization: { id: other } }]);
    }
    await makeOrganization(execute, { name: 'Again', externalId: 'x' });
  });

  test('is refused while applications belong to it, and lists them', async () => {
    const id = await makeOrganization(execute, { name: 'Org' });
    const made: string[] = [];
    for (let index = 0; index <= MAX_USES_NAMED; index++) {
      made.push(await makeApplication(execute, { name: `App ${index}`, organizationId: id }));
    }
    await newEvents();
    const refused = await mutate('deleteOrganization', 'deletedOrganizationId', { id });
    expect(refused).toEqual({
      deletedOrganizationId: null,
      errors: [{ __typename: 'InUseError', code: 'IN_USE', path: ['id'], usedBy: made.slice(0, MAX_USES_NAMED) }],
    });
    expect(await newEvents()).toEqual([]);
    for (const application of made.slice(1))
      await mutate('deleteApplication', 'deletedApplicationId', { id: application });
    await mutate('updateApplication', 'application { id }', { id: made[0], organizationId: null });
    expect((await mutate('deleteOrganization', 'deletedOrganizationId', { id })).deletedOrganizationId).toBe(id);
  });

  test.each([MAX_MEMBERSHIPS_DELETED, MAX_MEMBERSHIPS_DELETED + 1])('with %i memberships', async (count) => {
    const id = await makeOrganization(execute, { name: 'Org' });
    const userId = await makeUser(execute, { email: 'a@example.com' });
    await makeMembership(execute, userId, id);
    await multiply(count, 'organization_memberships', 'om');
    await newEvents();
    const { deletedOrganizationId, errors } = await mutate('deleteOrganization', 'deletedOrganizationId', { id });
    const isTooMany = count > MAX_MEMBERSHIPS_DELETED;
    expect(deletedOrganizationId).toBe(isTooMany ? null : id);
    expect(errors.map(({ code }: { code: string }) => code)).toEqual(isTooMany ? ['IN_USE'] : []);
    if (isTooMany) expect(errors[0].usedBy).toHaveLength(MAX_USES_NAMED);
    expect(await rows('organization_memberships')).toBe(isTooMany ? count : 0);
  });
});
