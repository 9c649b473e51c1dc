/** A value, or a promise of it. What every request passes returns values where it can, because promises cost time. */
export type MaybePromise<T> = T | Promise<T>;

/** Calls `next` with the value: now, or when the promise resolves. */
export function after<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Returns what `run` returns, or what `recover` returns when it throws or rejects. */
export function attempt<T, U>(run: () => MaybePromise<T>, recover: (error: unknown) => U): MaybePromise<T | U> {
  try {
    const value = run();
    return value instanceof Promise ? value.catch(recover) : value;
  } catch (error) {
    return recover(error);
  }
}

/** Calls `read` with each item, one after the other. Returns the results in the order of the items. */
export function inSequence<T, U>(items: readonly T[], read: (item: T) => MaybePromise<U>): MaybePromise<readonly U[]> {
  const results: U[] = [];
  const rest = items.values();
  const go = (): MaybePromise<readonly U[]> => {
    for (const item of rest) {
      const result = read(item);
      if (result instanceof Promise) return result.then(add).then(go);
      results.push(result);
    }
    return results;
  };
  const add = (result: U): void => {
    results.push(result);
  };
  return go();
}
