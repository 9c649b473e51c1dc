import { createServerAdapter, type ServerAdapterPlugin } from '@whatwg-node/server';
import { DatabaseTroubleError } from '../db/unavailable.js';
import { RequestError } from '../domain/errors.js';
import type { StartTimer } from '../runtime/timer.js';
import { useCompression } from './compression.plugin.js';
import { useOrigins } from './cors.js';
import { useHead } from './head.plugin.js';
import { useNoStore } from './no-store.plugin.js';
import { refusedResponse } from './refusal.js';
import { useRequestLife } from './request-life.plugin.js';
import type { Requests } from './request-log.js';
import type { Exchange, Route, ServerContext } from './route.js';
import { INTERNAL, STATUS_OF, UNAVAILABLE } from './status.js';

export interface HttpDeps {
  readonly requests: Requests;
  /** In the order in which they are asked whether a path is theirs. */
  readonly routes: readonly Route[];
  readonly corsOrigins: readonly string[];
  readonly requestTimeoutSeconds: number;
  readonly startTimer: StartTimer;
  /** Metrics and traces. */
  readonly observers: readonly ServerAdapterPlugin<ServerContext>[];
}

/** Serves the routes of every door. Every answer has a request id, a line in the log, and the headers all answers have. */
export function createHttpServer(deps: HttpDeps) {
  const { requests, routes } = deps;
  return createServerAdapter<ServerContext>((request, context) => dispatch({ request, context }, routes, requests), {
    plugins: [
      useRequestLife(requests, deps.requestTimeoutSeconds * 1000, deps.startTimer),
      useOrigins(deps.corsOrigins),
      requests.plugin(),
      useHead(),
      ...deps.observers,
      useNoStore(),
      useCompression(),
    ],
  });
}

async function dispatch(
  { request, context }: Pick<Exchange, 'request' | 'context'>,
  routes: readonly Route[],
  requests: Requests,
): Promise<Response> {
  const url = new URL(request.url, 'http://localhost');
  const { id } = requests.of(request);
  const route = routes.find((one) => one.matches(url.pathname, request));
  if (!route) return refusedResponse(404, 'There is nothing at this address: operations are taken at /graphql.', id);
  if (route.methods !== null && !route.methods.includes(request.method)) {
    const allowed = route.methods.join(', ');
    return refusedResponse(405, `This address takes ${allowed}: send one of them.`, id, { Allow: allowed });
  }
  try {
    return await route.answer({ request, url, context });
  } catch (error) {
    return failed(request, requests, error);
  }
}

/** The answer to a request that a route could not answer. */
function failed(request: Request, requests: Requests, error: unknown): Response {
  const { id } = requests.of(request);
  if (error instanceof RequestError) {
    return refusedResponse(STATUS_OF[error.code] ?? 400, error.message, id, {}, error.code);
  }
  const isTrouble = error instanceof DatabaseTroubleError;
  const code = isTrouble ? 'SERVICE_UNAVAILABLE' : 'INTERNAL_SERVER_ERROR';
  requests.report(request, code, error);
  return refusedResponse(isTrouble ? 503 : 500, isTrouble ? UNAVAILABLE : INTERNAL, id, {}, code);
}
