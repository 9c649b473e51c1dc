import type { ServerAdapterPlugin } from '@whatwg-node/server';
import type { StartTimer } from '../runtime/timer.js';
import { ofRequest, RequestLife } from '../scheduling/request-life.js';
import { afterSockets } from '../scheduling/turns.js';
import type { Requests } from './request-log.js';
import type { ServerContext } from './route.js';

/** Measures the time of a request from its arrival, and stops its work when nobody waits for the answer any more. */
export function useRequestLife(
  requests: Requests,
  timeoutMs: number,
  startTimer: StartTimer,
): ServerAdapterPlugin<ServerContext> {
  return {
    instrumentation: {
      request: ({ request }, answer) =>
        new RequestLife(request.signal, timeoutMs, startTimer).run(async () => {
          // Node reads the end of a closed connection in the turn after its last bytes.
          await afterSockets();
          await answer();
        }),
    },
    onRequest: ({ serverContext: { req } }) => {
      if (req) ofRequest()?.watch(req.socket, requests.arrivalOf(req)?.startedAt);
    },
  };
}
