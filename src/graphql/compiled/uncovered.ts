/** Thrown when an operation, or a request of it, has something that compiled reads do not cover. It is then resolved. */
export class Uncovered extends Error {
  constructor(readonly what: string) {
    super(`Not covered by compiled reads: ${what}.`);
  }
}

/** Returns the value. @throws {Uncovered} when it is null or undefined */
export function covered<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Uncovered(what);
  return value;
}
