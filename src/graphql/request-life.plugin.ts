import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { ofRequest, RequestLife, type StartTimer } from '../scheduling/request-life.js';

/** Counts the time of every request from its arrival, and stops its work when nobody waits for the answer any more. */
export function useRequestLife(
  timeoutMs: number,
  startTimer: StartTimer,
): Plugin<object, { readonly req?: IncomingMessage }> {
  return {
    instrumentation: {
      request: ({ request }, answer) =>
        new RequestLife(request.signal, timeoutMs, startTimer).run(async () => {
          await answer();
        }),
    },
    onRequest: ({ serverContext: { req } }) => {
      if (req) ofRequest()?.watch(req.socket);
    },
  };
}
