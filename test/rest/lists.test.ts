import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_LIST_LIMIT } from '../../src/rest/protocol/lists.js';
import { restClient } from '../support/rest/rest-client.js';
import { runs } from '../support/runs.js';
import { testApp } from '../support/test-app.js';

const USERS = '/user_management/users';

async function withUsers(count: number) {
  const test = await testApp({ RATE_LIMIT_POINTS: '0' });
  const rest = restClient(test.app, await test.key());
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const { json } = await rest('POST', USERS, { email: `u${index}@example.com` });
    ids.push(json.id);
    test.clock.advance(1);
  }
  return { ...test, rest, ids };
}

interface Wanted {
  readonly limit: number;
  readonly order: 'asc' | 'desc' | 'normal';
  readonly before: number | null;
  readonly after: number | null;
}

/** What the contract says of a page (section 7), of a list of IDs, oldest first. */
function expectedPage(ids: readonly string[], { limit, order, before, after }: Wanted) {
  const list = order === 'asc' ? [...ids] : ids.toReversed();
  const place = (index: number | null) => (index === null ? null : list.indexOf(ids[index] ?? ''));
  // In the order `normal`, the cursors have the opposite meaning.
  const [start, end] = order === 'normal' ? [place(before), place(after)] : [place(after), place(before)];
  const window = list.slice(start === null ? 0 : start + 1, end ?? list.length);
  const data = end !== null && start === null ? window.slice(-limit) : window.slice(0, limit);
  return data;
}

test('pages follow the order and both cursors', async () => {
  const { rest, ids } = await withUsers(9);
  const index = fc.option(fc.nat({ max: ids.length - 1 }));
  const wanted: fc.Arbitrary<Wanted> = fc.record({
    limit: fc.integer({ min: 1, max: 4 }),
    order: fc.constantFrom('asc', 'desc', 'normal'),
    before: index,
    after: index,
  });
  await fc.assert(
    fc.asyncProperty(wanted, async (page) => {
      const parameters = new URLSearchParams({ limit: String(page.limit), order: page.order });
      if (page.before !== null) parameters.set('before', ids[page.before] ?? '');
      if (page.after !== null) parameters.set('after', ids[page.after] ?? '');
      const { json } = await rest('GET', `${USERS}?${parameters}`);
      expect(json.data.map(({ id }: { id: string }) => id)).toEqual(expectedPage(ids, page));
    }),
    { numRuns: runs(150, 2_000) },
  );
});

test.each(['asc', 'desc', 'normal'] as const)('following list_metadata visits every user once, %s', async (order) => {
  const { rest, ids } = await withUsers(7);
  const onward = order === 'normal' ? 'before' : 'after';
  const visit = async (name: 'before' | 'after', from: string | null) => {
    const seen: string[][] = [];
    let cursor = from;
    do {
      const at = cursor === null ? '' : `&${name}=${cursor}`;
      const { json } = await rest('GET', `${USERS}?limit=3&order=${order}${at}`);
      seen.push(json.data.map(({ id }: { id: string }) => id));
      cursor = json.list_metadata[name];
    } while (cursor !== null);
    return seen;
  };
  const list = order === 'asc' ? ids : ids.toReversed();
  const there = await visit(onward, null);
  expect(there.flat()).toEqual(list);
  const back = await visit(onward === 'after' ? 'before' : 'after', there.at(-1)?.[0] ?? '');
  expect(back.toReversed().flat()).toEqual(list.slice(0, 6));
});

test('the example of the contract: a page, the one after it and the one before it', async () => {
  const { rest, ids } = await withUsers(7);
  const page = async (parameters: string) => {
    const { data, list_metadata } = (await rest('GET', `${USERS}?${parameters}`)).json;
    return [
      data.map(({ id }: { id: string }) => ids.indexOf(id)),
      ...['before', 'after'].map((name) => ids.indexOf(list_metadata[name])),
    ];
  };
  expect(await page('limit=3')).toEqual([[6, 5, 4], -1, 4]);
  expect(await page(`limit=3&after=${ids[4]}`)).toEqual([[3, 2, 1], 3, 1]);
  expect(await page(`limit=2&before=${ids[3]}`)).toEqual([[5, 4], 5, 4]);
});

test('a cursor of a deleted user goes on where it was', async () => {
  const { rest, ids } = await withUsers(5);
  await rest('DELETE', `${USERS}/${ids[2]}`);
  const { json } = await rest('GET', `${USERS}?after=${ids[2]}`);
  expect(json.data.map(({ id }: { id: string }) => id)).toEqual([ids[1], ids[0]]);
});

test('a page has at most MAX_LIST_LIMIT objects', async () => {
  const { rest } = await withUsers(1);
  expect((await rest('GET', `${USERS}?limit=${MAX_LIST_LIMIT}`)).status).toBe(200);
  expect((await rest('GET', `${USERS}?limit=${MAX_LIST_LIMIT + 1}`)).status).toBe(422);
});

test.each(['limit=0', 'limit=101', 'limit=x', 'limit=1.5', 'limit=-1', 'order=up', 'after=user_1', 'before=org_1'])(
  '%s is refused',
  async (parameters) => {
    const { rest } = await withUsers(1);
    const answer = await rest('GET', `${USERS}?${parameters}`);
    expect(answer).toMatchObject({ status: 422, json: { code: 'invalid_request_parameters' } });
    expect(answer.json.message).toContain(parameters.split('=')[0]);
  },
);

test('users are filtered by address and by organization', async () => {
  const { rest, ids } = await withUsers(3);
  const { json: organization } = await rest('POST', '/organizations', { name: 'Acme' });
  const body = { user_id: ids[1], organization_id: organization.id };
  await rest('POST', '/user_management/organization_memberships', body);
  const list = async (parameters: string) =>
    (await rest('GET', `${USERS}?${parameters}`)).json.data.map(({ id }: { id: string }) => ids.indexOf(id));
  expect(await list('email=U2@Example.com')).toEqual([2]);
  expect(await list('email=none@example.com')).toEqual([]);
  expect(await list(`organization_id=${organization.id}`)).toEqual([1]);
  expect(await list(`organization=${organization.id}&email=u2%40example.com`)).toEqual([]);
  // The SDK leaves out what is empty.
  expect(await list('email=&organization_id=')).toEqual([2, 1, 0]);
  const unknown = await rest('GET', `${USERS}?organization_id=org_01EHQMYV6MBK39QC5PZXHY59C3`);
  expect(unknown).toMatchObject({
    status: 422,
    json: { message: "Organization not found: 'org_01EHQMYV6MBK39QC5PZXHY59C3'." },
  });
});
