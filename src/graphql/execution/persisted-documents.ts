import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type GraphQLSchema, parse, validate } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Config } from '../../config/config.js';
import { ConfigError } from '../../domain/operator-error.js';
import { decodeUtf8 } from '../../input/text.js';

/** Maximum total size of registered documents, in characters. The least recently used ones are evicted. */
export const MAX_REGISTERED_CHARACTERS = 262_144;

/** Documents of the manifest and documents that callers registered, by their hexadecimal SHA-256. */
export class PersistedDocuments {
  readonly #manifest: ReadonlyMap<string, string>;
  readonly #registered = new LRUCache<string, string>({
    maxSize: MAX_REGISTERED_CHARACTERS,
    sizeCalculation: (text) => text.length + 64,
  });

  constructor(
    manifest: ReadonlyMap<string, string>,
    /** Whether only documents of the manifest are executed. */
    readonly isClosed: boolean,
  ) {
    this.#manifest = manifest;
  }

  find(hash: string): string | undefined {
    return this.#manifest.get(hash) ?? this.#registered.get(hash);
  }

  /** Stores a document for later requests with its hash. Has no effect when the list is closed. */
  register(hash: string, text: string): void {
    if (!this.isClosed && !this.#manifest.has(hash)) this.#registered.set(hash, text);
  }
}

export function hashOf(document: string): string {
  return createHash('sha256').update(document).digest('hex');
}

/**
 * Loads the manifest that the configuration names.
 *
 * @param schema returns the schema to validate the documents against; called only if there is a manifest
 * @throws {ConfigError} when the manifest cannot be used
 */
export function loadDocuments(
  { file, only }: Config['persistedDocuments'],
  schema: () => GraphQLSchema,
): PersistedDocuments {
  return new PersistedDocuments(file === null ? new Map() : readManifest(file, schema()), only);
}

/**
 * Reads a manifest: Apollo's (`generate-persisted-query-manifest`), or a map of hashes to documents, as relay-compiler
 * and graphql-codegen write it. Hashes are not checked, so other algorithms than SHA-256 work too.
 *
 * @throws {ConfigError} naming the documents with syntax or validation errors, 20 errors at most
 */
function readManifest(file: string, schema: GraphQLSchema): Map<string, string> {
  const entries = entriesOf(file);
  const problems = entries.flatMap(([id, text]) => problemsOf(text, schema).map((problem) => `${id}: ${problem}`));
  if (problems.length > 0) {
    throw new ConfigError(problems.slice(0, 20).map((problem) => `PERSISTED_DOCUMENTS ${file}: ${problem}`));
  }
  return new Map(entries.map(([id, text]) => [id.replace(/^sha256:/, ''), text]));
}

function entriesOf(file: string): [string, string][] {
  const manifest = parsed(file);
  const operations = manifest.format === 'apollo-persisted-query-manifest' ? manifest.operations : null;
  const entries = Array.isArray(operations)
    ? operations.map((operation: { id?: unknown; body?: unknown }) => [operation.id, operation.body])
    : Object.entries(manifest);
  const isText = (entry: unknown[]): entry is [string, string] => entry.every((part) => typeof part === 'string');
  if (entries.every(isText)) return entries;
  throw new ConfigError([
    `PERSISTED_DOCUMENTS ${file} is not a manifest: it must be in Apollo's format, or a map of hashes to documents.`,
  ]);
}

function parsed(file: string): Record<string, unknown> {
  try {
    const text = decodeUtf8(readFileSync(file));
    if (text === null) throw new Error('it is not UTF-8');
    const manifest: unknown = JSON.parse(text);
    if (typeof manifest === 'object' && manifest !== null) return { ...manifest };
    throw new Error('it is not a JSON object');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`PERSISTED_DOCUMENTS ${file} cannot be read: ${reason}.`]);
  }
}

function problemsOf(text: string, schema: GraphQLSchema): string[] {
  try {
    return validate(schema, parse(text)).map(({ message }) => message);
  } catch (error) {
    // A syntax error is a problem of the document too.
    return [error instanceof Error ? error.message : String(error)];
  }
}
