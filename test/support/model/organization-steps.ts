import fc from 'fast-check';
import { expect } from 'vitest';
import { isExternalId, isMetadata, type Model, type ModelOrganization, merged } from './model.js';
import { type Drawn, mutate, nth, Step } from './step.js';
import { NOBODY } from './user-steps.js';

const NOWHERE = 'org_01E4ZCR3C56J083X43JQXF3JK5';
const NO_MEMBERSHIP = 'om_01E4ZCR3C56J083X43JQXF3JK5';
const which = fc.nat(20);
const metadata = fc.dictionary(fc.constantFrom('plan', 'team'), fc.constantFrom('a', 'b', null));
const names = fc.constantFrom('Acme', 'Initech', ' ');
const externalIds = fc.constantFrom('o1', 'o2', 'ß');
const roles = fc.array(fc.constantFrom('member', 'admin', 'Not a slug'), { minLength: 0, maxLength: 3 });

const newOrganization = fc.record(
  { name: names, externalId: fc.option(externalIds), metadata: fc.option(metadata) },
  { requiredKeys: ['name'] },
);
const organizationPatch = fc.record(
  { name: fc.option(names), externalId: fc.option(externalIds), metadata: fc.option(metadata) },
  { requiredKeys: [] },
);

type Given = Drawn<typeof organizationPatch>;

function problemsOf(model: Model, given: Given, before: ModelOrganization | null): string[] {
  const { name, externalId, metadata: map } = given;
  const codes: string[] = [];
  if (name === null || name?.trim() === '') codes.push('INVALID_INPUT');
  if (externalId != null && !isExternalId(externalId)) codes.push('INVALID_EXTERNAL_ID');
  const wrong = Object.values(map ?? {}).filter((value) => !isMetadata({ value }, before !== null));
  codes.push(...wrong.map(() => 'INVALID_METADATA'));
  const isTaken = [...model.organizations.values()].some(
    (one) => one.externalId === externalId && one.id !== before?.id,
  );
  if (externalId != null && isTaken) codes.push('EXTERNAL_ID_ALREADY_USED');
  return codes.sort();
}

const createOrganization = newOrganization.map(
  (input) =>
    new Step('createOrganization', input, async (model, real) => {
      const { payload, codes } = await mutate(real, 'createOrganization', 'organization { id }', input);
      expect(codes).toEqual(problemsOf(model, input, null));
      if (codes.length > 0) return;
      const { id } = payload.organization;
      const externalId = input.externalId ?? null;
      model.organizations.set(id, { id, name: input.name, externalId, metadata: merged({}, input.metadata ?? null) });
      model.ids.push(id);
      model.happened(['organization.created', id]);
    }),
);

const updateOrganization = fc.tuple(which, organizationPatch).map(
  ([number, given]) =>
    new Step('updateOrganization', { number, ...given }, async (model, real) => {
      const one = nth(model.organizations.values(), number);
      const input = { id: one?.id ?? NOWHERE, ...given };
      const { codes } = await mutate(real, 'updateOrganization', 'organization { id }', input);
      expect(codes).toEqual(one ? problemsOf(model, given, one) : ['NOT_FOUND']);
      if (!one || codes.length > 0) return;
      const before = JSON.stringify(one);
      if (given.name != null) one.name = given.name;
      if (given.externalId !== undefined) one.externalId = given.externalId;
      if (given.metadata !== undefined) one.metadata = merged(one.metadata, given.metadata);
      if (JSON.stringify(one) !== before) model.happened(['organization.updated', one.id]);
    }),
);

/** Applications that belong to it keep it: one reason, whatever their number. */
const deleteOrganization = which.map(
  (number) =>
    new Step('deleteOrganization', number, async (model, real) => {
      const one = nth(model.organizations.values(), number);
      const input = { id: one?.id ?? NOWHERE };
      const { codes } = await mutate(real, 'deleteOrganization', 'deletedOrganizationId', input);
      const isHeld = [...model.applications.values()].some(({ organizationId }) => organizationId === one?.id);
      expect(codes).toEqual(one ? (isHeld ? ['IN_USE'] : []) : ['NOT_FOUND']);
      if (one && !isHeld) model.deleteOrganization(one);
    }),
);

