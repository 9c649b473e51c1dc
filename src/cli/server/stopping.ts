import cluster from 'node:cluster';
import { isMessage, type Message, type StopSignal } from '../../sharing/messages.js';

/** Signals that stop the process, each with the exit code that it causes (128 plus the number of the signal). */
const SIGNALS: Readonly<Record<StopSignal, number>> = { SIGTERM: 143, SIGINT: 130 };

/** Stop handler of a command. It is called for each signal. */
export type Stop = (signal: StopSignal) => void;

let received: StopSignal | null = null;
let stop: Stop | 'exit' | null = null;
const cleanups = new Set<() => void>();

/**
 * Installs the signal handlers. Call it before any other module is loaded, which takes about a second: process 1 of a
 * container ignores signals without a handler. A signal that arrives early takes effect when the command starts.
 */
export function installSignalHandlers(): void {
  // A terminal and a service manager send a signal to all processes. The primary tells its workers when to stop.
  const onOwnSignal = cluster.isWorker ? () => {} : onSignal;
  for (const signal of Object.keys(SIGNALS) as StopSignal[]) process.on(signal, onOwnSignal); // the keys of SIGNALS
  if (cluster.isWorker) {
    process.on('message', (message) => {
      if (isMessage(message) && 'stop' in message) onSignal(message.stop);
    });
    process.send?.({ canStop: true } satisfies Message);
  }
  process.on('exit', () => {
    for (const cleanUp of cleanups) cleanUp();
  });
}

function onSignal(signal: StopSignal): void {
  const isFirst = received === null;
  received ??= signal;
  if (typeof stop === 'function') stop(signal);
  // A second signal ends the process even while the command is still loading.
  else if (stop === 'exit' || !isFirst) process.exit(SIGNALS[signal]);
}

/** Makes signals end the process at once. A signal that has already arrived ends it here. */
export function exitOnSignal(): void {
  stop = 'exit';
  if (received !== null) process.exit(SIGNALS[received]);
}

/** Sets the stop handler of the command. It is called at once for a signal that has already arrived. */
export function stopOnSignal(own: Stop): void {
  stop = own;
  if (received !== null) own(received);
}

/** Registers a function to run when the process exits, also by a signal. Returns a function that unregisters it. */
export function atExit(cleanUp: () => void): () => void {
  cleanups.add(cleanUp);
  return () => {
    cleanups.delete(cleanUp);
  };
}
