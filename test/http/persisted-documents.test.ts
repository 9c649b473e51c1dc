import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.js';
import { ConfigError } from '../../src/domain/operator-error.js';
import { hashOf, MAX_REGISTERED_CHARACTERS } from '../../src/graphql/execution/persisted-documents.js';
import { fileOf, manifestOf } from '../support/docs/manifest.js';
import { type Request_, send } from '../support/http/sending.js';
import { testApp } from '../support/test-app.js';

describe('persisted documents', () => {
  const DOCUMENT = '{ __typename }';
  const id = `sha256:${hashOf(DOCUMENT)}`;
  const apollo = (sha256Hash = hashOf(DOCUMENT)) => ({ persistedQuery: { version: 1, sha256Hash } });
  const OK = { data: { __typename: 'Query' } };

  test('are registered by the first request that sends text and hash, as Apollo Client does it', async () => {
    const app = await testApp();
    const unknown = await send(app, { body: { extensions: apollo() } });
    expect([unknown.status, unknown.body.errors[0].message, unknown.body.errors[0].extensions.code]).toEqual([
      404,
      'PersistedQueryNotFound',
      'PERSISTED_DOCUMENT_NOT_FOUND',
    ]);
    expect((await send(app, { body: { query: DOCUMENT, extensions: apollo() } })).body).toEqual(OK);
    expect((await send(app, { body: { extensions: apollo() } })).body).toEqual(OK);
    expect((await send(app, { body: { documentId: id } })).body).toEqual(OK);
    expect((await send(app, { get: { documentId: id } })).body).toEqual(OK);
    expect((await send(app, { get: { extensions: JSON.stringify(apollo()) } })).body).toEqual(OK);
  });

  test('are not registered under a wrong hash', async () => {
    const app = await testApp();
    const wrong = await send(app, { body: { query: '{ a: __typename }', extensions: apollo() } });
    expect([wrong.status, wrong.body.errors[0].extensions.code]).toEqual([422, 'BAD_REQUEST']);
    expect((await send(app, { body: { extensions: apollo() } })).status).toBe(404);
    for (const documentId of [7, {}, 'x'.repeat(257)])
      expect((await send(app, { body: { documentId } })).status).toBe(422);
  });

  test('that callers register are kept up to MAX_REGISTERED_CHARACTERS, most recently used first', async () => {
    const app = await testApp();
    const text = (index: number) => `{ __typename } #${index}`.padEnd(MAX_REGISTERED_CHARACTERS / 4 - 64, '.');
    const register = (index: number) =>
      send(app, { body: { query: text(index), extensions: apollo(hashOf(text(index))) } });
    const isThere = async (index: number) =>
      (await send(app, { body: { extensions: apollo(hashOf(text(index))) } })).status === 200;
    for (const index of [1, 2, 3, 4]) expect((await register(index)).status).toBe(200);
    expect([await isThere(2), await isThere(3), await isThere(4), await isThere(1)]).toEqual([true, true, true, true]);
    await register(5);
    expect([await isThere(2), await isThere(1), await isThere(5)]).toEqual([false, true, true]);
  });

  test.each([
    [
      "Apollo's manifest",
      () =>
        fileOf(
          JSON.stringify({
            format: 'apollo-persisted-query-manifest',
            version: 1,
            operations: [{ id: hashOf(DOCUMENT), name: 'A', type: 'query', body: DOCUMENT }],
          }),
        ),
    ],
    ['a map', () => manifestOf(DOCUMENT)],
    ['a map with prefixes', () => fileOf(JSON.stringify({ [id]: DOCUMENT }))],
  ])('of %s are there from the start, and where the list is closed nothing else is', async (_, file) => {
    const app = await testApp({ PERSISTED_DOCUMENTS: file(), PERSISTED_DOCUMENTS_ONLY: 'true' });
    expect((await send(app, { body: { documentId: id } })).body).toEqual(OK);
    expect((await send(app, { body: { query: DOCUMENT, extensions: apollo() } })).body).toEqual(OK);
    const other = '{ other: __typename }';
    const refused = async (request: Request_) => (await send(app, request)).body.errors[0].extensions.code;
    expect(await refused({ body: { query: DOCUMENT } })).toBe('PERSISTED_DOCUMENT_REQUIRED');
    expect(await refused({ body: { query: other } })).toBe('PERSISTED_DOCUMENT_REQUIRED');
    expect(await refused({ body: { query: other, extensions: apollo(hashOf(other)) } })).toBe(
      'PERSISTED_DOCUMENT_NOT_FOUND',
    );
    expect(await refused({ body: { extensions: apollo(hashOf(other)) } })).toBe('PERSISTED_DOCUMENT_NOT_FOUND');
    // The text that comes with a hash of the list does not count.
    const smuggled = await send(app, { body: { query: other, documentId: id } });
    expect(smuggled.body).toEqual(OK);
  });

  test('other documents run too unless PERSISTED_DOCUMENTS_ONLY is set', async () => {
    const app = await testApp({ PERSISTED_DOCUMENTS: manifestOf(DOCUMENT) });
    expect((await send(app, { body: { query: '{ other: __typename }' } })).status).toBe(200);
    expect((await send(app, { body: { documentId: id } })).body).toEqual(OK);
  });

  test.each([
    ['is not there', () => '/nothing/documents.json', 'cannot be read'],
    ['is no JSON', () => fileOf('{'), 'cannot be read'],
    ['is no object', () => fileOf('7'), 'it is not a JSON object'],
    ['has no texts', () => fileOf('{"a":7}'), 'is not a manifest'],
    ['has a document that is no GraphQL', () => manifestOf('{'), 'Syntax Error'],
    ['has a document that does not fit', () => manifestOf('{ nothing }'), 'Cannot query field'],
  ])('a file that %s stops the start and says why', async (_, file, message) => {
    await expect(testApp({ PERSISTED_DOCUMENTS: file() })).rejects.toThrow(message);
    await expect(testApp({ PERSISTED_DOCUMENTS: file() })).rejects.toThrow(ConfigError);
  });

  test('PERSISTED_DOCUMENTS_ONLY without a file is refused', () => {
    expect(() => loadConfig({ DATABASE_URL: 'file:x', PERSISTED_DOCUMENTS_ONLY: 'true' })).toThrow('nothing could run');
  });
});
