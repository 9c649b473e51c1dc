import { type Clock, type Instant, toInstant, toMilliseconds } from '../../src/runtime/clock.js';

/** A clock that stands still until a test moves it. */
export class TestClock implements Clock {
  #now = Date.UTC(2026, 0, 15, 12);

  now(): Instant {
    return toInstant(this.#now);
  }

  millis(): number {
    return this.#now;
  }

  advance(seconds: number): void {
    this.#now = toMilliseconds(this.now()) + seconds * 1000;
  }
}
