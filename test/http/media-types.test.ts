import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type Answer, execute, type TestApp, testApp } from '../support/test-app.js';

const NEW = 'application/graphql-response+json';
const JSON_TYPE = 'application/json';
const EVENTS = 'text/event-stream';
const CREATE = 'mutation { createUser(input: { email: "sent@example.com" }) { user { id } } }';

/** Sends a mutation with these headers. */
async function send(
  { app, key }: TestApp,
  headers: Record<string, string>,
  body: BodyInit = JSON.stringify({ query: CREATE }),
) {
  const secret = await key();
  const all = { 'content-type': JSON_TYPE, authorization: `Bearer ${secret}`, ...headers };
  const response = await app.fetch(new Request('http://localhost/graphql', { method: 'POST', headers: all, body }));
  const { data } = await execute(app, secret, '{ users { totalCount } }');
  const count: number = data.users.totalCount;
  return { response, type: response.headers.get('content-type') ?? '', count };
}

/** What every refusal has. */
async function expectRefused(response: Response, status: number): Promise<void> {
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toMatch(/json/);
  const { errors } = (await response.json()) as Answer; // JSON knows no types
  expect(errors).toHaveLength(1);
  const requestId = response.headers.get('x-request-id');
  expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_REQUEST', requestId });
}

describe('Content-Type (RFC 9110, 8.3.1)', () => {
  test.each([
    'Application/JSON',
    'application/json ; charset=utf-8',
    'application/json;charset=UTF-8',
    'application/json; charset=utf8',
    'application/json;\tCharset="Utf-8"',
    'application/json;',
    'application/json; profile="a;b"',
    'application/json; profile="; charset=latin1"',
  ])('%s is JSON', async (contentType) => {
    const { response, count } = await send(await testApp(), { 'content-type': contentType });
    expect([response.status, count]).toEqual([200, 1]);
  });

  test.each([
    'application/json; charset=latin1',
    'application/json;charset="utf-16"',
    'application/json; charset=',
    'application/json+x',
    'application/jsonp',
    'text/plain; application/json',
    'application/json, text/plain',
    ';;;',
  ])('%s is 415, and nothing is executed', async (contentType) => {
    const { response, count } = await send(await testApp(), { 'content-type': contentType });
    await expectRefused(response, 415);
    expect([response.headers.get('accept'), count]).toEqual([JSON_TYPE, 0]);
  });
});

describe('Content-Encoding (RFC 9110, 8.4)', () => {
  test.each(['gzip', 'br', 'GZIP', 'identity, gzip', 'none'])('%s is 415', async (encoding) => {
    const body = new Uint8Array(gzipSync(JSON.stringify({ query: CREATE })));
    const { response, count } = await send(await testApp(), { 'content-encoding': encoding }, body);
    expect([response.headers.get('accept-encoding'), count]).toEqual(['identity', 0]);
    expect(await response.clone().text()).toContain('uncompressed');
    await expectRefused(response, 415);
  });

  test.each(['identity', 'Identity', ''])('"%s" is none', async (encoding) => {
    const { response, count } = await send(await testApp(), { 'content-encoding': encoding });
    expect([response.status, count]).toEqual([200, 1]);
  });
});

describe('Accept (RFC 9110, 12.5.1)', () => {
  test.each([
    ['', JSON_TYPE],
    ['*/*', JSON_TYPE],
    ['application/*', JSON_TYPE],
    ['APPLICATION/JSON', JSON_TYPE],
    ['application/json; charset=utf8', JSON_TYPE],
    ['application/json;charset="UTF-8"', JSON_TYPE],
    ['application/json; version=1', JSON_TYPE],
    ['text/html, image/gif, *; q=.2, */*; q=.2', JSON_TYPE],
    [`${NEW};charset=UTF8`, NEW],
    [`${NEW}, ${JSON_TYPE};q=0.9`, NEW],
    [`${JSON_TYPE};q=0.5, ${NEW}`, NEW],
    [`${JSON_TYPE};q=0, ${NEW}`, NEW],
    [`${JSON_TYPE};charset=latin1, ${NEW};q=0.1`, NEW],
    [`*/*;q=0.1, ${NEW}`, NEW],
    [`multipart/mixed;boundary="a,b";deferSpec=20220824,${NEW},${JSON_TYPE};q=0.9`, NEW],
    [`${EVENTS}, ${JSON_TYPE};q=0.1`, JSON_TYPE],
    [EVENTS, EVENTS],
  ])('%s is answered as %s', async (accept, type) => {
    const sent = await send(await testApp(), { accept });
    expect([sent.response.status, sent.type.split(';')[0], sent.count]).toEqual([200, type, 1]);
    await sent.response.body?.cancel();
  });

  test.each([
    'image/png',
    'application/json;q=0',
    'application/json; charset=latin1',
    'text/html',
    'multipart/mixed',
    'application/jsonp',
  ])('%s is 406, and nothing is executed', async (accept) => {
    const { response, count } = await send(await testApp(), { accept });
    await expectRefused(response, 406);
    expect(count).toBe(0);
  });

  test('a stream needs a client that accepts event streams', async () => {
    const { app, key } = await testApp();
    const authorization = `Bearer ${await key()}`;
    const body = JSON.stringify({ query: 'subscription { events { cursor } }' });
    const ask = (accept: string) => {
      const headers = { 'content-type': JSON_TYPE, authorization, accept };
      return app.fetch(new Request('http://localhost/graphql', { method: 'POST', headers, body }));
    };
    for (const accept of [JSON_TYPE, NEW, `${EVENTS};q=0, */*`]) await expectRefused(await ask(accept), 406);
    expect(app.services.eventStreams.count()).toBe(0);
    for (const accept of ['Text/Event-Stream', `${JSON_TYPE}, text/*`, '*/*', '']) {
      const { status, headers, body: stream } = await ask(accept);
      expect([status, headers.get('content-type')]).toEqual([200, EVENTS]);
      await stream?.cancel();
    }
  });
});

describe('Accept-Encoding (RFC 9110, 12.5.3)', () => {
  test.each([
    ['gzip, deflate, br', 'br'],
    ['GZIP', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['*', 'br'],
    ['*;q=0', null],
    ['identity', null],
  ])('%s is answered with %s', async (accepted, encoding) => {
    const { app } = await testApp();
    const headers = { 'content-type': JSON_TYPE, 'accept-encoding': accepted };
    const body = JSON.stringify({ query: '{ __schema { types { name description } } }' });
    const response = await app.fetch(new Request('http://localhost/graphql', { method: 'POST', headers, body }));
    expect(response.headers.get('content-encoding')).toBe(encoding);
  });
});
