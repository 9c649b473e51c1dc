import { InvalidInputError } from './errors.js';

/** The next value of a field that can be empty: what is left out stays, null clears. */
export function patched<T>(given: T | null | undefined, current: T | null): T | null {
  return given === undefined ? current : given;
}

/** Complains of a null where a field cannot be empty. */
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

/** The fields in which two states of an object differ, as they were before; empty when nothing has changed. */
export function changedFields<T extends object>(before: T, after: T): Partial<T> {
  const fields = Object.entries(before).filter(
    ([field, value]) => !isSame(value, after[field as keyof T]), // the keys of a T are what entries gives
  );
  return Object.fromEntries(fields) as Partial<T>; // the same keys and values, some of them
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));
}
