/** Memoizes `make` by the content of its argument. Never evicts: a process uses few different arguments. */
export function memoized<K extends object, T>(make: (texts: K) => T): (texts: K) => T {
  const made = new Map<string, T>();
  return (texts) => {
    const key = JSON.stringify(Object.entries(texts).toSorted());
    const known = made.get(key) ?? make(texts);
    made.set(key, known);
    return known;
  };
}
