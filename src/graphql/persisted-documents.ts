import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type GraphQLSchema, parse, validate } from 'graphql';
import { LRUCache } from 'lru-cache';
import { type Config, ConfigError } from '../config.js';
import { decodeUtf8 } from '../text.js';
import { createSchema } from './schema.js';

/** Characters of all documents that callers have registered; the last used ones are kept. */
export const MAX_REGISTERED_CHARACTERS = 262_144;

/** Documents by their SHA-256, in hexadecimal: those of a manifest, and those that callers register. */
export class PersistedDocuments {
  readonly #manifest: ReadonlyMap<string, string>;
  readonly #registered = new LRUCache<string, string>({
    maxSize: MAX_REGISTERED_CHARACTERS,
    sizeCalculation: (text) => text.length + 64,
  });

  constructor(
    manifest: ReadonlyMap<string, string>,
    /** Whether nothing but the manifest is executed. */
    readonly isClosed: boolean,
  ) {
    this.#manifest = manifest;
  }

  find(hash: string): string | undefined {
    return this.#manifest.get(hash) ?? this.#registered.get(hash);
  }

  /** Keeps a document for those who send its hash alone; in vain where only the manifest counts. */
  register(hash: string, text: string): void {
    if (!this.isClosed && !this.#manifest.has(hash)) this.#registered.set(hash, text);
  }
}

export function hashOf(document: string): string {
  return createHash('sha256').update(document).digest('hex');
}

/** The documents of the configuration. @throws {ConfigError} when its manifest cannot be used */
export function loadDocuments({
  persistedDocuments: { file, only },
  prefixes,
}: Pick<Config, 'persistedDocuments' | 'prefixes'>): PersistedDocuments {
  return new PersistedDocuments(file === null ? new Map() : readManifest(file, createSchema(prefixes)), only);
}

/**
 * Reads a manifest: Apollo's (`generate-persisted-query-manifest`), or a map of hashes and documents, as relay-compiler
 * and graphql-codegen write it. Hashes of other kinds than SHA-256 are taken as they are.
 *
 * @throws {ConfigError} naming every document that is not GraphQL or does not fit the schema
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
    `PERSISTED_DOCUMENTS ${file} is no manifest; wanted: Apollo's, or a map of hashes and documents.`,
  ]);
}

function parsed(file: string): Record<string, unknown> {
  try {
    const text = decodeUtf8(readFileSync(file));
    if (text === null) throw new Error('it is not UTF-8');
    const manifest: unknown = JSON.parse(text);
    if (typeof manifest === 'object' && manifest !== null) return { ...manifest };
    throw new Error('it is no JSON object');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`PERSISTED_DOCUMENTS ${file} cannot be read: ${reason}.`]);
  }
}

function problemsOf(text: string, schema: GraphQLSchema): string[] {
  try {
    return validate(schema, parse(text)).map(({ message }) => message);
  } catch (error) {
    // What graphql-js cannot read is the finding.
    return [error instanceof Error ? error.message : String(error)];
  }
}
