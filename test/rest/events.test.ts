import { expect, test } from 'vitest';
import { restClient } from '../support/rest/rest-client.js';
import { testApp } from '../support/test-app.js';

async function world() {
  const test = await testApp();
  const rest = restClient(test.app, await test.key());
  return { ...test, rest, graph: await test.client() };
}

test('events are listed oldest first, by name, time and organization, and paged by ID', async () => {
  const { rest, clock } = await world();
  const { json: organization } = await rest('POST', '/organizations', { name: 'Acme' });
  const ids: string[] = [];
  for (let index = 0; index < 4; index++) {
    clock.advance(60);
    ids.push((await rest('POST', '/user_management/users', { email: `u${index}@example.com` })).json.id);
  }
  const created = 'events=user.created';
  const list = async (parameters: string) => (await rest('GET', `/events?${parameters}`)).json;
  const users = async (parameters: string) =>
    (await list(parameters)).data.map(({ data }: { data: { id: string } }) => ids.indexOf(data.id));
  expect(await users(created)).toEqual([0, 1, 2, 3]);
  expect(await users(`${created}&order=desc`)).toEqual([3, 2, 1, 0]);
  const page = await list(`${created}&limit=2`);
  expect(page.list_metadata).toEqual({ after: page.data[1].id });
  expect(await users(`${created}&limit=2&after=${page.list_metadata.after}`)).toEqual([2, 3]);
  expect((await list(`${created}&after=${page.data[1].id}`)).list_metadata).toEqual({ after: null });
  expect(await users(`${created}&limit=1&before=${page.data[1].id}`)).toEqual([0]);
  const second = page.data[1].created_at;
  expect(await users(`${created}&range_start=${second}`)).toEqual([1, 2, 3]);
  expect(await users(`${created}&range_end=${second}`)).toEqual([0]);
  const both = 'organization.created,user.created';
  for (const form of [
    `events=${both}`,
    'events=organization.created&events=user.created',
    'events[]=organization.created&events[]=user.created',
  ]) {
    expect((await list(form)).data).toHaveLength(5);
  }
  expect((await list(`organization_id=${organization.id}`)).data.map(({ event }: { event: string }) => event)).toEqual([
    'organization.created',
  ]);
  expect((await list('events=user.deleted')).data).toEqual([]);
  expect((await list('events=connection.activated')).data).toEqual([]);
  expect((await list('organization_id=none')).data).toEqual([]);
  expect(await rest('GET', '/events?after=event_1')).toMatchObject({ status: 400, json: { code: 'invalid_cursor' } });
  expect(await rest('GET', '/events?range_start=yesterday')).toMatchObject({ status: 422 });
});

test('an incomplete page goes on where it stopped', async () => {
  const { rest } = await world();
  const { json: organization } = await rest('POST', '/organizations', { name: 'Acme' });
  const wanted = `events=organization.updated&organization_id=${organization.id}`;
  for (let index = 0; index < 3; index++)
    await rest('PUT', `/organizations/${organization.id}`, { name: `Acme ${index}` });
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const { json } = await rest('GET', `/events?${wanted}&limit=1${after === null ? '' : `&after=${after}`}`);
    seen.push(...json.data.map(({ data }: { data: { name: string } }) => data.name));
    after = json.list_metadata.after;
  } while (after !== null);
  expect(seen).toEqual(['Acme 0', 'Acme 1', 'Acme 2']);
});

test('an event tells through which API it was caused, and what an update replaced', async () => {
  const { rest, graph } = await world();
  const { json: user } = await rest('POST', '/user_management/users', { email: 'ada@example.com', first_name: 'Ada' });
  await graph('mutation ($id: ID!) { updateUser(input: { id: $id, firstName: "Augusta" }) { user { id } } }', {
    id: user.id,
  });
  const { data } = await graph('{ events(orderBy: { direction: ASC }) { nodes { name api actor { source } } } }');
  expect(data.events.nodes.filter(({ name }: { name: string }) => name.startsWith('user.'))).toEqual([
    { name: 'user.created', api: 'REST', actor: { source: 'API' } },
    { name: 'user.updated', api: 'GRAPHQL', actor: { source: 'API' } },
  ]);
  expect(data.events.nodes.find(({ name }: { name: string }) => name === 'api_key.created')).toMatchObject({
    api: null,
  });
  const { json } = await rest('GET', '/events?events=user.updated');
  expect(json.data[0]).toMatchObject({
    object: 'event',
    data: { object: 'user', first_name: 'Augusta' },
    context: { actor: { source: 'api' }, previous_attributes: { first_name: 'Ada' } },
  });
});
