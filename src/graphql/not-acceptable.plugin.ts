import { GraphQLError } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { getsAlways200, type StatusForJson } from './http-status.plugin.js';
import type { Requests } from './request-log.plugin.js';

const ANSWERS = 'application/json, application/graphql-response+json';
const STREAMS = 'text/event-stream';

/**
 * Tells in JSON why a request is 406 (RFC 9110, 15.5.7): Yoga's answer has no body, in which a router finds no error to
 * pass on.
 */
export function useNotAcceptable(requests: Requests, forJson: StatusForJson): Plugin {
  return {
    onResultProcess: ({ request, result, resultProcessor, setResultProcessor }) => {
      if (resultProcessor) return;
      const accept = isAsyncIterable(result) ? STREAMS : `${ANSWERS}, ${STREAMS}`;
      const message = `The header Accept names no media type of this answer: send ${accept.replace(/, (?=[^,]*$)/, ' or ')}.`;
      const error = new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } });
      requests.label([error], request);
      setResultProcessor((_, { Response }) => {
        const status = getsAlways200(forJson, request) ? 200 : 406;
        const headers = { 'content-type': 'application/json; charset=utf-8', accept };
        return new Response(JSON.stringify({ errors: [error] }), { status, headers });
      }, 'application/json');
    },
  };
}
