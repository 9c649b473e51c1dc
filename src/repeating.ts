/** Something that is done from time to time. */
export interface Repeating {
  /** Aborted when it is to stop. */
  readonly signal: AbortSignal;
  /** Does it at once, and again and again. */
  start(): void;
  /** Ends it, and waits for the run that is under way. */
  stop(): Promise<void>;
}

/** @param run one run; none begins before the one before has ended */
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
      const begin = () => {
        running = running.then(run).catch(onError);
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
