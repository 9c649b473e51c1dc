import { AsyncLocalStorage } from 'node:async_hooks';
import type { Socket } from 'node:net';
import { RequestError } from '../errors.js';
import { nextTurn } from './turns.js';

/** Calls `onEnd` after the time, unless the function it returns is called before. */
export type StartTimer = (ms: number, onEnd: () => void) => () => void;

const current = new AsyncLocalStorage<RequestLife>();

/**
 * How long somebody waits for the answer of a request: from its arrival until it is answered, its time is over, or its
 * client has closed the connection. After one of the latter two nothing more is executed for it.
 */
export class RequestLife {
  readonly #arrivedAt = performance.now();
  readonly #stopTimer: () => void;
  #socket: Pick<Socket, 'readableEnded'> | null = null;
  /** Rows that were looked at for the request, beside those of its answer. */
  examined = 0;
  #isAnswered = false;
  #isOver = false;
  #onOver: () => void = () => {};

  /**
   * @param signal aborted when the client closes the connection
   * @param timeoutMs how long after its arrival the request may be answered
   */
  constructor(
    private readonly signal: AbortSignal,
    private readonly timeoutMs: number,
    startTimer: StartTimer,
  ) {
    this.#stopTimer = startTimer(timeoutMs, () => {
      this.#isOver = true;
      this.#onOver();
    });
  }

  /** The socket that the client may close: Node aborts the signal only after its own end is closed, too. */
  watch(socket: Pick<Socket, 'readableEnded'>): void {
    this.#socket = socket;
  }

  /**
   * Runs the whole of the request; `ofRequest` finds this life in everything that it causes. It begins two turns of the
   * event loop later: the end of a connection that the client has closed is read in the turn after its last bytes.
   */
  async run<T>(answer: () => Promise<T>): Promise<T> {
    try {
      await nextTurn();
      await nextTurn();
      return await current.run(this, answer);
    } finally {
      this.#isAnswered = true;
      this.#stopTimer();
    }
  }

  /** Resolves when the time is over. */
  over(): Promise<void> {
    return new Promise((resolve) => {
      this.#onOver = resolve;
      if (this.#isOver) resolve();
    });
  }

  /** Why the request is not executed any further, TIMEOUT or CLIENT_CLOSED_REQUEST; null while somebody waits for it. */
  end(): RequestError | null {
    if (this.#isAnswered) return null;
    if (this.signal.aborted || this.#socket?.readableEnded) return clientClosed();
    // A statement holds up timers too, so the time itself counts as well.
    if (!this.#isOver && performance.now() - this.#arrivedAt < this.timeoutMs) return null;
    const seconds = this.timeoutMs / 1000;
    const message = `The request took longer than ${seconds} seconds and was given up. A write that was under way may have been done all the same.`;
    return new RequestError('TIMEOUT', message, { limitSeconds: seconds });
  }

  /** @throws {RequestError} `end`, when nobody waits for the answer any more */
  assertWanted(): void {
    const end = this.end();
    if (end) throw end;
  }
}

/** Refuses a request whose client has closed the connection; for the log, since nobody reads it. */
export function clientClosed(): RequestError {
  return new RequestError('CLIENT_CLOSED_REQUEST', 'The client closed the connection before it was answered.');
}

/** The life of the request that causes what runs now; null outside of requests. */
export function ofRequest(): RequestLife | null {
  return current.getStore() ?? null;
}

/** @throws {RequestError} as `RequestLife.assertWanted`; never outside of requests */
export function assertWanted(): void {
  current.getStore()?.assertWanted();
}

/** Notes that rows were looked at, or how many may have been: a request that does so pays for them. */
export function noteExamined(rows: number): void {
  const life = current.getStore();
  if (life) life.examined += rows;
}

/** Runs what a request sets going but does not wait for: it goes on when the request has ended. */
export function outsideRequest<T>(run: () => T): T {
  return current.exit(run);
}
