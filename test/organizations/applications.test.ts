import { describe, expect, test } from 'vitest';
import { MAX_GRANTS_DELETED } from '../../src/applications/application.js';
import { makeApplication, makeGrant, makeOrganization, makeUser } from '../support/make.js';
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

const APPLICATION = `id clientId name description kind scopes redirectUris { uri isDefault } usesPkce isFirstParty
  organizationId createdAt updatedAt`;

openBeforeEach();

test('a redirect URI is stored verbatim without surrounding whitespace, and must not have a fragment', async () => {
  const uris = ['https://App.example:443/a/../cb', ' https://app.example/cb\n'];
  const select = `application { ${APPLICATION} }`;
  const { application } = await mutate('createApplication', select, { name: 'App', redirectUris: uris });
  expect(application.redirectUris.map(({ uri }: { uri: string }) => uri)).toEqual([uris[0], 'https://app.example/cb']);
  const redirectUris = ['https://app.example/cb', 'https://app.example/cb#here'];
  for (const made of [
    await mutate('createApplication', select, { name: 'App', redirectUris }),
    await mutate('updateApplication', select, { id: application.id, redirectUris }),
  ]) {
    expect(made).toMatchObject({ application: null, errors: [{ code: 'INVALID_INPUT', path: ['redirectUris', '1'] }] });
  }
});

describe('updateApplication', () => {
  test('keeps omitted fields, clears null fields, and logs the previous values', async () => {
    const organizationId = await makeOrganization(execute, { name: 'Org' });
    const id = await makeApplication(execute, {
      name: 'App',
      description: 'text',
      scopes: ['openid'],
      redirectUris: ['https://a.example/', 'https://b.example/'],
      organizationId,
    });
    await newEvents();
    app.clock.advance(5);
    const select = `application { ${APPLICATION} }`;
    const { application } = await mutate('updateApplication', select, {
      id,
      description: null,
      redirectUris: ['https://b.example/'],
      usesPkce: false,
    });
    expect(application).toMatchObject({
      name: 'App',
      description: null,
      scopes: ['openid'],
      redirectUris: [{ uri: 'https://b.example/', isDefault: true }],
      usesPkce: false,
      isFirstParty: true,
      organizationId,
      updatedAt: '2026-01-15T12:00:05.000Z',
    });
    const before = '[{"uri":"https://a.example/","isDefault":true},{"uri":"https://b.example/","isDefault":false}]';
    expect(await newEvents()).toEqual([`application.updated description=text redirectUris=${before} usesPkce=true`]);
    for (const patch of [{}, { name: 'App', scopes: ['openid', 'openid'], isFirstParty: true, organizationId }]) {
      const same = await mutate('updateApplication', select, { id: application.clientId, ...patch });
      expect(same.application.updatedAt).toBe(application.updatedAt);
    }
    expect(await newEvents()).toEqual([]);
  });

  test('is refused with all problems at once', async () => {
    const organizationId = await makeOrganization(execute, { name: 'Org' });
    const oauth = await makeApplication(execute, { name: 'App' });
    const m2m = await makeApplication(execute, { name: 'Robot', kind: 'M2M', organizationId });
    const refused = async (input: object) => codes(await mutate('updateApplication', 'application { id }', input));
    expect(
      await refused({ id: oauth, name: null, scopes: null, redirectUris: null, usesPkce: null, isFirstParty: null }),
    ).toEqual(['name', 'scopes', 'redirectUris', 'usesPkce', 'isFirstParty'].map((field) => `INVALID_INPUT@${field}`));
    expect(
      await refused({
        id: oauth,
        name: '',
        description: 'x'.repeat(1001),
        scopes: ['a b'],
        organizationId: 'nonsense',
      }),
    ).toEqual([
      'INVALID_INPUT@scopes.0',
      'INVALID_INPUT@name',
      'INVALID_INPUT@description',
      'NOT_FOUND@organizationId',
    ]);
    expect(await refused({ id: oauth, isFirstParty: false })).toEqual(['INVALID_INPUT@organizationId']);
    expect(
      await refused({ id: m2m, usesPkce: true, redirectUris: ['https://a.example/'], organizationId: null }),
    ).toEqual(['INVALID_INPUT@usesPkce', 'INVALID_INPUT@redirectUris', 'INVALID_INPUT@organizationId']);
    for (const unknown of [`conn_app_${UNKNOWN}`, `client_${UNKNOWN}`, 'nonsense']) {
      expect(await refused({ id: unknown, name: '' })).toEqual(['NOT_FOUND@id']);
    }
  });
});

describe('deleteApplication', () => {
  test('revokes the grants, each with its event', async () => {
    const id = await makeApplication(execute, { name: 'App' });
    const other = await makeApplication(execute, { name: 'Other' });
    const userId = await makeUser(execute, { email: 'a@example.com' });
    await makeGrant(execute, userId, id);
    await makeGrant(execute, userId, other);
    await newEvents();
    const deleted = await mutate('deleteApplication', 'deletedApplicationId', { id });
    expect(deleted).toEqual({ deletedApplicationId: id, errors: [] });
    expect(await newEvents()).toEqual(['authorized_application.deleted', 'application.deleted']);
    expect(codes(await mutate('deleteApplication', 'deletedApplicationId', { id }))).toEqual(['NOT_FOUND@id']);
    const { data } = await execute('{ users { nodes { authorizedApplications { nodes { application { id } } } } } }');
    expect(data.users.nodes[0].authorizedApplications.nodes).toEqual([{ application: { id: other } }]);
  });

  test.each([MAX_GRANTS_DELETED, MAX_GRANTS_DELETED + 1])('with %i grants', async (count) => {
    const id = await makeApplication(execute, { name: 'App' });
    const userId = await makeUser(execute, { email: 'a@example.com' });
    await makeGrant(execute, userId, id);
    await multiply(count, 'authorized_applications', 'authorized_connect_app');
    const { deletedApplicationId, errors } = await mutate('deleteApplication', 'deletedApplicationId', { id });
    const isTooMany = count > MAX_GRANTS_DELETED;
    expect(deletedApplicationId).toBe(isTooMany ? null : id);
    expect(errors.map(({ code }: { code: string }) => code)).toEqual(isTooMany ? ['IN_USE'] : []);
    expect(await rows('authorized_applications')).toBe(isTooMany ? count : 0);
  });
});
