import { outsideRequest } from './request-life.js';

/** The work of a pump. */
export interface Work<Item> {
  /** The maximum number of items processed at the same time. */
  readonly concurrency: number;
  /** Claims up to `limit` items that are due, so that no other process claims them. */
  claim(limit: number): Promise<readonly Item[]>;
  /** Processes one item. Never rejects. */
  process(item: Item): Promise<void>;
  /** Whether another item can become due because one was processed. */
  readonly leavesMore: boolean;
  /** Receives what `claim` throws. The next call of `pump` tries again. */
  onError(error: unknown): void;
}

/** Processes the items of a queue in a table, up to `concurrency` at a time, until no item is due. */
export class Pump<Item> {
  readonly #inFlight = new Set<Promise<void>>();
  #pumping: Promise<void> | null = null;
  #isRequested = false;
  #isStopped = false;

  constructor(private readonly work: Work<Item>) {}

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Claims and starts all items that are due. Resolves when none is left to claim; some can still be in progress. */
  pump(): Promise<void> {
    this.#isRequested = true;
    // The caller can be a request, which ends before the work does.
    this.#pumping ??= outsideRequest(() => this.#claimAll());
    return this.#pumping;
  }

  /** Claims all items that are due and waits until they are processed. */
  async drain(): Promise<void> {
    do {
      await this.pump();
      await Promise.all(this.#inFlight);
    } while (this.#pumping !== null || this.#inFlight.size > 0);
  }

  /** Stops claiming items and waits for those in progress. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#pumping;
    await Promise.all(this.#inFlight);
  }

  async #claimAll(): Promise<void> {
    const { concurrency, claim, onError } = this.work;
    try {
      while (this.#isRequested && !this.#isStopped) {
        this.#isRequested = false;
        const free = concurrency - this.#inFlight.size;
        const items = free > 0 ? await claim(free) : [];
        for (const item of items) this.#start(item);
        // More items may be due than could be claimed: continue when one has finished.
        if (items.length === free) {
          this.#isRequested = true;
          await Promise.race(this.#inFlight);
        }
      }
    } catch (error) {
      onError(error);
    } finally {
      // No await between the last check of #isRequested and this line: a call of `pump` in between would be lost.
      this.#pumping = null;
    }
  }

  #start(item: Item): void {
    const processing = this.work.process(item).finally(() => {
      this.#inFlight.delete(processing);
      if (this.work.leavesMore && !this.#isStopped) void this.pump();
    });
    this.#inFlight.add(processing);
  }
}
