import { expect, test } from 'vitest';
import { restClient } from '../support/rest/rest-client.js';
import { codeIn, testApp } from '../support/test-app.js';

const USERS = '/user_management/users';
const PASSWORD = 'i8uv6g34kd490s';

async function world() {
  const test = await testApp();
  return { ...test, rest: restClient(test.app, await test.key()) };
}

test('a user is created, read, changed and deleted', async () => {
  const { rest } = await world();
  const body = {
    email: ' Ada@Example.com ',
    first_name: 'Ada',
    last_name: null,
    external_id: 'a/1',
    metadata: { a: '1' },
  };
  const { status, json: user } = await rest('POST', USERS, { ...body, password: PASSWORD, unknown: 1 });
  expect(status).toBe(201);
  expect(user).toEqual({
    object: 'user',
    id: expect.stringMatching(/^user_[0-9A-Z]{26}$/),
    email: 'Ada@Example.com',
    email_verified: false,
    first_name: 'Ada',
    last_name: null,
    name: null,
    profile_picture_url: null,
    last_sign_in_at: null,
    external_id: 'a/1',
    metadata: { a: '1' },
    locale: null,
    created_at: expect.any(String),
    updated_at: user.created_at,
  });
  expect((await rest('GET', `${USERS}/${user.id}`)).json).toEqual(user);
  for (const externalId of ['a%2F1', 'a/1']) {
    expect((await rest('GET', `${USERS}/external_id/${externalId}`)).json).toEqual(user);
  }
  const patch = { email: 'ada@example.org', locale: 'en-us', metadata: { a: null, b: '2' }, first_name: null };
  const { json: changed } = await rest('PUT', `${USERS}/${user.id}`, patch);
  expect(changed).toMatchObject({ email: 'ada@example.org', locale: 'en-US', metadata: { b: '2' }, first_name: null });
  expect((await rest('PUT', `${USERS}/${user.id}`, {})).json).toEqual(changed);
  expect((await rest('PUT', `${USERS}/${user.id}`, { metadata: {} })).json.metadata).toEqual({});
  expect(await rest('DELETE', `${USERS}/${user.id}`)).toMatchObject({ status: 200, json: null });
  expect(await rest('DELETE', `${USERS}/${user.id}`)).toMatchObject({ status: 404 });
});

test('an object that does not exist is named in a 404', async () => {
  const { rest } = await world();
  const id = 'user_01EHQ7ZGZ2CZVQJGZ5ZJZ1ZJGZ';
  const body = { code: 'entity_not_found', message: `User not found: '${id}'.`, entity_id: id };
  const requests = [
    ['GET', `${USERS}/${id}`],
    ['PUT', `${USERS}/${id}`, {}],
    ['DELETE', `${USERS}/${id}`],
    ['POST', `${USERS}/${id}/email_verification/send`],
    ['POST', `${USERS}/${id}/email_verification/confirm`, { code: '123456' }],
    ['POST', `${USERS}/${id}/email_change/send`, { new_email: 'a@example.com' }],
    ['POST', `${USERS}/${id}/email_change/confirm`, { code: '123456' }],
    ['GET', `${USERS}/${id}/authorized_applications`],
    ['DELETE', `${USERS}/${id}/authorized_applications/conn_app_1`],
    ['GET', `${USERS}/${id}/sessions`],
  ] as const;
  for (const [method, path, sent] of requests) {
    expect([path, await rest(method, path, sent)]).toEqual([
      path,
      expect.objectContaining({ status: 404, json: body }),
    ]);
  }
  for (const path of ['/organizations/org_1', '/organizations/external_id/none', `${USERS}/external_id/none`]) {
    expect(await rest('GET', path)).toMatchObject({ status: 404, json: { code: 'entity_not_found' } });
  }
});

test.each([
  ['a missing address', {}, 422, 'invalid_request_parameters'],
  ['an address that is no text', { email: 1 }, 422, 'invalid_request_parameters'],
  ['a malformed address', { email: 'ada' }, 422, 'invalid_request_parameters'],
  ['a list', [], 422, 'invalid_request_parameters'],
  ['a weak password', { email: 'b@example.com', password: 'abc' }, 400, 'password_strength_error'],
  ['an address in use', { email: 'TAKEN@example.com' }, 400, 'user_creation_error'],
  ['an external ID in use', { email: 'b@example.com', external_id: 'taken' }, 400, 'external_id_already_used'],
  [
    'an external ID with other letters',
    { email: 'b@example.com', external_id: 'ä' },
    422,
    'invalid_request_parameters',
  ],
  ['metadata with a number', { email: 'b@example.com', metadata: { a: 1 } }, 400, 'invalid_metadata'],
  ['metadata with null', { email: 'b@example.com', metadata: { a: null } }, 400, 'invalid_metadata'],
  ['metadata that is a text', { email: 'b@example.com', metadata: 'a' }, 422, 'invalid_request_parameters'],
  [
    'a password and a hash',
    { email: 'b@example.com', password: PASSWORD, password_hash: 'x', password_hash_type: 'bcrypt' },
    400,
    'password_and_password_hash_provided',
  ],
  [
    'a password and the type of a hash',
    { email: 'b@example.com', password: PASSWORD, password_hash_type: 'bcrypt' },
    400,
    'password_and_password_hash_type_provided',
  ],
  [
    'a hash of another form',
    { email: 'b@example.com', password_hash: 'x', password_hash_type: 'firebase-scrypt' },
    400,
    'invalid_password_hash',
  ],
  [
    'a salt position without a hash',
    { email: 'b@example.com', password_salt_position: 'prefix' },
    400,
    'password_salt_position_requires_password_hash',
  ],
  ['a hash without its type', { email: 'b@example.com', password_hash: 'x' }, 422, 'invalid_request_parameters'],
  [
    'an unknown type',
    { email: 'b@example.com', password_hash: 'x', password_hash_type: 'md5' },
    422,
    'invalid_request_parameters',
  ],
])('createUser refuses %s', async (_, body, status, code) => {
  const { rest } = await world();
  await rest('POST', USERS, { email: 'taken@example.com', external_id: 'taken' });
  const answer = await rest('POST', USERS, body);
  expect([answer.status, answer.json.code]).toEqual([status, code]);
  expect((await rest('GET', USERS)).json.data).toHaveLength(1);
});

