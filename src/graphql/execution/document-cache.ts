import type { DocumentNode } from 'graphql';
import type { YogaServerOptions } from 'graphql-yoga';
import { createTextCache } from '../bounds/text-cache.js';

/** Size of a document in addition to its text, in characters. */
const OVERHEAD = 16;

type ParserCache = Exclude<YogaServerOptions<object, object>['parserAndValidationCache'], boolean | undefined>;

/**
 * Creates a cache of parsed documents with a limit on their total size, which Yoga's own cache lacks. Syntax errors are
 * not cached, because parsing again costs less than storing the text.
 */
export function createDocumentCache(): ParserCache {
  return {
    documentCache: createTextCache<DocumentNode>(OVERHEAD),
    errorCache: { get: () => undefined, set: () => {} },
  };
}
