import { performance } from 'node:perf_hooks';

/**
 * How long the statements of one turn of the event loop may take together, in milliseconds. Further statements wait for
 * the next turn, so that sockets, timers and health checks are served in between. A statement is never interrupted.
 */
export const MAX_TURN_MS = 5;

/** How long after a turn that took longer the process counts as behind, in milliseconds. */
const CATCHING_UP_MS = 100;

/**
 * The number of the current turn of the event loop. It changes before the sockets are read. Only the loop itself tells: a
 * callback of `setImmediate` that another such callback asked for, and one of a timer, run after or before requests that
 * arrive later.
 */
export function currentTurn(): number {
  return performance.nodeTiming.uvMetricsInfo.loopCount;
}

let startedAt = 0;
let endOfTurn: Promise<void> | null = null;
/** When a turn last ended that took longer than `MAX_TURN_MS`. */
let blockedAt = Number.NEGATIVE_INFINITY;

let atEnd: (() => void)[] = [];

/**
 * Runs work at the end of this turn of the event loop, after everything that the sockets had for it. Work given together
 * runs together: responses that are written one after the other wake their receivers less often.
 */
export function atEndOfTurn(work: () => void): void {
  if (atEnd.length === 0) setImmediate(runAtEnd);
  atEnd.push(work);
}

function runAtEnd(): void {
  const all = atEnd;
  atEnd = [];
  for (const work of all) work();
}

/** Resolves after the event loop has taken one turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Whether work that blocks the process, such as an SQLite statement, may start in this turn. */
export function turnHasTime(): boolean {
  if (endOfTurn) return performance.now() - startedAt < MAX_TURN_MS;
  startedAt = performance.now();
  endOfTurn = nextTurn().then(() => {
    endOfTurn = null;
    const now = performance.now();
    if (now - startedAt >= MAX_TURN_MS) blockedAt = now;
  });
  return true;
}

/** Whether a turn has just taken too long, so that what arrives now can have waited in its socket. */
export function isBehind(): boolean {
  return performance.now() - blockedAt < CATCHING_UP_MS;
}

/** Resolves when Node has read what was in the sockets, e.g. the end of a closed connection after its last bytes. */
export async function afterSockets(): Promise<void> {
  await nextTurn();
  await nextTurn();
}

/** Resolves when such work may start: immediately while the current turn has time left, otherwise in a later turn. */
export async function takeTurn(): Promise<void> {
  while (!turnHasTime()) await endOfTurn;
}
