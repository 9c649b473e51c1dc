import { InvalidInputError } from '../domain/errors.js';

/** The metadata of a user or an organization: strings by key. */
export type Metadata = Readonly<Record<string, string>>;

/** Unvalidated metadata from a caller, see `parseMetadata` and `patchMetadata`. In a patch, null removes a key. */
export type MetadataInput = Readonly<Record<string, unknown>>;

/** WorkOS contract, section 1: OpenAPI `maxProperties`, `propertyNames.maxLength`, `additionalProperties.maxLength`. */
export const MAX_METADATA_KEYS = 50;
export const MAX_METADATA_KEY_LENGTH = 40;
export const MAX_METADATA_VALUE_LENGTH = 600;

/** Validates the metadata of a new object. Null means no metadata. A null value is invalid: it has no key to remove. */
export function parseMetadata(input: MetadataInput | null, problems: InvalidInputError[]): Metadata {
  return mergeMetadata({}, Object.entries(input ?? {}), problems, false);
}

/**
 * Applies a merge patch (WorkOS contract, section 2.5): a given key is set, a key with null is removed, and all other
 * keys are kept. Null and the empty object remove all keys. The limits apply to the result.
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
    const message = `Metadata can have at most ${MAX_METADATA_KEYS} keys; this change would result in ${merged.size}.`;
    problems.push(new InvalidInputError('INVALID_METADATA', message, ['metadata']));
  }
  return Object.fromEntries(merged);
}

function complaintAbout(key: string, value: unknown): string | null {
  if (key.length === 0) return 'A metadata key must not be empty.';
  if (key === '__proto__') return "A metadata key cannot be '__proto__'.";
  if (key.length > MAX_METADATA_KEY_LENGTH) {
    return `A metadata key can have at most ${MAX_METADATA_KEY_LENGTH} characters; this one has ${key.length}.`;
  }
  if (typeof value !== 'string') return 'A metadata value must be a string.';
  if (value.length > MAX_METADATA_VALUE_LENGTH) {
    return `A metadata value can have at most ${MAX_METADATA_VALUE_LENGTH} characters; this one has ${value.length}.`;
  }
  return null;
}
