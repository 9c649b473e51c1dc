/** Makes something once for each set of texts, e.g. of prefixes: a process has one, or tests have a few. */
export function memoized<K extends object, T>(make: (texts: K) => T): (texts: K) => T {
  const made = new Map<string, T>();
  return (texts) => {
    const key = JSON.stringify(Object.entries(texts).toSorted());
    const known = made.get(key) ?? make(texts);
    made.set(key, known);
    return known;
  };
}
