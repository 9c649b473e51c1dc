import { hashOf } from '../../../src/graphql/execution/persisted-documents.js';
import { fileWith } from '../configuration.js';

/** A file in a folder that goes with the test. */
export function fileOf(content: string): string {
  return fileWith(content, 'documents.json');
}

/** A manifest of these documents: a map, as relay-compiler writes it. */
export function manifestOf(...documents: readonly string[]): string {
  return fileOf(JSON.stringify(Object.fromEntries(documents.map((document) => [hashOf(document), document]))));
}
