/** What a reader got between two disconnects, by the ids of the events. */
export interface Segment {
  /** The last event it had dealt with when it (re)connected; null when it began at the start of the log. */
  readonly after: string | null;
  readonly ids: string[];
}

export interface Verdict {
  /** Events of the log that never came. */
  readonly missed: number;
  /** Events that came after a later one, or without the one before. */
  readonly outOfOrder: number;
  /** Events that came again where no disconnect was. */
  readonly repeated: number;
  /** Events that came again after one. */
  readonly repeatedAtResume: number;
}

/** Holds what a reader got against the log. */
export function judge(log: readonly string[], segments: readonly Segment[]): Verdict {
  const places = new Map(log.map((id, place) => [id, place]));
  const seen = new Set<number>();
  let [outOfOrder, repeated, repeatedAtResume] = [0, 0, 0];
  for (const { after, ids } of segments) {
    const inSegment = new Set<number>();
    let last = after === null ? -1 : (places.get(after) ?? Number.NaN);
    for (const id of ids) {
      const place = places.get(id) ?? Number.NaN;
      if (inSegment.has(place)) repeated++;
      else if (place !== last + 1) outOfOrder++;
      else if (seen.has(place)) repeatedAtResume++;
      inSegment.add(place);
      seen.add(place);
      last = place;
    }
  }
  return {
    missed: log.length - [...seen].filter((place) => place >= 0).length,
    outOfOrder,
    repeated,
    repeatedAtResume,
  };
}
