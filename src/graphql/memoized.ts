import type { NamePrefixes } from './federation/names.js';

/** Makes something once for each pair of prefixes: a process has one, or tests have a few. */
export function memoized<T>(make: (prefixes: NamePrefixes) => T): (prefixes: NamePrefixes) => T {
  const made = new Map<string, T>();
  return (prefixes) => {
    const key = `${prefixes.type} ${prefixes.field}`;
    const known = made.get(key) ?? make(prefixes);
    made.set(key, known);
    return known;
  };
}
