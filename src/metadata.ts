import { InvalidInputError } from './errors.js';

/** Text under text keys, as users and organizations carry it. */
export type Metadata = Readonly<Record<string, string>>;

/** What callers send: any JSON object; `parseMetadata` and `patchMetadata` judge it. A null value removes its key. */
export type MetadataInput = Readonly<Record<string, unknown>>;

/** WorkOS contract, section 1: OpenAPI `maxProperties`, `propertyNames.maxLength`, `additionalProperties.maxLength`. */
export const MAX_METADATA_KEYS = 50;
export const MAX_METADATA_KEY_LENGTH = 40;
export const MAX_METADATA_VALUE_LENGTH = 600;

/** Metadata of a new object: null is none, and a null value is a mistake, for there is no key to remove. */
export function parseMetadata(input: MetadataInput | null, problems: InvalidInputError[]): Metadata {
  return mergeMetadata({}, Object.entries(input ?? {}), problems, false);
}

/**
 * Merge patch (WorkOS contract, section 2.5): keys given change, a key set to null goes, all others stay; null and
 * the empty map clear everything. Limits hold for the result.
 */
export function patchMetadata(current: Metadata, patch: MetadataInput | null, problems: InvalidInputError[]): Metadata {
  const changes = Object.entries(patch ?? {});
  return changes.length === 0 ? {} : mergeMetadata(current, changes, problems, true);
}

function mergeMetadata(
  current: Metadata,
  changes: readonly [string, unknown][],
  problems: InvalidInputError[],
  nullRemoves: boolean,
): Metadata {
  const merged = new Map(Object.entries(current));
  for (const [key, value] of changes) {
    if (value === null && nullRemoves) {
      merged.delete(key);
      continue;
    }
    const complaint = complaintAbout(key, value);
    if (complaint !== null) problems.push(new InvalidInputError('INVALID_METADATA', complaint, ['metadata', key]));
    else if (typeof value === 'string') merged.set(key, value);
  }
  if (merged.size > MAX_METADATA_KEYS) {
    const message = `Metadata holds at most ${MAX_METADATA_KEYS} keys; this would make ${merged.size}.`;
    problems.push(new InvalidInputError('INVALID_METADATA', message, ['metadata']));
  }
  return Object.fromEntries(merged);
}

function complaintAbout(key: string, value: unknown): string | null {
  if (key.length === 0) return 'A metadata key is not empty.';
  if (key === '__proto__') return "A metadata key cannot be '__proto__'.";
  if (key.length > MAX_METADATA_KEY_LENGTH) {
    return `A metadata key has at most ${MAX_METADATA_KEY_LENGTH} characters; this one has ${key.length}.`;
  }
  if (typeof value !== 'string') return 'A metadata value is text.';
  if (value.length > MAX_METADATA_VALUE_LENGTH) {
    return `A metadata value has at most ${MAX_METADATA_VALUE_LENGTH} characters; this one has ${value.length}.`;
  }
  return null;
}
