import { LRUCache } from 'lru-cache';

/** Maximum total size of cached documents, in characters. An AST takes up to 250 bytes for each character. */
const MAX_CACHED_CHARACTERS = 262_144;

/** Maximum size of a cached document, in characters. A longer one would evict many documents of typical clients. */
const MAX_CACHED_DOCUMENT_CHARACTERS = 16_384;

/**
 * Creates a cache by the text of documents with a limit on their total size. A limit on their number would not do: a
 * thousand large documents from one client can take a gigabyte.
 *
 * @param overhead size of an entry in addition to its text, in characters
 */
export function createTextCache<Value extends object | string>(overhead: number): LRUCache<string, Value> {
  return new LRUCache({
    maxSize: MAX_CACHED_CHARACTERS,
    maxEntrySize: MAX_CACHED_DOCUMENT_CHARACTERS,
    sizeCalculation: (_, text) => text.length + overhead,
  });
}
