/** A reproducible random number generator: the same seed gives the same numbers (Mulberry32, 32 bits of state). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Returns a number from 0 (inclusive) to 1 (exclusive). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** Returns an integer from 0 (inclusive) to `limit` (exclusive). */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** Returns an integer from `least` to `most`, both inclusive. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** Returns true with a probability of `chance` percent. */
  percent(chance: number): boolean {
    return this.next() * 100 < chance;
  }

  pick<T>(things: readonly [T, ...T[]] | readonly T[]): T {
    const thing = things[this.below(things.length)];
    if (thing === undefined) throw new Error('There is nothing to pick from.');
    return thing;
  }

  /** Returns one of the things with a probability in proportion to its weight. */
  weighted<T>(things: readonly (readonly [weight: number, thing: T])[]): T {
    let left = this.next() * things.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, thing] of things) {
      left -= weight;
      if (left < 0) return thing;
    }
    return this.pick(things)[1];
  }
}
