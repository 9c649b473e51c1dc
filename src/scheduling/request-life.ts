import type { Socket } from 'node:net';
import type { AsOf } from '../domain/as-of.js';
import { RequestError } from '../domain/errors.js';
import type { StartTimer } from '../runtime/timer.js';
import { Ambient } from './ambient.js';

const current = new Ambient<RequestLife>();

/**
 * The lifetime of a request. It starts with the arrival of the request and ends with its response, with the timeout, or
 * when the client closes the connection. After a timeout or a closed connection the execution stops.
 */
export class RequestLife {
  #arrivedAt = performance.now();
  readonly #stopTimer: () => void;
  #socket: Pick<Socket, 'readableEnded'> | null = null;
  /** Rows that the request examined, in addition to those it returns. */
  examined = 0;
  /** What the reads of the request must see. Null when they must see every commit. */
  asOf: AsOf | null = null;
  #isAnswered = false;
  #isOver = false;
  #onOver: () => void = () => {};

  /**
   * @param signal aborted when the client closes the connection
   * @param timeoutMs milliseconds from the arrival of the request to its timeout
   */
  constructor(
    private readonly signal: Pick<AbortSignal, 'aborted'>,
    private readonly timeoutMs: number,
    startTimer: StartTimer,
  ) {
    this.#stopTimer = startTimer(timeoutMs, () => {
      this.#isOver = true;
      this.#onOver();
    });
  }

  /**
   * Watches the socket of the client, because Node aborts the signal only after both ends are closed.
   *
   * @param arrivedAt when the request arrived, if that was before this object was made
   */
  watch(socket: Pick<Socket, 'readableEnded'>, arrivedAt = this.#arrivedAt): void {
    this.#socket = socket;
    this.#arrivedAt = arrivedAt;
  }

  /** Runs the request; within `answer`, `ofRequest` returns this object. */
  async run<T>(answer: () => Promise<T>): Promise<T> {
    try {
      return await current.run(this, answer);
    } finally {
      this.#isAnswered = true;
      this.#stopTimer();
    }
  }

  /** Resolves at the timeout. */
  over(): Promise<void> {
    return new Promise((resolve) => {
      this.#onOver = resolve;
      if (this.#isOver) resolve();
    });
  }

  /** The error that stops the execution, TIMEOUT or CLIENT_CLOSED_REQUEST; null while the client waits. */
  end(): RequestError | null {
    if (this.#isAnswered) return null;
    if (this.signal.aborted || this.#socket?.readableEnded) return clientClosed();
    // A long statement delays the timer, so compare the time itself as well.
    if (!this.#isOver && performance.now() - this.#arrivedAt < this.timeoutMs) return null;
    const seconds = this.timeoutMs / 1000;
    const message = `The request took longer than ${seconds} seconds and was aborted. A write that was in progress may have been committed: read the data before you repeat it.`;
    return new RequestError('TIMEOUT', message, { limitSeconds: seconds });
  }

  /** @throws {RequestError} TIMEOUT or CLIENT_CLOSED_REQUEST, when the client no longer waits for the response */
  assertWanted(): void {
    const end = this.end();
    if (end) throw end;
  }
}

/** The error of a request whose client has closed the connection. It appears in the log only. */
export function clientClosed(): RequestError {
  return new RequestError('CLIENT_CLOSED_REQUEST', 'The client closed the connection before the response was sent.');
}

/** The lifetime of the current request; null outside of requests. */
export function ofRequest(): RequestLife | null {
  return current.get() ?? null;
}

/** Does nothing outside of requests. @throws {RequestError} as `RequestLife.assertWanted` */
export function assertWanted(): void {
  current.get()?.assertWanted();
}

/** Adds to the number of examined rows, or an upper bound of it, which counts against the request's rate limit. */
export function noteExamined(rows: number): void {
  const life = current.get();
  if (life) life.examined += rows;
}

/** Lets the reads of the current request, which writes nothing, see no more than this. Does nothing outside of requests. */
export function readAsOf(asOf: AsOf | undefined): void {
  const life = current.get();
  if (life && asOf) life.asOf = asOf;
}

/** Runs work that a request starts but does not wait for, so that it continues after the request has ended. */
export function outsideRequest<T>(run: () => T): T {
  return current.exit(run);
}
