import { isDeepStrictEqual } from 'node:util';
import { InvalidInputError } from '../domain/errors.js';

/** The new value of a nullable field: undefined keeps the current value, null clears it. */
export function patched<T>(given: T | null | undefined, current: T | null): T | null {
  return given === undefined ? current : given;
}

/** Adds a problem for each of these fields that is null. */
export function refuseNulls<P extends object>(
  patch: P,
  fields: readonly (keyof P & string)[],
  problems: InvalidInputError[],
): void {
  for (const field of fields) {
    if (patch[field] !== null) continue;
    const message = `${field} cannot be cleared: leave it out to keep it.`;
    problems.push(new InvalidInputError('INVALID_INPUT', message, [field]));
  }
}

/** The fields that differ between two states of an object, with their old values. Empty when nothing has changed. */
export function changedFields<T extends object>(before: T, after: T): Partial<T> {
  const fields = Object.entries(before).filter(
    ([field, value]) => !isDeepStrictEqual(value, after[field as keyof T]), // `entries` returns keys of T
  );
  return Object.fromEntries(fields) as Partial<T>; // a subset of the entries of a T
}
