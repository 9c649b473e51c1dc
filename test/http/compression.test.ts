import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { JSON_TYPE } from '../support/http/sending.js';
import { makeUser } from '../support/make.js';
import { type TestApp, testApp } from '../support/test-app.js';

describe('compression', () => {
  const decoders = { br: brotliDecompressSync, gzip: gunzipSync };

  async function answer(app: TestApp, secret: string, accepted: string | null, first: number) {
    const headers = {
      'content-type': JSON_TYPE,
      authorization: `Bearer ${secret}`,
      ...(accepted === null ? {} : { 'accept-encoding': accepted }),
    };
    const body = JSON.stringify({ query: `{ users(first: ${first}) { nodes { id email } } }` });
    const response = await app.app.fetch(new Request('http://localhost/graphql', { method: 'POST', headers, body }));
    const encoding = response.headers.get('content-encoding');
    const bytes = Buffer.from(await response.arrayBuffer());
    const plain = encoding === 'br' || encoding === 'gzip' ? decoders[encoding](bytes) : bytes;
    return {
      encoding,
      vary: response.headers.get('vary'),
      size: bytes.length,
      users: JSON.parse(plain.toString()).data.users.nodes,
    };
  }

  test('responses are compressed for clients that accept it, and are otherwise the same', async () => {
    const app = await testApp();
    const secret = await app.key();
    const execute = await app.client();
    for (let index = 0; index < 20; index++) await makeUser(execute, { email: `user-${index}@example.com` });
    const plain = await answer(app, secret, null, 20);
    expect(plain.encoding).toBeNull();
    const wanted: [string, string | null][] = [
      ['gzip, deflate, br', 'br'],
      ['gzip', 'gzip'],
      ['br;q=0, gzip;q=0.5', 'gzip'],
      ['*', 'br'],
      ['identity', null],
      ['gzip;q=0', null],
      ['zstd', null],
    ];
    for (const [accepted, encoding] of wanted) {
      const got = await answer(app, secret, accepted, 20);
      expect([accepted, got.encoding, got.vary?.includes('accept-encoding')]).toEqual([accepted, encoding, true]);
      expect(got.users).toEqual(plain.users);
      if (encoding !== null) expect(got.size).toBeLessThan(plain.size / 2);
    }
    // Short ones are not worth it.
    expect((await answer(app, secret, 'br', 1)).encoding).toBeNull();
  });
});
