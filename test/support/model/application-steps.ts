import fc from 'fast-check';
import { expect } from 'vitest';
import { mutate, nth, Step } from './step.js';
import { NOBODY } from './user-steps.js';

const NO_APPLICATION = 'conn_app_01E4ZCR3C56J083X43JQXF3JK5';
const NO_KEY = 'api_key_01E4ZCR3C56J083X43JQXF3JK5';
const NOWHERE = 'org_01E4ZCR3C56J083X43JQXF3JK5';
const which = fc.nat(20);
const names = fc.constantFrom('Calendar', 'Wiki', '');
const scopes = fc.uniqueArray(fc.constantFrom('openid', 'profile', 'email'), { maxLength: 3 });
/** Belongs to no organization, to one of these, or to one that is not there. */
const owner = fc.option(which);

const createApplication = fc.tuple(names, scopes, owner).map(
  ([name, given, number]) =>
    new Step('createApplication', { name, given, number }, async (model, real) => {
      const organizationId = number === null ? null : (nth(model.organizations.keys(), number) ?? NOWHERE);
      const input = { name, scopes: given, organizationId };
      const { payload, codes } = await mutate(real, 'createApplication', 'application { id }', input);
      expect(codes).toEqual([
        ...(name === '' ? ['INVALID_INPUT'] : []),
        ...(organizationId === NOWHERE ? ['NOT_FOUND'] : []),
      ]);
      if (codes.length > 0) return;
      const { id } = payload.application;
      model.applications.set(id, { id, name, description: null, scopes: given, organizationId });
      model.ids.push(id);
      model.happened(['application.created', id]);
    }),
);

const patch = fc.record(
  { name: fc.option(names), description: fc.constantFrom('Text', null), scopes: fc.option(scopes) },
  { requiredKeys: [] },
);

const updateApplication = fc.tuple(which, patch, fc.option(owner, { nil: undefined })).map(
  ([number, given, ownerNumber]) =>
    new Step('updateApplication', { number, ...given, ownerNumber }, async (model, real) => {
      const one = nth(model.applications.values(), number);
      const organizationId =
        ownerNumber == null ? ownerNumber : (nth(model.organizations.keys(), ownerNumber) ?? NOWHERE);
      const input = { id: one?.id ?? NO_APPLICATION, ...given, organizationId };
      const { codes } = await mutate(real, 'updateApplication', 'application { id }', input);
      if (!one) {
        expect(codes).toEqual(['NOT_FOUND']);
        return;
      }
      const isNameless = given.name === null || given.name === '';
      expect(codes).toEqual([
        ...(isNameless ? ['INVALID_INPUT'] : []),
        ...(given.scopes === null ? ['INVALID_INPUT'] : []),
        ...(organizationId === NOWHERE ? ['NOT_FOUND'] : []),
      ]);
      if (codes.length > 0) return;
      const before = JSON.stringify(one);
      if (given.name != null) one.name = given.name;
      if (given.description !== undefined) one.description = given.description;
      if (given.scopes != null) one.scopes = given.scopes;
      if (organizationId !== undefined) one.organizationId = organizationId;
      if (JSON.stringify(one) !== before) model.happened(['application.updated', one.id]);
    }),
);

const deleteApplication = which.map(
  (number) =>
    new Step('deleteApplication', number, async (model, real) => {
      const one = nth(model.applications.values(), number);
      const input = { id: one?.id ?? NO_APPLICATION };
      const { codes } = await mutate(real, 'deleteApplication', 'deletedApplicationId', input);
      expect(codes).toEqual(one ? [] : ['NOT_FOUND']);
      if (one) model.deleteApplication(one);
    }),
);

/** A second consent keeps the grant and takes over its scopes. */
const authorizeApplication = fc.tuple(which, which, scopes).map(
  ([userNumber, applicationNumber, given]) =>
    new Step('authorizeApplication', { userNumber, applicationNumber, given }, async (model, real) => {
      const user = nth(model.users.values(), userNumber);
      const application = nth(model.applications.values(), applicationNumber);
      const input = { userId: user?.id ?? NOBODY, applicationId: application?.id ?? NO_APPLICATION, scopes: given };
      const { payload, codes } = await mutate(real, 'authorizeApplication', 'authorizedApplication { id }', input);
      expect(codes).toEqual([...(application ? [] : ['NOT_FOUND']), ...(user ? [] : ['USER_NOT_FOUND'])]);
      if (!user || !application) return;
      const before = [...model.grants.values()].find(
        (grant) => grant.userId === user.id && grant.applicationId === application.id,
      );
      const { id } = payload.authorizedApplication;
      if (before) {
        expect(id).toBe(before.id);
        if (before.grantedScopes.join() === given.join()) return;
        before.grantedScopes = given;
        model.happened(['authorized_application.updated', user.id, application.id]);
        return;
      }
      model.grants.set(id, { id, userId: user.id, applicationId: application.id, grantedScopes: given });
      model.ids.push(id);
      model.happened(['authorized_application.created', user.id, application.id]);
    }),
);

/** By the application or by the grant; another user's grant is nobody's. */
const deleteAuthorizedApplication = fc.tuple(which, which, fc.boolean()).map(
  ([userNumber, grantNumber, isByGrant]) =>
    new Step('deleteAuthorizedApplication', { userNumber, grantNumber, isByGrant }, async (model, real) => {
      const user = nth(model.users.values(), userNumber);
      const grant = nth(model.grants.values(), grantNumber);
      const applicationId = (isByGrant ? grant?.id : grant?.applicationId) ?? NO_APPLICATION;
      const input = { userId: user?.id ?? NOBODY, applicationId };
      const selection = 'deletedAuthorizedApplicationId';
      const { payload, codes } = await mutate(real, 'deleteAuthorizedApplication', selection, input);
      const theirs = [...model.grants.values()].find(
        (one) =>
          one.userId === user?.id && (isByGrant ? one.id === grant?.id : one.applicationId === grant?.applicationId),
      );
      expect(codes).toEqual(user ? (theirs ? [] : ['AUTHORIZED_APPLICATION_NOT_FOUND']) : ['USER_NOT_FOUND']);
      if (!theirs) return;
      expect(payload.deletedAuthorizedApplicationId).toBe(theirs.id);
      model.deleteGrant(theirs);
    }),
);

const createApiKey = fc.constantFrom('reports', '').map(
  (name) =>
    new Step('createApiKey', name, async (model, real) => {
      const input = { name, scopes: ['users:read'] };
      const { payload, codes } = await mutate(real, 'createApiKey', 'apiKey { id } secret', input);
      expect(codes).toEqual(name === '' ? ['INVALID_INPUT'] : []);
      if (codes.length > 0) return;
      model.apiKeys.set(payload.apiKey.id, { id: payload.apiKey.id, name, isRevoked: false });
      model.happened(['api_key.created']);
    }),
);

/** Ends once; a second time it is told so again and nothing happens. */
const revokeApiKey = which.map(
  (number) =>
    new Step('revokeApiKey', number, async (model, real) => {
      const one = nth(model.apiKeys.values(), number);
      const { codes } = await mutate(real, 'revokeApiKey', 'revokedApiKeyId', { id: one?.id ?? NO_KEY });
      expect(codes).toEqual(one ? [] : ['NOT_FOUND']);
      if (!one || one.isRevoked) return;
      one.isRevoked = true;
      model.happened(['api_key.revoked']);
    }),
);

export const applicationSteps = [
  createApplication,
  updateApplication,
  deleteApplication,
  authorizeApplication,
  authorizeApplication,
  deleteAuthorizedApplication,
  createApiKey,
  revokeApiKey,
];
