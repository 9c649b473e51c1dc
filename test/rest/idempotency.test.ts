import { expect, test } from 'vitest';
import { restClient } from '../support/rest/rest-client.js';
import { codeIn, testApp } from '../support/test-app.js';

const USERS = '/user_management/users';

async function world() {
  const test = await testApp();
  return { ...test, rest: restClient(test.app, await test.key()), graph: await test.client() };
}

const withKey = (key: string) => ({ 'idempotency-key': key });

test('a repeated POST returns the first result and does nothing again', async () => {
  const { rest, mails } = await world();
  const repeat = async (path: string, body: object | undefined, key: string) => {
    const first = await rest('POST', path, body, withKey(key));
    const second = await rest('POST', path, body, withKey(key));
    expect([path, second.status, second.json]).toEqual([path, first.status, first.json]);
    expect(first.status).toBeLessThan(300);
    return first.json;
  };
  const user = await repeat(USERS, { email: 'ada@example.com' }, 'k1');
  const organization = await repeat('/organizations', { name: 'Acme' }, 'k2');
  const membership = { user_id: user.id, organization_id: organization.id };
  await repeat('/user_management/organization_memberships', membership, 'k3');
  await repeat(`${USERS}/${user.id}/email_verification/send`, undefined, 'k4');
  expect(mails).toHaveLength(1);
  await repeat(`${USERS}/${user.id}/email_verification/confirm`, { code: codeIn(mails[0]) }, 'k5');
  await repeat(`${USERS}/${user.id}/email_change/send`, { new_email: 'new@example.com' }, 'k6');
  expect(mails).toHaveLength(2);
  await repeat(`${USERS}/${user.id}/email_change/confirm`, { code: codeIn(mails[1]) }, 'k7');
  expect((await rest('GET', '/events?limit=100')).json.data.map(({ event }: { event: string }) => event)).toEqual([
    'api_key.created',
    'api_key.created',
    'user.created',
    'organization.created',
    'organization_membership.created',
    'email_verification.created',
    'user.updated',
    'user.updated',
  ]);
});

test('a key with another request, of either API, is refused', async () => {
  const { rest, graph } = await world();
  const create = (email: string, idempotencyKey: string) =>
    graph(
      'mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id email } errors { ... on MutationError { code } } } }',
      { input: { email, idempotencyKey } },
    );
  await rest('POST', USERS, { email: 'ada@example.com' }, withKey('k1'));
  for (const [path, body] of [
    [USERS, { email: 'eve@example.com' }],
    ['/organizations', { name: 'Acme' }],
  ] as const) {
    const { status, json } = await rest('POST', path, body, withKey('k1'));
    expect([status, json.code]).toEqual([422, 'idempotency_key_reused']);
  }
  expect((await create('eve@example.com', 'k1')).data.createUser.errors).toEqual([{ code: 'IDEMPOTENCY_KEY_REUSED' }]);
  await create('bob@example.com', 'k2');
  const answer = await rest('POST', USERS, { email: 'eve@example.com' }, withKey('k2'));
  expect(answer).toMatchObject({ status: 422, json: { code: 'idempotency_key_reused' } });
  expect((await rest('GET', USERS)).json.data).toHaveLength(2);
});

test('a malformed key is refused', async () => {
  const { rest } = await world();
  const answer = await rest('POST', USERS, { email: 'ada@example.com' }, withKey('a b'));
  expect(answer).toMatchObject({ status: 422, json: { code: 'invalid_request_parameters' } });
  expect((await rest('GET', USERS)).json.data).toEqual([]);
});