test('failures with reasons name them as the official API does', async () => {
  const { rest } = await world();
  await rest('POST', USERS, { email: 'taken@example.com' });
  expect((await rest('POST', USERS, { email: 'taken@example.com' })).json).toEqual({
    code: 'user_creation_error',
    message: 'Could not create user.',
    errors: [{ code: 'email_not_available', message: 'This email is not available.' }],
  });
  const { json } = await rest('POST', USERS, { email: 'b@example.com', password: 'abc' });
  expect(json.errors.map(({ code }: { code: string }) => code)).toEqual(['password_too_short', 'password_too_weak']);
});

test.each([
  ['an address in use', { email: 'taken@example.com' }, 400, 'email_not_available'],
  ['a malformed address', { email: 'ada' }, 400, 'invalid_email'],
  ['an address that is null', { email: null }, 422, 'invalid_request_parameters'],
  ['a locale that is none', { locale: 'not a locale' }, 400, 'invalid_locale'],
  ['a password that is null', { password: null }, 422, 'invalid_request_parameters'],
  ['an external ID in use', { external_id: 'taken' }, 400, 'external_id_already_used'],
])('updateUser refuses %s', async (_, patch, status, code) => {
  const { rest } = await world();
  await rest('POST', USERS, { email: 'taken@example.com', external_id: 'taken' });
  const { json: user } = await rest('POST', USERS, { email: 'ada@example.com' });
  const answer = await rest('PUT', `${USERS}/${user.id}`, patch);
  expect([answer.status, answer.json.code]).toEqual([status, code]);
  expect((await rest('GET', `${USERS}/${user.id}`)).json).toEqual(user);
});

test('an address is verified with the code of the mail, and only once', async () => {
  const { rest, mails, app } = await world();
  const { json: user } = await rest('POST', USERS, { email: 'ada@example.com' });
  const confirm = (code: unknown) => rest('POST', `${USERS}/${user.id}/email_verification/confirm`, { code });
  expect(await rest('POST', `${USERS}/${user.id}/email_verification/send`)).toMatchObject({
    status: 200,
    json: { user },
  });
  const code = codeIn(mails[0]);
  const [event] = (await rest('GET', '/events?events=email_verification.created')).json.data;
  expect(event.data).not.toHaveProperty('code');
  const { json: verification } = await rest('GET', `/user_management/email_verification/${event.data.id}`);
  expect(verification).toMatchObject({ object: 'email_verification', user_id: user.id, email: user.email, code });
  expect((await confirm(code === '000000' ? '000001' : '000000')).json.code).toBe('email_verification_code_incorrect');
  expect(await confirm('12')).toMatchObject({ status: 422, json: { code: 'invalid_request_parameters' } });
  expect(await confirm(undefined)).toMatchObject({ status: 422 });
  expect((await confirm(code)).json.user).toMatchObject({ id: user.id, email_verified: true });
  expect(await confirm(code)).toMatchObject({ status: 400, json: { code: 'email_verification_code_previously_used' } });
  expect(await confirm('000000')).toMatchObject({ status: 400, json: { code: 'email_previously_verified' } });
  const again = await rest('POST', `${USERS}/${user.id}/email_verification/send`);
  expect(again).toMatchObject({ status: 400, json: { code: 'email_already_verified' } });
  expect(app).toBeDefined();
});

test('an address is changed with the code of the mail', async () => {
  const { rest, mails } = await world();
  await rest('POST', USERS, { email: 'taken@example.com' });
  const { json: user } = await rest('POST', USERS, { email: 'ada@example.com' });
  const send = (new_email: unknown) => rest('POST', `${USERS}/${user.id}/email_change/send`, { new_email });
  const confirm = (code: string) => rest('POST', `${USERS}/${user.id}/email_change/confirm`, { code });
  expect(await confirm('123456')).toMatchObject({ status: 409, json: { code: 'no_pending_email_change' } });
  expect(await send('ADA@example.com')).toMatchObject({ status: 409, json: { code: 'email_change_not_needed' } });
  expect(await send('taken@example.com')).toMatchObject({ status: 409, json: { code: 'email_not_available' } });
  expect(await send('ada')).toMatchObject({ status: 422, json: { code: 'invalid_email' } });
  const { json: pending } = await send('new@example.com');
  expect(pending).toMatchObject({ object: 'email_change', new_email: 'new@example.com', user });
  const code = codeIn(mails.at(-1));
  const wrong = await confirm(code === '000000' ? '000001' : '000000');
  expect(wrong).toMatchObject({ status: 400, json: { code: 'email_change_code_incorrect' } });
  const { json: confirmed } = await confirm(code);
  expect(confirmed).toMatchObject({
    object: 'email_change_confirmation',
    user: { email: 'new@example.com', email_verified: true },
  });
  const limits = await Promise.all(Array.from({ length: 4 }, (_, index) => send(`n${index}@example.com`)));
  const [refused] = limits.filter(({ status }) => status === 429);
  expect(refused?.headers.get('retry-after')).toMatch(/^\d+$/);
});
