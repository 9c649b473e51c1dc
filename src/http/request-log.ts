import type { IncomingMessage } from 'node:http';
import type { ServerAdapterPlugin } from '@whatwg-node/server';
import type { RequestErrorCode } from '../domain/errors.js';
import type { Ids } from '../domain/ids.js';
import type { Logger } from '../runtime/logger.js';
import type { ServerContext } from './route.js';

/** The form of an inbound `x-request-id`. Any other value is replaced, so that log lines stay clean. */
const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;
/** Longer paths are cut in the log. */
const LOGGED_PATH_LENGTH = 64;

/** The id of a request: the one it came with, or a new one. */
export function requestIdOf(given: string | null | undefined, ids: Ids): string {
  return given && REQUEST_ID.test(given) ? given : ids.next('req');
}

/** What the log tells of a request. */
export interface Entry {
  readonly id: string;
  readonly startedAt: number;
  /** Ids of the caller; known after authentication. */
  viewer?: { readonly environmentId: string; readonly actorId: string };
  /** Stands in the log instead of the path, which can contain personal data. */
  path?: string;
}

/** Gives each request an id, which stands in its answer, its errors and its log line. */
export class Requests {
  readonly #entries = new WeakMap<Request, Entry>();
  readonly #arrivals = new WeakMap<IncomingMessage, Entry>();

  /** Without redaction: the fields of a request's line are fixed, and none is personal. */
  readonly #lines: Logger;

  constructor(
    private readonly ids: Ids,
    private readonly logger: Logger,
  ) {
    this.#lines = logger.child({}, { redact: [] });
  }

  /** A request that arrives now, with the ID that it came with, if any. */
  begin(givenId: string | null | undefined): Entry {
    return { id: requestIdOf(givenId, this.ids), startedAt: performance.now() };
  }

  /** Notes the entry of a request that was looked at before it takes the usual way. */
  noteArrival(message: IncomingMessage, entry: Entry): void {
    this.#arrivals.set(message, entry);
  }

  /** The entry that was noted for a request, if any. */
  arrivalOf(message: IncomingMessage | undefined): Entry | undefined {
    return message && this.#arrivals.get(message);
  }

  /** @param message the request of Node, which can have an entry already */
  of(request: Request, message?: IncomingMessage): Entry {
    let entry = this.#entries.get(request);
    if (!entry) {
      entry = this.arrivalOf(message) ?? this.begin(request.headers.get('x-request-id'));
      this.#entries.set(request, entry);
    }
    return entry;
  }

  /** Logs an error that is not the caller's fault. */
  report(request: Request, code: RequestErrorCode, error: unknown): void {
    const { id: requestId } = this.of(request);
    if (code === 'INTERNAL_SERVER_ERROR') this.logger.error({ requestId, err: error }, 'unexpected error');
    if (code === 'SERVICE_UNAVAILABLE' && error) {
      this.logger.error({ requestId, err: error }, 'the database cannot be used');
    }
  }

  /** Sets `x-request-id` on every answer, and writes a line to the log. */
  plugin(): ServerAdapterPlugin<ServerContext> {
    return {
      onRequest: ({ request, serverContext }) => {
        this.of(request, serverContext.req);
      },
      onResponse: ({ request, response }) => {
        const entry = this.of(request);
        response.headers.set('x-request-id', entry.id);
        const { pathname } = new URL(request.url, 'http://localhost');
        this.answered(entry, request.method, pathname, response.status);
      },
    };
  }

  /** Writes the line of a request that was answered. */
  answered(entry: Entry, method: string, pathname: string, status: number): void {
    const { id, startedAt, viewer, path = pathname } = entry;
    // Neither query string nor variables nor operation name: callers put personal data there.
    this.#lines.info(
      {
        requestId: id,
        method,
        path: path.length > LOGGED_PATH_LENGTH ? `${path.slice(0, LOGGED_PATH_LENGTH)}…` : path,
        status,
        ms: Math.round((performance.now() - startedAt) * 10) / 10,
        ...viewer,
      },
      'request',
    );
  }
}
