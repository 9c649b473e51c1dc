import { outsideRequest } from './scheduling/request-life.js';

/** What a pump needs to know of its work. */
export interface Work<Item> {
  /** Items under way at one time. */
  readonly hands: number;
  /** Takes up to so many items that are due; nobody else has them then. */
  take(limit: number): Promise<readonly Item[]>;
  /** Deals with one. Never rejects. */
  deal(item: Item): Promise<void>;
  /** Whether something more may be due when one was dealt with. */
  readonly leavesMore: boolean;
  /** Told what `take` throws; the next wish tries again. */
  onError(error: unknown): void;
}

/** Deals with what waits in a table, as long as there is something and hands are free. */
export class Pump<Item> {
  readonly #underWay = new Set<Promise<void>>();
  #pumping: Promise<void> | null = null;
  #isWanted = false;
  #isStopped = false;

  constructor(private readonly work: Work<Item>) {}

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Takes what is due. Resolves when nothing is left to take; the last of it is under way then. */
  pump(): Promise<void> {
    this.#isWanted = true;
    // Whoever wishes may be a request, which ends before the work does.
    this.#pumping ??= outsideRequest(() => this.#takeAll());
    return this.#pumping;
  }

  /** Takes what is due and waits until all of it is dealt with. */
  async drain(): Promise<void> {
    do {
      await this.pump();
      await Promise.all(this.#underWay);
    } while (this.#pumping !== null || this.#underWay.size > 0);
  }

  /** Takes nothing more, and waits for what is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#pumping;
    await Promise.all(this.#underWay);
  }

  async #takeAll(): Promise<void> {
    const { hands, take, onError } = this.work;
    try {
      while (this.#isWanted && !this.#isStopped) {
        this.#isWanted = false;
        const free = hands - this.#underWay.size;
        const items = free > 0 ? await take(free) : [];
        for (const item of items) this.#start(item);
        // Hands were too few for what may be due: go on when one is free.
        if (items.length === free) {
          this.#isWanted = true;
          await Promise.race(this.#underWay);
        }
      }
    } catch (error) {
      onError(error);
    } finally {
      // In the same turn as the loop's last look at #isWanted: a wish in between would be lost.
      this.#pumping = null;
    }
  }

  #start(item: Item): void {
    const dealing = this.work.deal(item).finally(() => {
      this.#underWay.delete(dealing);
      if (this.work.leavesMore && !this.#isStopped) void this.pump();
    });
    this.#underWay.add(dealing);
  }
}
