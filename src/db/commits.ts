import type { Database } from './database.js';

/** How often the file is asked whether anything was committed, while somebody waits for it. */
const POLL_MS = 10;
/** Woken in one turn of the event loop: thousands at once would hold up everybody else's requests. */
const WOKEN_AT_ONCE = 50;

/** Wakes up those who wait for a commit, of this process or another. One look at the file serves all of them. */
export class Commits {
  readonly #waiting = new Set<{ readonly seen: number; wake(): void }>();
  #poll: NodeJS.Timeout | undefined;

  constructor(private readonly db: Pick<Database, 'signal'>) {}

  /** The state of the file; read before what is waited for is looked for. */
  version(): number {
    return this.db.signal();
  }

  /** Resolves when the file has another version than `seen`, when the time is over, or when all are woken. */
  async after(seen: number, milliseconds: number): Promise<void> {
    if (this.version() !== seen) return;
    await new Promise<void>((resolve) => {
      const waiter = {
        seen,
        wake: () => {
          clearTimeout(timer);
          this.#waiting.delete(waiter);
          resolve();
        },
      };
      const timer = setTimeout(waiter.wake, milliseconds);
      this.#waiting.add(waiter);
      this.#poll ??= setInterval(() => this.#look(), POLL_MS);
    });
    if (this.#waiting.size > 0) return;
    clearInterval(this.#poll);
    this.#poll = undefined;
  }

  wakeAll(): void {
    for (const { wake } of this.#waiting) wake();
  }

  #look(): void {
    const version = this.version();
    const due = [...this.#waiting].filter(({ seen }) => seen !== version);
    for (const waiter of due) this.#waiting.delete(waiter);
    wakeInTurns(due);
  }
}

function wakeInTurns(due: readonly { wake(): void }[]): void {
  for (const { wake } of due.slice(0, WOKEN_AT_ONCE)) wake();
  if (due.length > WOKEN_AT_ONCE) setImmediate(() => wakeInTurns(due.slice(WOKEN_AT_ONCE)));
}
