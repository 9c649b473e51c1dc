import type { ServerResponse } from 'node:http';
import type { NodeListener } from './listener.js';
import { type RefusalForm, refuseAtOnce } from './refusal.js';
import type { Requests } from './request-log.js';

/** When a refused request may be sent again, in seconds. */
const RETRY_AFTER_SECONDS = '1';
/** Health checks are always answered: a restart of the server does not help against too many requests. */
const HEALTH_CHECK = /\/(?:livez|readyz)$/;

/**
 * Refuses requests at once when too many wait for their answers: each one more would make all of them wait longer, until
 * none is answered in time.
 *
 * @param max number of requests that may wait
 */
export function withOverloadAnswers(
  next: NodeListener,
  requests: Requests,
  max: number,
  formOf: RefusalForm,
): NodeListener {
  const waiting = new Slots<ServerResponse>();
  const isFull = () => {
    if (waiting.size < max) return false;
    // The answer of a stream has begun and does not end.
    waiting.removeIf((response) => response.headersSent);
    return waiting.size >= max;
  };
  return (request, response) => {
    const { method = '', url = '', headers } = request;
    if (isFull() && !HEALTH_CHECK.test(url)) {
      const entry = requests.begin(headers['x-request-id']?.toString());
      const message = `Too many requests are waiting: send this one again after ${RETRY_AFTER_SECONDS} second.`;
      const retryAfter = { 'retry-after': RETRY_AFTER_SECONDS };
      refuseAtOnce(response, 503, formOf(url)('SERVICE_UNAVAILABLE', message, entry.id), entry.id, retryAfter);
      // What follows the first segment can contain personal data.
      requests.answered(entry, method, url.split(/[/?#]/, 2).join('/'), 503);
      return;
    }
    const slot = waiting.add(response);
    response.once('close', () => waiting.remove(slot, response));
    return next(request, response);
  };
}

/**
 * Objects in an array whose places are used again. A set whose members come and go makes a new table every few dozen of
 * them; each old table refers to the next one, so that the collector of young objects keeps all of them.
 */
class Slots<T> {
  readonly #objects: (T | null)[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#objects.length - this.#free.length;
  }

  /** Returns the place of the object. */
  add(object: T): number {
    const place = this.#free.pop() ?? this.#objects.length;
    this.#objects[place] = object;
    return place;
  }

  /** Does nothing when the object was removed before. */
  remove(place: number, object: T): void {
    if (this.#objects[place] !== object) return;
    this.#objects[place] = null;
    this.#free.push(place);
  }

  removeIf(matches: (object: T) => boolean): void {
    for (const [place, object] of this.#objects.entries()) {
      if (object !== null && matches(object)) this.remove(place, object);
    }
  }
}
