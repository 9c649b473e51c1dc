/**
 * How long the statements of one turn of the event loop may take together. What is left waits for the next turn, so
 * that sockets are read, timers fire and health checks are answered in between. One statement is never interrupted.
 */
export const MAX_TURN_MS = 10;

let startedAt = 0;
let endOfTurn: Promise<void> | null = null;

/** Resolves after the event loop has taken one turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * To be awaited before work that blocks the process, such as a statement of SQLite. It resolves at once while this turn
 * has time left, and in a later turn otherwise.
 */
export async function takeTurn(): Promise<void> {
  while (endOfTurn) {
    if (performance.now() - startedAt < MAX_TURN_MS) return;
    await endOfTurn;
  }
  startedAt = performance.now();
  endOfTurn = nextTurn().then(() => {
    endOfTurn = null;
  });
}
