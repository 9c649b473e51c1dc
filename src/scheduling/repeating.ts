/** A task that runs periodically. */
export interface Repeating {
  /** Aborted by `stop`. */
  readonly signal: AbortSignal;
  /** Runs the task immediately, and then at every interval. */
  start(): void;
  /** Stops the task and waits for the current run. */
  stop(): Promise<void>;
}

/** @param run runs the task once. What is due while it runs is left out. */
export function createRepeating(
  everyMs: number,
  run: () => Promise<unknown>,
  onError: (error: unknown) => void,
): Repeating {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  return {
    signal: stopping.signal,
    start() {
      let isRunning = false;
      const begin = () => {
        if (isRunning) return;
        isRunning = true;
        running = Promise.resolve()
          .then(run)
          .catch(onError)
          .finally(() => {
            isRunning = false;
          });
      };
      begin();
      timer = setInterval(begin, everyMs).unref();
    },
    async stop() {
      stopping.abort();
      clearInterval(timer);
      await running;
    },
  };
}
