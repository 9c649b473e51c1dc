import type { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { isRequestErrorCode } from '../errors.js';
import type { Ids } from '../ids.js';
import type { Logger } from '../logger.js';
import { isExecutionResult } from './execution-result.js';

/** What an inbound `x-request-id` may look like; another one is replaced, so that log lines stay clean. */
const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** The id of a request: the one it came with, or a new one. */
export function requestIdOf(given: string | null | undefined, ids: Ids): string {
  return given && REQUEST_ID.test(given) ? given : ids.next('req');
}

interface Entry {
  readonly id: string;
  readonly startedAt: number;
  /** Ids of who asked; known after authentication. */
  viewer?: { readonly environmentId: string; readonly actorId: string };
}

/** Remembers each request by an id: taken from `x-request-id` or made, and in the answer, its errors and the log. */
export class Requests {
  readonly #entries = new WeakMap<Request, Entry>();

  constructor(
    private readonly ids: Ids,
    private readonly logger: Logger,
  ) {}

  of(request: Request): Entry {
    let entry = this.#entries.get(request);
    if (!entry) {
      const id = requestIdOf(request.headers.get('x-request-id'), this.ids);
      entry = { id, startedAt: performance.now() };
      this.#entries.set(request, entry);
    }
    return entry;
  }

  /** The plugin: an id for every answer, `extensions.code` and `requestId` for every error, a line for the log. */
  plugin(): Plugin {
    return {
      onRequest: ({ request }) => {
        this.of(request);
      },
      onResultProcess: ({ request, result }) => {
        for (const single of Array.isArray(result) ? result : [result]) {
          if (isExecutionResult(single)) this.label(single.errors ?? [], request);
        }
      },
      onResponse: ({ request, response }) => {
        const { id, startedAt, viewer } = this.of(request);
        response.headers.set('x-request-id', id);
        const { pathname } = new URL(request.url, 'http://localhost');
        // Neither query string nor variables nor operation name: callers put personal data there.
        this.logger.info(
          {
            requestId: id,
            method: request.method,
            path: pathname.length > 64 ? `${pathname.slice(0, 64)}…` : pathname,
            status: response.status,
            ms: Math.round((performance.now() - startedAt) * 10) / 10,
            ...viewer,
          },
          'request',
        );
      },
    };
  }

  /** Gives errors their code and the request's id, and the log those that are faults of the server. */
  label(errors: readonly GraphQLError[], request: Request): void {
    const { id: requestId } = this.of(request);
    for (const { extensions, originalError } of errors) {
      // graphql-js and Yoga give no code where a variable or the choice of an operation is wrong.
      extensions.code ??= 'BAD_USER_INPUT';
      // Yoga has codes of its own for requests it cannot read, e.g. one that is too large; our list is closed.
      if (!isRequestErrorCode(extensions.code)) extensions.code = 'BAD_REQUEST';
      extensions.requestId = requestId;
      if (extensions.code === 'INTERNAL_SERVER_ERROR') {
        this.logger.error({ requestId, err: originalError }, 'unexpected error');
      } else if (extensions.code === 'SERVICE_UNAVAILABLE' && originalError) {
        this.logger.error({ requestId, err: originalError }, 'the database cannot be used');
      }
    }
  }
}
