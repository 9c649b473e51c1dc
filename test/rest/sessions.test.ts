import { expect, test } from 'vitest';
import { ADA, hashed, world } from '../support/access/sign-in-world.js';
import { makeUser } from '../support/make.js';
import { restClient } from '../support/rest/rest-client.js';
import { PASSWORD } from '../support/sign-in.js';

const AUTHENTICATE = '/user_management/authenticate';

async function prepared() {
  const made = await world();
  const secret = await made.key();
  const userId = await makeUser(made.asKey, { ...ADA, ...hashed });
  const rest = restClient(made.app, secret);
  const nobody = restClient(made.app, null);
  const credentials = { client_id: 'client_1', client_secret: secret };
  const signIn = (more: object = {}) =>
    nobody('POST', AUTHENTICATE, {
      grant_type: 'password',
      ...credentials,
      email: ADA.email,
      password: PASSWORD,
      ...more,
    });
  const refresh = (refreshToken: unknown, more: object = {}) =>
    nobody('POST', AUTHENTICATE, { grant_type: 'refresh_token', ...credentials, refresh_token: refreshToken, ...more });
  return { ...made, rest, nobody, userId, signIn, refresh };
}

test('a user signs in, uses the token at both APIs, refreshes and is signed out', async () => {
  const { app, rest, userId, signIn, refresh, events } = await prepared();
  const { status, json } = await signIn({ ip_address: '203.0.113.7', user_agent: 'Browser' });
  expect(status).toBe(200);
  expect(json).toMatchObject({
    user: { id: userId, last_sign_in_at: expect.any(String) },
    authentication_method: 'Password',
  });
  const [signedIn] = (await events()).filter(({ name }) => name === 'authentication.password_succeeded');
  expect(signedIn).toMatchObject({ userId, ipAddress: '203.0.113.7', userAgent: 'Browser' });

  const person = restClient(app, json.access_token);
  expect((await person('GET', `/user_management/users/${userId}`)).json.id).toBe(userId);
  expect(await person('GET', '/user_management/users')).toMatchObject({ status: 403 });

  const refreshed = await refresh(json.refresh_token);
  expect(refreshed.json).toMatchObject({ user: { id: userId }, refresh_token: expect.any(String) });
  expect(refreshed.json.refresh_token).not.toBe(json.refresh_token);

  const { json: list } = await rest('GET', `/user_management/users/${userId}/sessions`);
  expect(list.data).toEqual([
    expect.objectContaining({ object: 'session', user_id: userId, status: 'active', ended_at: null }),
  ]);
  const { id } = list.data[0];
  expect(await rest('POST', '/user_management/sessions/revoke', { session_id: id })).toMatchObject({ status: 200 });
  expect(await person('GET', `/user_management/users/${userId}`)).toMatchObject({ status: 401 });
  expect(await refresh(refreshed.json.refresh_token)).toMatchObject({ status: 400, json: { error: 'invalid_grant' } });
  const { data } = (await rest('GET', `/user_management/users/${userId}/sessions`)).json;
  expect(data[0]).toMatchObject({ id, status: 'revoked', ended_at: expect.any(String) });
  // A second time changes nothing.
  expect(await rest('POST', '/user_management/sessions/revoke', { session_id: id })).toMatchObject({ status: 200 });
  expect(await rest('POST', '/user_management/sessions/revoke', { session_id: 'session_1' })).toMatchObject({
    status: 400,
  });
});

test('what a grant refuses', async () => {
  const { app, key, signIn, refresh, nobody } = await prepared();
  expect(await signIn({ password: 'wrong' })).toMatchObject({ status: 400, json: { code: 'invalid_credentials' } });
  expect(await signIn({ email: 'none@example.com' })).toMatchObject({ json: { code: 'invalid_credentials' } });
  for (const secret of [undefined, '', 'sk_test_x']) {
    expect(await signIn({ client_secret: secret })).toMatchObject({ status: 400, json: { error: 'invalid_client' } });
  }
  expect(await signIn({ email: undefined })).toMatchObject({ status: 422 });
  expect(await signIn({ grant_type: 'authorization_code', code: 'x' })).toMatchObject({ status: 422 });
  expect(await refresh('x')).toMatchObject({ status: 400, json: { error: 'invalid_grant' } });
  expect(await nobody('POST', AUTHENTICATE, {})).toMatchObject({ status: 422 });
  const elsewhere = await key('other');
  expect(await signIn({ client_secret: elsewhere })).toMatchObject({
    status: 403,
    json: { code: 'email_password_auth_disabled' },
  });
  await app.services.environments.setSignIn('other', true);
  expect(await signIn({ client_secret: elsewhere })).toMatchObject({ json: { code: 'invalid_credentials' } });
  const { json } = await signIn();
  // The token of one environment is nothing in another, and stays what it is.
  expect(await refresh(json.refresh_token, { client_secret: elsewhere })).toMatchObject({
    json: { error: 'invalid_grant' },
  });
  expect(await refresh(json.refresh_token)).toMatchObject({ status: 200 });
  // A person is not a program.
  expect(await signIn({ client_secret: json.access_token })).toMatchObject({ json: { error: 'invalid_client' } });
});

test('too many attempts have the form of OAuth', async () => {
  const { signIn } = await prepared();
  const answers = [];
  for (let attempt = 0; attempt < 12; attempt++) answers.push(await signIn({ password: 'wrong' }));
  const last = answers.at(-1);
  expect(last).toMatchObject({
    status: 429,
    json: { error: 'too_many_requests', error_description: expect.any(String) },
  });
  expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
});

test('a person sees and ends their own sessions only', async () => {
  const { app, asKey, signIn, rest, userId } = await prepared();
  await makeUser(asKey, { email: 'eve@example.com', ...hashed });
  const eve = restClient(app, (await signIn({ email: 'eve@example.com' })).json.access_token);
  const ada = restClient(app, (await signIn()).json.access_token);
  const path = `/user_management/users/${userId}/sessions`;
  const [session] = (await ada('GET', path)).json.data;
  expect(session).toMatchObject({ user_id: userId });
  expect(await eve('GET', path)).toMatchObject({ status: 404 });
  expect(await eve('POST', '/user_management/sessions/revoke', { session_id: session.id })).toMatchObject({
    status: 400,
  });
  expect((await rest('GET', path)).json.data[0].status).toBe('active');
  expect(await ada('POST', '/user_management/sessions/revoke', { session_id: session.id })).toMatchObject({
    status: 200,
  });
});
