import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { hashOf } from '../../../src/graphql/execution/persisted-documents.js';

/** A file in a folder that goes with the test. */
export function fileOf(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'usergraph-manifest-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'documents.json');
  writeFileSync(file, content);
  return file;
}

/** A manifest of these documents: a map, as relay-compiler writes it. */
export function manifestOf(...documents: readonly string[]): string {
  return fileOf(JSON.stringify(Object.fromEntries(documents.map((document) => [hashOf(document), document]))));
}
