import type { GraphQLError } from 'graphql';
import { type FetchAPI, isAsyncIterable, type Plugin, processRegularResult } from 'graphql-yoga';
import { refusal } from './bounds/refusal.js';
import type { GraphQLContext } from './context.js';
import { answerTypes, EVENT_STREAM_TYPE, JSON_TYPE, RESPONSE_TYPE } from './media-types.js';

/** The media type one answer has: JSON wherever it is accepted. */
export function answerTypeOf({ headers }: Request): ReturnType<typeof answerTypes>[number] {
  const types = answerTypes(headers);
  // Who accepts nothing is told so in JSON (RFC 9110, 15.5.7 leaves it to the server).
  return types.find((type) => type !== EVENT_STREAM_TYPE) ?? types[0] ?? JSON_TYPE;
}

/**
 * Answers with the media type that the caller likes best. Yoga compares text, knows no weights, and executes an
 * operation before it finds that nobody takes its answer.
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
  return refusal('BAD_REQUEST', 406, `The header Accept names no media type of this answer: send ${types}.`);
}

/** One answer as a stream of it alone (GraphQL over SSE, distinct connections), for who accepts nothing else. */
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
