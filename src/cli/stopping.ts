/** Signals that ask a process to stop, and the exit code of one that is ended by it (128 and the signal's number). */
const SIGNALS = { SIGTERM: 143, SIGINT: 130 } as const;

type StopSignal = keyof typeof SIGNALS;

/** What a command that stops in a way of its own does at a signal; called again for each further one. */
export type Stop = (signal: StopSignal) => void;

let received: StopSignal | null = null;
let stop: Stop | 'exit' | null = null;
const cleanups = new Set<() => void>();

/**
 * Takes the signals that stop a process, before anything else is loaded: as process 1 of a container a signal that
 * nobody has asked for is lost, and a start takes a second. What came early counts when the command begins.
 */
export function takeSignals(): void {
  for (const signal of Object.keys(SIGNALS) as StopSignal[]) process.on(signal, onSignal); // the keys it was given
  process.on('exit', () => {
    for (const cleanUp of cleanups) cleanUp();
  });
}

function onSignal(signal: StopSignal): void {
  const isFirst = received === null;
  received ??= signal;
  if (typeof stop === 'function') stop(signal);
  // Whoever asks twice while a command is still being loaded has waited long enough.
  else if (stop === 'exit' || !isFirst) process.exit(SIGNALS[signal]);
}

/** From now on a signal ends the process at once, and one that came before does so here: nothing is left half done. */
export function exitOnSignal(): void {
  stop = 'exit';
  if (received !== null) process.exit(SIGNALS[received]);
}

/** From now on the command stops by itself: it is told of each signal, of one that came before at once. */
export function stopOnSignal(own: Stop): void {
  stop = own;
  if (received !== null) own(received);
}

/** Does something when the process ends, by a signal too. Answers a function that takes it back. */
export function atExit(cleanUp: () => void): () => void {
  cleanups.add(cleanUp);
  return () => {
    cleanups.delete(cleanUp);
  };
}
