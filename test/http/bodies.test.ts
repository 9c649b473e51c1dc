import { describe, expect, test } from 'vitest';
import { ask, CREATE, countUsers, json, URL_ } from '../support/http/asking.js';
import { testApp } from '../support/test-app.js';

describe('bodies', () => {
  test('one byte more than MAX_BODY_BYTES is refused with 413 and not executed', async () => {
    const { app, key } = await testApp({ MAX_BODY_BYTES: '1024' });
    const secret = await key();
    const sized = (size: number) => {
      const body = JSON.stringify({ query: CREATE });
      return json(body.padEnd(size, ' '), { authorization: `Bearer ${secret}` });
    };
    const tooBig = await ask(app, sized(1025));
    expect(tooBig.status).toBe(413);
    expect(await countUsers(app, secret)).toBe(0);
    expect((await ask(app, sized(1024))).status).toBe(200);
    expect(await countUsers(app, secret)).toBe(1);
  });

  const form = new FormData();
  form.set('operations', JSON.stringify({ query: CREATE }));
  form.set('map', '{}');
  const bodies: Record<string, { type: string | null; body: BodyInit }> = {
    urlencoded: { type: 'application/x-www-form-urlencoded', body: new URLSearchParams({ query: CREATE }).toString() },
    multipart: { type: null, body: form },
    'text/plain': { type: 'text/plain', body: JSON.stringify({ query: CREATE }) },
    'application/graphql': { type: 'application/graphql', body: CREATE },
    'JSON in disguise': { type: 'text/plain; application/json', body: JSON.stringify({ query: CREATE }) },
  };

  test.each(Object.entries(bodies))('%s is refused with 415 and not executed', async (_, { type, body }) => {
    const { app, key } = await testApp();
    const secret = await key();
    const headers = new Headers({ authorization: `Bearer ${secret}` });
    if (type !== null) headers.set('content-type', type);
    const { status, answer } = await ask(app, { method: 'POST', headers, body });
    expect(status).toBe(415);
    expect(answer.errors?.[0]?.extensions.code).toBe('BAD_REQUEST');
    expect(await countUsers(app, secret)).toBe(0);
  });

  const named = (name: Buffer) => {
    const query = CREATE.replace('"form@example.com"', '"form@example.com", firstName: "?"');
    const [before = '', after = ''] = JSON.stringify({ query }).split('?');
    return Buffer.concat([Buffer.from(before), name, Buffer.from(after)]);
  };
  test.each([
    ['Latin-1', Buffer.from('Zo\u00eb', 'latin1')],
    ['half of a surrogate pair (CESU-8)', Buffer.from('eda0bd', 'hex')],
    ['a sign that is cut off', Buffer.from('f09f98', 'hex')],
    ['a sign that is longer than it need be', Buffer.from('c1a1', 'hex')],
  ])('with bytes that are not UTF-8 (%s) are refused with 400 and not executed', async (_, bytes) => {
    const { app, key } = await testApp();
    const secret = await key();
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
    const { status, answer } = await ask(app, { method: 'POST', headers, body: named(bytes) });
    expect(status).toBe(400);
    expect(answer.data).toBeUndefined();
    expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST', requestId: expect.any(String) } }]);
    expect(answer.errors?.[0]?.message).toBe('The body is not UTF-8: send JSON in UTF-8.');
    expect(await countUsers(app, secret)).toBe(0);
    expect((await ask(app, { method: 'POST', headers, body: named(Buffer.from('Zo\u00eb')) })).status).toBe(200);
    expect(await countUsers(app, secret)).toBe(1);
  });

  test('may begin with a byte order mark', async () => {
    const { app, key } = await testApp();
    const secret = await key();
    const sent = json(`\u{feff}${JSON.stringify({ query: CREATE })}`, { authorization: `Bearer ${secret}` });
    expect((await ask(app, sent)).answer.data.createUser.user.id).toMatch(/^user_/);
  });

  test('percent-encoded bytes that are not UTF-8 are refused with 400; a lone percent sign is not', async () => {
    const { app, key } = await testApp();
    const headers = { authorization: `Bearer ${await key()}`, accept: 'application/json' };
    const get = (search: string) => {
      const query = encodeURIComponent('query ($q: String) { users(search: $q) { totalCount } }');
      return ask(app, { headers }, `${URL_}?query=${query}&variables=${search}`);
    };
    for (const bytes of ['%ff', '%C3', '%ED%A0%BD', 'x%e2%82y']) {
      const { status, answer } = await get(`{"q":"Zo${bytes}"}`);
      expect([bytes, status, answer.errors?.[0]?.extensions.code]).toEqual([bytes, 400, 'BAD_REQUEST']);
    }
    for (const bytes of ['%C3%AB', '%F0%9F%98%80', '%', '%2', '%zz', '%25ff']) {
      expect([bytes, (await get(`{"q":"Zo${bytes}"}`)).answer.data]).toEqual([bytes, { users: { totalCount: 0 } }]);
    }
  });

  test('a mutation in a GET is refused with 405 and not executed; a query is answered', async () => {
    const { app, key } = await testApp();
    const secret = await key();
    const headers = { authorization: `Bearer ${secret}`, accept: 'application/json' };
    const { status } = await ask(app, { headers }, `${URL_}?query=${encodeURIComponent(CREATE)}`);
    expect(status).toBe(405);
    expect(await countUsers(app, secret)).toBe(0);
    const query = encodeURIComponent('{ users { totalCount } }');
    expect((await ask(app, { headers }, `${URL_}?query=${query}`)).answer).toEqual({
      data: { users: { totalCount: 0 } },
      extensions: { cost: { requested: 11, charged: 11, maximum: 10_000 } },
    });
  });
});
