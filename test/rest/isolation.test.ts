import { expect, test } from 'vitest';
import { OPERATIONS } from '../../src/rest/operations/index.js';
import { hashed, world as signInWorld } from '../support/access/sign-in-world.js';
import { makeUser } from '../support/make.js';
import { type RestClient, restClient } from '../support/rest/rest-client.js';
import { signIn } from '../support/sign-in.js';
import { type TestApp, testApp } from '../support/test-app.js';

/** One object of each kind in an environment; every text has the mark. */
async function fill(test: TestApp, environment: string, mark: string) {
  const rest = restClient(test.app, await test.key(environment));
  const graph = await test.client(environment);
  const { json: user } = await rest('POST', '/user_management/users', {
    email: `${mark}@example.com`,
    external_id: mark,
  });
  const { json: organization } = await rest('POST', '/organizations', { name: mark, external_id: mark });
  const { json: membership } = await rest('POST', '/user_management/organization_memberships', {
    user_id: user.id,
    organization_id: organization.id,
  });
  await rest('POST', `/user_management/users/${user.id}/email_verification/send`);
  const { json: events } = await rest('GET', '/events?limit=100');
  const verification = events.data.find(({ event }: { event: string }) => event === 'email_verification.created').data;
  const { data } = await graph(
    'mutation ($input: CreateApplicationInput!) { createApplication(input: $input) { application { id } } }',
    { input: { name: mark, isFirstParty: true, scopes: ['openid'], redirectUris: [`https://${mark}.example/`] } },
  );
  const application = data.createApplication.application;
  const consent = { userId: user.id, applicationId: application.id, scopes: ['openid'] };
  await graph(
    'mutation ($input: AuthorizeApplicationInput!) { authorizeApplication(input: $input) { errors { __typename } } }',
    {
      input: consent,
    },
  );
  return { rest, mark, user, organization, membership, verification, application, event: events.data.at(-1).id };
}

type Filled = Awaited<ReturnType<typeof fill>>;

/** Every operation on the objects of an environment, with the bodies that it needs. */
function requestsOn({ mark, user, organization, membership, verification, application, event }: Filled) {
  const idOf: Record<string, string> = {
    '/user_management/email_verification/{id}': verification.id,
    '/user_management/organization_memberships/{id}': membership.id,
    '/organizations/{id}': organization.id,
  };
  return OPERATIONS.filter(({ id }) => id !== 'authenticate').map(({ method, path }) => {
    const [, prefix = ''] = /^(.*?\{id\})/.exec(path) ?? [];
    const filled = path
      .replace('{id}', idOf[prefix] ?? user.id)
      .replace('{user_id}', user.id)
      .replace('{application_id}', application.id)
      .replace('{external_id}', mark);
    const query = method === 'GET' && !path.includes('{') ? queryOf(path) : '';
    const body = {
      user_id: user.id,
      organization_id: organization.id,
      session_id: 'session_1',
      code: '123456',
      new_email: 'new@example.com',
      name: 'n',
      email: 'other@example.com',
    };
    return { method, path: `${filled}${query}`, body: method === 'GET' || method === 'DELETE' ? undefined : body };
  });
  function queryOf(path: string): string {
    if (path.endsWith('organization_memberships')) return `?user_id=${user.id}&organization_id=${organization.id}`;
    if (path.endsWith('/users')) return `?email=${mark}@example.com`;
    return path === '/events'
      ? `?organization_id=${organization.id}`
      : `?before=${event.startsWith('event') ? organization.id : ''}`;
  }
}

const marksIn = (value: unknown, { mark, user, organization, membership }: Filled, sent: string) =>
  [mark, user.id, organization.id, membership.id].filter(
    (text) => JSON.stringify(value).includes(text) && !sent.includes(text),
  );

test('a key sees and changes nothing of another environment', async () => {
  const test = await testApp({ RATE_LIMIT_POINTS: '0' });
  const a = await fill(test, 'A', 'aaa');
  const b = await fill(test, 'B', 'bbb');
  const before = (await b.rest('GET', '/events?limit=100')).json;
  for (const { method, path, body } of requestsOn(b)) {
    const sent = `${path} ${JSON.stringify(body ?? '')}`;
    const { status, json } = await a.rest(method, path, body);
    expect([method, path, status, marksIn(json, b, sent)]).toEqual([method, path, status, []]);
    // What is named by its ID does not exist.
    if (/_[0-9A-Z]{26}|external_id/.test(path) && !path.includes('?'))
      expect([method, path, status]).toEqual([method, path, status === 400 ? 400 : 404]);
  }
  expect((await b.rest('GET', '/events?limit=100')).json).toEqual(before);
  // The control: the same requests by the key of the environment reach its objects.
  const seen = [];
  for (const { method, path, body } of requestsOn(b).filter((one) => one.method === 'GET')) {
    const { status, json } = await b.rest(method, path, body);
    if (marksIn(json, b, '').length > 0) seen.push(`${status}`);
  }
  expect(seen.length).toBeGreaterThanOrEqual(8);
});

test('a person reaches what is theirs, and nothing else', async () => {
  const made = await signInWorld();
  const adaId = await makeUser(made.asKey, { email: 'ada@example.com', ...hashed });
  const eve = await fill(made, 'test', 'eve');
  const person: RestClient = restClient(
    made.app,
    (await signIn(made, made.environmentId, 'ada@example.com')).accessToken,
  );
  const before = (await eve.rest('GET', '/events?limit=100')).json.data.length;
  for (const { method, path, body } of requestsOn(eve)) {
    const sent = `${path} ${JSON.stringify(body ?? '')}`;
    const { status, json } = await person(method, path, body);
    expect([method, path, status, marksIn(json, eve, sent)]).toEqual([method, path, status, []]);
    // Lists of what is theirs are empty; everything else is refused or does not exist.
    if (status < 300) expect([path, json?.data]).toEqual([path, []]);
  }
  expect((await eve.rest('GET', '/events?limit=100')).json.data).toHaveLength(before);
  // The control: their own.
  expect((await person('GET', `/user_management/users/${adaId}`)).json.id).toBe(adaId);
  expect((await person('PUT', `/user_management/users/${adaId}`, { first_name: 'Ada' })).json.first_name).toBe('Ada');
  expect((await person('GET', `/user_management/users/${adaId}/sessions`)).json.data).toHaveLength(1);
  expect(await person('PUT', `/user_management/users/${adaId}`, { external_id: 'x' })).toMatchObject({ status: 403 });
});
