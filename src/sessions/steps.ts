import type { StartTimer } from '../runtime/timer.js';

/** Failures are returned at a multiple of this time after the comparison began. */
const STEP_MS = 500;

export interface Steps {
  /** Resolves at the end of the current step. */
  next(): Promise<void>;
  /** Stops the timer. A pending `next()` never resolves. */
  stop(): void;
}

/**
 * Starts the steps. Comparing a hash takes from a microsecond to a second, depending on its type and on whether the
 * user exists. Steps hide this difference from an attacker.
 */
export function startSteps(startTimer: StartTimer): Steps {
  let cancel = () => {};
  let step = nextStep();
  function nextStep(): Promise<void> {
    return new Promise((resolve) => {
      cancel = startTimer(STEP_MS, () => {
        step = nextStep();
        resolve();
      });
    });
  }
  return { next: () => step, stop: () => cancel() };
}