const isRole = (role: string) => role !== 'Not a slug';
const areRoles = (given: readonly string[]) => given.length > 0 && given.every(isRole);

const createOrganizationMembership = fc.tuple(which, which, roles).map(
  ([userNumber, organizationNumber, given]) =>
    new Step('createOrganizationMembership', { userNumber, organizationNumber, given }, async (model, real) => {
      const user = nth(model.users.values(), userNumber);
      const organization = nth(model.organizations.values(), organizationNumber);
      const input = { userId: user?.id ?? NOBODY, organizationId: organization?.id ?? NOWHERE, roles: given };
      const { payload, codes } = await mutate(real, 'createOrganizationMembership', 'membership { id }', input);
      const problems = [
        ...(areRoles(given) ? [] : ['INVALID_INPUT']),
        ...(user ? [] : ['USER_NOT_FOUND']),
        ...(organization ? [] : ['NOT_FOUND']),
      ];
      const isMember = [...model.memberships.values()].some(
        (one) => one.userId === user?.id && one.organizationId === organization?.id,
      );
      expect(codes).toEqual(problems.length === 0 && isMember ? ['ALREADY_MEMBER'] : problems.sort());
      if (codes.length > 0 || !user || !organization) return;
      const { id } = payload.membership;
      const membership = { userId: user.id, organizationId: organization.id, status: 'ACTIVE' } as const;
      model.memberships.set(id, { id, ...membership, roles: [...new Set(given)] });
      model.ids.push(id);
      model.happened(['organization_membership.created', user.id, organization.id]);
    }),
);

const updateOrganizationMembership = fc.tuple(which, fc.option(roles)).map(
  ([number, given]) =>
    new Step('updateOrganizationMembership', { number, given }, async (model, real) => {
      const one = nth(model.memberships.values(), number);
      const input = { id: one?.id ?? NO_MEMBERSHIP, roles: given };
      const { codes } = await mutate(real, 'updateOrganizationMembership', 'membership { id }', input);
      const isWrong = given === null || !areRoles(given);
      expect(codes).toEqual(one ? (isWrong ? ['INVALID_INPUT'] : []) : ['NOT_FOUND']);
      if (!one || given === null || isWrong) return;
      const next = [...new Set(given)];
      if (next.join() === one.roles.join()) return;
      one.roles = next;
      model.happened(['organization_membership.updated', one.userId, one.organizationId]);
    }),
);

function setStatus(mutation: string, status: 'ACTIVE' | 'INACTIVE') {
  return which.map(
    (number) =>
      new Step(mutation, number, async (model, real) => {
        const one = nth(model.memberships.values(), number);
        const { codes } = await mutate(real, mutation, 'membership { status }', { id: one?.id ?? NO_MEMBERSHIP });
        expect(codes).toEqual(one ? [] : ['NOT_FOUND']);
        if (!one || one.status === status) return;
        one.status = status;
        model.happened(['organization_membership.updated', one.userId, one.organizationId]);
      }),
  );
}

const deleteOrganizationMembership = which.map(
  (number) =>
    new Step('deleteOrganizationMembership', number, async (model, real) => {
      const one = nth(model.memberships.values(), number);
      const input = { id: one?.id ?? NO_MEMBERSHIP };
      const { codes } = await mutate(real, 'deleteOrganizationMembership', 'deletedMembershipId', input);
      expect(codes).toEqual(one ? [] : ['NOT_FOUND']);
      if (one) model.deleteMembership(one);
    }),
);

export const organizationSteps = [
  createOrganization,
  updateOrganization,
  deleteOrganization,
  createOrganizationMembership,
  createOrganizationMembership,
  updateOrganizationMembership,
  setStatus('deactivateOrganizationMembership', 'INACTIVE'),
  setStatus('reactivateOrganizationMembership', 'ACTIVE'),
  deleteOrganizationMembership,
];
