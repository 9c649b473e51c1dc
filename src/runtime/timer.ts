/** Calls `onEnd` after `ms` milliseconds. Returns a function that cancels the timer. */
export type StartTimer = (ms: number, onEnd: () => void) => () => void;

/** A timer that uses `setTimeout`. */
export const systemTimer: StartTimer = (ms, onEnd) => {
  const timer = setTimeout(onEnd, ms);
  return () => clearTimeout(timer);
};
