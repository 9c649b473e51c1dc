import type { GraphQLError } from 'graphql';
import { type FetchAPI, isAsyncIterable, type Plugin, processRegularResult } from 'graphql-yoga';
import { answerTypes, EVENT_STREAM_TYPE, JSON_TYPE, RESPONSE_TYPE, singleAnswerType } from '../../http/media-types.js';
import type { GraphQLContext } from '../builder/context.js';
import { refusal } from '../errors/refusal.js';

/** Returns the media type of a single response: JSON if it is acceptable. */
export function answerTypeOf({ headers }: Request): ReturnType<typeof answerTypes>[number] {
  // If no type is acceptable, the error is JSON (RFC 9110, 15.5.7 leaves it to the server).
  return singleAnswerType(headers) ?? answerTypes(headers)[0] ?? JSON_TYPE;
}

/**
 * Negotiates the media type of the response. Yoga ignores quality values, and it executes an operation before it
 * detects that no media type is acceptable.
 */
export function useAnswerType(): Plugin<GraphQLContext> {
  return {
    onRequestParse: ({ request }) => {
      if (answerTypes(request.headers).length > 0) return;
      throw notAcceptable(`${JSON_TYPE}, ${RESPONSE_TYPE} or ${EVENT_STREAM_TYPE}`);
    },
    onSubscribe: ({ args, setResultAndStopExecution }) => {
      if (answerTypes(args.contextValue.request.headers).includes(EVENT_STREAM_TYPE)) return;
      setResultAndStopExecution({ errors: [notAcceptable(EVENT_STREAM_TYPE)] });
    },
    onResultProcess: ({ request, result, setResultProcessor }) => {
      if (isAsyncIterable(result)) return;
      const type = answerTypeOf(request);
      setResultProcessor(type === EVENT_STREAM_TYPE ? processAsEvents : processRegularResult, type);
    },
  };
}

function notAcceptable(types: string): GraphQLError {
  return refusal('BAD_REQUEST', 406, `The header Accept does not allow any media type of the response: send ${types}.`);
}

/** Sends a single result as an event stream (GraphQL over SSE, distinct connections mode). */
async function processAsEvents(
  result: Parameters<typeof processRegularResult>[0],
  fetchAPI: FetchAPI,
  type: string,
): Promise<Response> {
  const answer = processRegularResult(result, fetchAPI, type);
  const { status, headers } = answer;
  headers.set('content-type', EVENT_STREAM_TYPE);
  headers.delete('content-length');
  const body = `event: next\ndata: ${await answer.text()}\n\nevent: complete\ndata:\n\n`;
  return new fetchAPI.Response(body, { status, headers });
}
