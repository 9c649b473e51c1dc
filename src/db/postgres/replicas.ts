import type { AsOf } from '../../domain/as-of.js';
import { createRepeating, type Repeating } from '../../scheduling/repeating.js';
import type { ReplicaState } from '../database.js';
import { Lag, type Position } from './lag.js';
import type { Replica } from './replica.js';

/** Time between two looks at a server. */
const LOOK_MS = 500;

/**
 * Chooses where the reads of a request go. A replica is chosen only when it has every commit that the environment had when
 * the request was authenticated, so that an answer is never older than its request, whichever gateway wrote. All reads of a
 * request go to one server, and after a failure to the primary: time does not go back within it.
 */
export class Replicas {
  readonly #lag = new Lag();
  readonly #bound = new WeakMap<AsOf, Replica | null>();
  readonly #looks: readonly Repeating[];
  #next = 0;
  #isWatching = false;

  /** @param positionOfPrimary reads where the primary is; null when it does not tell */
  constructor(
    private readonly replicas: readonly Replica[],
    positionOfPrimary: () => Promise<Position | null>,
  ) {
    const lookAtPrimary = async () => {
      const atMs = performance.now();
      const position = await positionOfPrimary();
      if (position !== null) this.#lag.note(atMs, position);
    };
    const looks = [lookAtPrimary, ...replicas.map((replica) => () => replica.look(this.#lag))];
    // While the primary does not tell, the replicas become too old.
    this.#looks = looks.map((look) => createRepeating(LOOK_MS, look, () => {}));
  }

  /** The replica that a request reads; null for the primary. */
  of(asOf: AsOf): Replica | null {
    if (this.replicas.length === 0) return null;
    this.#watch();
    const bound = this.#bound.get(asOf);
    if (bound === undefined) return this.#bind(asOf, this.#choose(asOf));
    return bound?.isUsed === false ? this.#bind(asOf, null) : bound;
  }

  /** From now on the request reads the primary. */
  giveUp(asOf: AsOf): void {
    this.#bind(asOf, null);
  }

  states(): readonly ReplicaState[] {
    return this.replicas.map(({ state }) => state);
  }

  async close(): Promise<void> {
    if (this.#isWatching) await Promise.all(this.#looks.map((look) => look.stop()));
    await Promise.all(this.replicas.map((replica) => replica.close()));
  }

  #bind(asOf: AsOf, replica: Replica | null): Replica | null {
    this.#bound.set(asOf, replica);
    return replica;
  }

  #choose(asOf: AsOf): Replica | null {
    const { length } = this.replicas;
    for (let step = 0; step < length; step++) {
      const replica = this.replicas[(this.#next + step) % length];
      if (!replica?.isUsed || !replica.has(asOf)) continue;
      this.#next = (this.#next + step + 1) % length;
      return replica;
    }
    return null;
  }

  /** Begins with the first read: a command that only writes does not need it. */
  #watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    for (const look of this.#looks) look.start();
  }
}
