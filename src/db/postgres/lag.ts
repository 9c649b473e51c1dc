/** A position in the write-ahead log, in bytes from its beginning. */
export type Position = number;

/** How long positions are kept, in milliseconds. A replica that is further behind has an unknown lag. */
const KEPT_MS = 3_600_000;

/** Remembers where the primary was, to tell how old the data of a replica is. Clocks of other machines do not matter. */
export class Lag {
  /** The oldest first; one a look. */
  readonly #seen: { readonly atMs: number; readonly position: Position }[] = [];

  /** Notes where the primary was. */
  note(atMs: number, position: Position): void {
    this.#seen.push({ atMs, position });
    while ((this.#seen[0]?.atMs ?? atMs) < atMs - KEPT_MS) this.#seen.shift();
  }

  /** How old the data of a replica at this position is at most, in milliseconds. Null while nothing was noted. */
  of(position: Position, nowMs: number): number | null {
    if (this.#seen.length === 0) return null;
    const reached = this.#seen.findLast((one) => one.position <= position);
    return reached ? nowMs - reached.atMs : Number.POSITIVE_INFINITY;
  }
}
