import { expect, test } from 'vitest';
import { restClient } from '../support/rest/rest-client.js';
import { withoutAuthentication } from '../support/sql/authentication.js';
import { testApp } from '../support/test-app.js';

const MEMBERSHIPS = '/user_management/organization_memberships';

async function world() {
  const test = await testApp();
  const rest = restClient(test.app, await test.key());
  const { json: user } = await rest('POST', '/user_management/users', { email: 'ada@example.com' });
  const { json: organization } = await rest('POST', '/organizations', { name: 'Acme', external_id: 'acme' });
  return { ...test, rest, user, organization };
}

test('an organization is created, read, listed, changed and deleted', async () => {
  const { rest, organization } = await world();
  expect(organization).toEqual({
    object: 'organization',
    id: expect.stringMatching(/^org_/),
    name: 'Acme',
    domains: [],
    metadata: {},
    external_id: 'acme',
    created_at: expect.any(String),
    updated_at: organization.created_at,
  });
  const path = `/organizations/${organization.id}`;
  expect((await rest('GET', path)).json).toEqual(organization);
  expect((await rest('GET', '/organizations/external_id/acme')).json).toEqual(organization);
  expect((await rest('GET', '/organizations')).json.data).toEqual([organization]);
  const patch = { name: 'Acme Inc', metadata: { plan: 'pro' }, external_id: null };
  expect((await rest('PUT', path, patch)).json).toMatchObject(patch);
  expect(await rest('POST', '/organizations', { name: '' })).toMatchObject({ status: 422 });
  expect(await rest('POST', '/organizations', {})).toMatchObject({ status: 422 });
  await rest('POST', '/organizations', { name: 'B', external_id: 'b' });
  const taken = await rest('POST', '/organizations', { name: 'C', external_id: 'b' });
  expect(taken).toMatchObject({ status: 400, json: { code: 'external_id_already_used' } });
  expect(await rest('PUT', path, { external_id: 'b' })).toMatchObject({ status: 400 });
  expect(await rest('DELETE', path)).toMatchObject({ status: 200, json: null });
  expect(await rest('GET', path)).toMatchObject({ status: 404 });
});

test('a membership is created, read, changed and deleted', async () => {
  const { rest, user, organization } = await world();
  const input = { user_id: user.id, organization_id: organization.id };
  const { status, json: membership } = await rest('POST', MEMBERSHIPS, input);
  expect(status).toBe(201);
  expect(membership).toEqual({
    object: 'organization_membership',
    id: expect.stringMatching(/^om_/),
    user_id: user.id,
    organization_id: organization.id,
    organization_name: 'Acme',
    status: 'active',
    directory_managed: false,
    role: { slug: 'member' },
    roles: [{ slug: 'member' }],
    custom_attributes: {},
    user,
    created_at: expect.any(String),
    updated_at: membership.created_at,
  });
  const path = `${MEMBERSHIPS}/${membership.id}`;
  expect((await rest('GET', path)).json).toEqual(membership);
  expect((await rest('PUT', path, { role_slug: 'admin' })).json.role).toEqual({ slug: 'admin' });
  expect((await rest('PUT', path, { role_slugs: ['a', 'b'] })).json.roles).toEqual([{ slug: 'a' }, { slug: 'b' }]);
  expect((await rest('PUT', path, {})).json.roles).toHaveLength(2);
  expect(await rest('PUT', path, { role_slug: 'a', role_slugs: ['b'] })).toMatchObject({ status: 422 });
  expect(await rest('PUT', path, { role_slug: 'No Slug' })).toMatchObject({
    status: 422,
    json: { code: 'invalid_role' },
  });
  expect((await rest('PUT', `${path}/deactivate`)).json.status).toBe('inactive');
  expect((await rest('PUT', `${path}/reactivate`)).json.status).toBe('active');
  const twice = await rest('POST', MEMBERSHIPS, input);
  expect(twice).toMatchObject({ status: 409, json: { code: 'organization_membership_already_exists' } });
  expect(await rest('DELETE', path)).toMatchObject({ status: 200, json: null });
  expect(await rest('GET', path)).toMatchObject({ status: 404 });
  expect(await rest('PUT', `${path}/deactivate`)).toMatchObject({ status: 404 });
});

test('memberships are listed by user, organization and status', async () => {
  const { rest, user, organization, statements } = await world();
  const { json: other } = await rest('POST', '/organizations', { name: 'Other' });
  const add = async (userId: string, organizationId: string) =>
    (await rest('POST', MEMBERSHIPS, { user_id: userId, organization_id: organizationId })).json.id as string;
  const first = await add(user.id, organization.id);
  const second = await add(user.id, other.id);
  const members = [first];
  for (let index = 0; index < 5; index++) {
    const { json } = await rest('POST', '/user_management/users', { email: `u${index}@example.com` });
    members.push(await add(json.id, organization.id));
  }
  for (const index of [1, 4]) await rest('PUT', `${MEMBERSHIPS}/${members[index]}/deactivate`);
  const list = async (parameters: string) =>
    (await rest('GET', `${MEMBERSHIPS}?${parameters}`)).json.data.map(({ id }: { id: string }) => id);
  expect(await list(`user_id=${user.id}`)).toEqual([second, first]);
  expect(await list(`user_id=${user.id}&organization_id=${organization.id}`)).toEqual([first]);
  expect(await list(`user_id=${user.id}&statuses=inactive`)).toEqual([]);
  const at = (...indices: number[]) => indices.map((index) => members[index]);
  expect(await list(`organization_id=${organization.id}`)).toEqual(at(5, 4, 3, 2, 1, 0));
  expect(await list(`organization_id=${organization.id}&statuses=inactive`)).toEqual(at(4, 1));
  expect(await list(`organization_id=${organization.id}&statuses=active,inactive&limit=3`)).toEqual(at(5, 4, 3));
  expect(await list(`organization_id=${organization.id}&statuses[]=active&statuses[]=pending&order=asc`)).toEqual(
    at(0, 2, 3, 5),
  );
  const page = `organization_id=${organization.id}&statuses=active&limit=2`;
  expect(await list(`${page}&after=${members[3]}`)).toEqual(at(2, 0));
  expect(await list(`${page}&before=${members[0]}`)).toEqual(at(3, 2));
  expect(await rest('GET', MEMBERSHIPS)).toMatchObject({
    status: 400,
    json: { code: 'missing_user_id_or_organization_id' },
  });
  expect(await rest('GET', `${MEMBERSHIPS}?user_id=${user.id}&statuses=away`)).toMatchObject({ status: 422 });
  // The users and the organizations of a page are read together.
  statements.length = 0;
  await list(`organization_id=${organization.id}`);
  expect(withoutAuthentication(statements).filter((sql) => /^\s*select/.test(sql))).toHaveLength(3);
});
