import type { DocumentNode } from 'graphql';
import type { YogaServerOptions } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';

/** What even the shortest document takes, in characters. */
const OVERHEAD = 16;

/** Characters of all documents that are kept parsed: a parsed one takes up to 250 bytes for each of its text. */
const MAX_CACHED_CHARACTERS = 262_144;

/** One that is longer is parsed each time: it would push out a hundred that people's frontends send. */
const MAX_CACHED_DOCUMENT_CHARACTERS = 16_384;

type ParserCache = Exclude<YogaServerOptions<object, object>['parserAndValidationCache'], boolean | undefined>;

/**
 * Keeps parsed documents, bounded by their size. Yoga's own cache counts documents alone: a thousand large ones, which
 * anybody may send, hold a gigabyte. What cannot be parsed is not kept: refusing it again costs less than its text.
 */
export function createDocumentCache(): ParserCache {
  return {
    documentCache: new LRUCache<string, DocumentNode>({
      maxSize: MAX_CACHED_CHARACTERS,
      maxEntrySize: MAX_CACHED_DOCUMENT_CHARACTERS,
      sizeCalculation: (_, text) => text.length + OVERHEAD,
    }),
    errorCache: { get: () => undefined, set: () => {} },
  };
}
