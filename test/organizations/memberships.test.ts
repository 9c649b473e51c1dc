import { describe, expect, test } from 'vitest';
import { inSql } from '../support/in-sql.js';
import { makeMembership, makeOrganization, makeUser } from '../support/make.js';
import { app, codes, execute, mutate, newEvents, openBeforeEach, UNKNOWN } from '../support/organizations/changes.js';

const MEMBERSHIP = 'id status roles createdAt updatedAt user { id } organization { id }';

openBeforeEach();

describe('memberships', () => {
  test('update roles and status, and log the previous values', async () => {
    const userId = await makeUser(execute, { email: 'a@example.com' });
    const id = await makeMembership(execute, userId, await makeOrganization(execute, { name: 'Org' }));
    await newEvents();
    app.clock.advance(5);
    const select = `membership { ${MEMBERSHIP} }`;
    const { membership } = await mutate('updateOrganizationMembership', select, { id, roles: ['admin', 'admin', 'x'] });
    expect(membership).toMatchObject({
      roles: ['admin', 'x'],
      status: 'ACTIVE',
      updatedAt: '2026-01-15T12:00:05.000Z',
    });
    for (const patch of [{}, { roles: ['admin', 'x'] }]) {
      await mutate('updateOrganizationMembership', select, { id, ...patch });
    }
    expect(await newEvents()).toEqual(['organization_membership.updated roles=["member"]']);
    for (const [verb, status] of [
      ['deactivate', 'INACTIVE'],
      ['deactivate', 'INACTIVE'],
      ['reactivate', 'ACTIVE'],
      ['reactivate', 'ACTIVE'],
    ]) {
      const answer = await mutate(`${verb}OrganizationMembership`, select, { id });
      expect(answer.membership.status).toBe(status);
    }
    expect(await newEvents()).toEqual([
      'organization_membership.updated status=ACTIVE',
      'organization_membership.updated status=INACTIVE',
    ]);
    const deleted = await mutate(
      'deleteOrganizationMembership',
      'deletedMembershipId user { id organizationMemberships { totalCount } }',
      { id },
    );
    expect(deleted).toEqual({
      deletedMembershipId: id,
      user: { id: userId, organizationMemberships: { totalCount: 0 } },
      errors: [],
    });
    expect(await newEvents()).toEqual(['organization_membership.deleted']);
  });

  test('refuse what is wrong', async () => {
    const userId = await makeUser(execute, { email: 'a@example.com' });
    const id = await makeMembership(execute, userId, await makeOrganization(execute, { name: 'Org' }));
    const update = async (input: object) =>
      codes(await mutate('updateOrganizationMembership', 'membership { id }', input));
    expect(await update({ id, roles: [] })).toEqual(['INVALID_INPUT@roles']);
    expect(await update({ id, roles: ['ok', 'Not a slug'] })).toEqual(['INVALID_INPUT@roles.1']);
    expect(await update({ id, roles: null })).toEqual(['INVALID_INPUT@roles']);
    for (const unknown of [`om_${UNKNOWN}`, 'nonsense']) {
      expect(await update({ id: unknown, roles: ['x'] })).toEqual(['NOT_FOUND@id']);
      for (const field of ['deactivate', 'reactivate', 'delete']) {
        const selection = field === 'delete' ? 'deletedMembershipId' : 'membership { id }';
        const answer = await mutate(`${field}OrganizationMembership`, selection, { id: unknown });
        expect(codes(answer)).toEqual(['NOT_FOUND@id']);
      }
    }
  });

  test('that are pending can only be deleted', async () => {
    const userId = await makeUser(execute, { email: 'a@example.com' });
    const id = await makeMembership(execute, userId, await makeOrganization(execute, { name: 'Org' }));
    // There are no invitations yet, which is where a pending membership comes from.
    await inSql(app, (run) => run(`update organization_memberships set status = 'PENDING'`));
    await newEvents();
    for (const verb of ['deactivate', 'reactivate']) {
      const { membership, errors } = await mutate(`${verb}OrganizationMembership`, 'membership { id }', { id });
      expect(membership).toBeNull();
      expect(errors).toEqual([
        {
          __typename: 'MembershipPendingError',
          code: `CANNOT_${verb.toUpperCase()}_PENDING_ORGANIZATION_MEMBERSHIP`,
          path: ['id'],
        },
      ]);
    }
    expect(await newEvents()).toEqual([]);
    expect((await mutate('deleteOrganizationMembership', 'deletedMembershipId', { id })).deletedMembershipId).toBe(id);
  });
});
