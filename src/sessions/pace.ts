/** Calls back after the time; the same as what cuts off operations. */
export type Pace = (ms: number, onEnd: () => void) => () => void;

/** Refusals leave at whole steps of this, counted from when the comparison began. */
const STEP_MS = 500;

export interface Steps {
  /** Over with the step under way. */
  next(): Promise<void>;
  /** Ends the steps. Nobody may wait for one. */
  stop(): void;
}

/**
 * Begins steps of time. The hashes of seven kinds take from a microsecond to a second, and nobody's takes one of ours:
 * in steps they all look the same.
 */
export function startSteps(pace: Pace): Steps {
  let cancel = () => {};
  let step = nextStep();
  function nextStep(): Promise<void> {
    return new Promise((resolve) => {
      cancel = pace(STEP_MS, () => {
        step = nextStep();
        resolve();
      });
    });
  }
  return { next: () => step, stop: () => cancel() };
}
