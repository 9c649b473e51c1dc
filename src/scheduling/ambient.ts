import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * A value that work and everything it awaits can read. Node tracks every promise and callback of the process while a
 * value is set, so the tracking ends with the last work that has one.
 */
export class Ambient<Value> {
  readonly #storage = new AsyncLocalStorage<Value>();
  #running = 0;

  /** Runs work, within which `get` returns the value. */
  async run<T>(value: Value, work: () => Promise<T>): Promise<T> {
    this.#running++;
    try {
      return await this.#storage.run(value, work);
    } finally {
      this.#running--;
      if (this.#running === 0) this.#storage.disable();
    }
  }

  /** The value of the current work; undefined when it has none. */
  get(): Value | undefined {
    return this.#storage.getStore();
  }

  /** Runs work that has no value. */
  exit<T>(work: () => T): T {
    return this.#storage.exit(work);
  }
}
