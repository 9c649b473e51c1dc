import type { MaybePromise } from './maybe-promise.js';

/**
 * Lets each caller have a few costly pieces of work under way; further ones of the same caller wait for these, in the order
 * of their arrival. Work under way shares the event loop, so without a gate a caller with more of it gets more of the time.
 */
export class FairGate {
  readonly #underWay = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  /** @param max pieces of work that a caller may have under way */
  constructor(private readonly max: number) {}

  /** Waits for the turn of the caller. Each call must be followed by one of `leave`. */
  enter(caller: string): MaybePromise<void> {
    const underWay = this.#underWay.get(caller) ?? 0;
    if (underWay < this.max) {
      this.#underWay.set(caller, underWay + 1);
      return;
    }
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(caller) ?? [];
      this.#waiting.set(caller, waiting);
      waiting.push(resolve);
    });
  }

  /** Ends a piece of work, and lets the next one of the caller begin. */
  leave(caller: string): void {
    const waiting = this.#waiting.get(caller);
    const next = waiting?.shift();
    if (waiting?.length === 0) this.#waiting.delete(caller);
    if (next) {
      next();
      return;
    }
    const underWay = (this.#underWay.get(caller) ?? 1) - 1;
    if (underWay > 0) this.#underWay.set(caller, underWay);
    else this.#underWay.delete(caller);
  }
}
