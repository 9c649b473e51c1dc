import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { createDocumentCache } from '../../src/graphql/execution/document-cache.js';
import { scanLimits } from '../support/docs/limits.js';
import { testApp } from '../support/test-app.js';

/** A document of so many characters, unlike every other. */
const documentOf = (length: number, number: number) => `{ viewer { scopes } } #${number} `.padEnd(length, '.');

/** How many of the documents a cache still has after it was given all of them. */
function kept(texts: readonly string[]): number {
  const { documentCache } = createDocumentCache();
  for (const text of texts) documentCache?.set(text, parse(text));
  return texts.filter((text) => documentCache?.get(text) !== undefined).length;
}

const [all = 0, one = 0] = ['MAX_CACHED_CHARACTERS', 'MAX_CACHED_DOCUMENT_CHARACTERS'].map((name) =>
  scanLimits().get(name),
);
const OVERHEAD = 16;

test('parsed documents are cached up to a total number of characters', () => {
  const large = one - OVERHEAD;
  const fitting = all / one;
  const texts = Array.from({ length: fitting + 1 }, (_, number) => documentOf(large, number));
  expect(kept(texts.slice(0, fitting))).toBe(fitting);
  expect(kept(texts)).toBe(fitting);
  const small = Array.from({ length: 2_000 }, (_, number) => documentOf(100, number));
  expect(kept(small)).toBe(2_000);
});

test('one document cannot evict all others', () => {
  expect(kept([documentOf(one - OVERHEAD, 1)])).toBe(1);
  expect(kept([documentOf(one - OVERHEAD + 1, 1)])).toBe(0);
});

test('a refusal that is not stored is returned each time', async () => {
  const { client } = await testApp();
  const execute = await client();
  for (const query of [documentOf(one, 1), '{ nothing', documentOf(one, 1), '{ nothing', '{ viewer { scopes } }']) {
    const { data, errors } = await execute(query);
    if (query === '{ nothing') expect(errors?.[0]?.extensions.code).toBe('GRAPHQL_PARSE_FAILED');
    else expect(data).toEqual({ viewer: { scopes: ['*'] } });
  }
});
