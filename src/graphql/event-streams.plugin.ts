import type { ExecutionResult, GraphQLError } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { RequestErrorCode } from '../errors.js';
import type { GraphQLContext } from './context.js';
import type { Requests } from './request-log.plugin.js';

/** A sign of life, often enough for proxies that cut silent connections. */
const HEARTBEAT_MS = 12_000;
const HEARTBEAT = ':\n\n';

/** How the server's own end is told apart from that of the stream: its readers are to come back. */
const STOPPING: RequestErrorCode = 'SERVICE_UNAVAILABLE';

/**
 * Sends streams as server-sent events (GraphQL over SSE, distinct connections), each message with the id of its event:
 * an EventSource that was cut off sends the last one, and goes on behind it. What a stream has is read when the socket
 * takes it, so nothing piles up for a slow reader.
 */
export function useEventStreams(requests: Requests): Plugin<GraphQLContext> {
  const contexts = new WeakMap<Request, GraphQLContext>();
  return {
    onSubscribe: ({ args: { contextValue } }) => {
      contexts.set(contextValue.request, contextValue);
    },
    onResultProcess: ({ request, result, setResultProcessor }) => {
      const context = contexts.get(request);
      if (!context || !isAsyncIterable(result)) return;
      setResultProcessor(
        (_, fetchAPI) =>
          new fetchAPI.Response(
            bodyOf(result[Symbol.asyncIterator](), context, (errors) => requests.label(errors, request)),
            {
              headers: { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' },
            },
          ),
        'text/event-stream',
      );
    },
  };
}

function bodyOf(
  results: AsyncIterator<ExecutionResult, undefined>,
  context: GraphQLContext,
  label: (errors: readonly GraphQLError[]) => void,
): ReadableStream {
  const encoder = new TextEncoder();
  let heartbeat: NodeJS.Timeout | undefined;
  return new ReadableStream({
    start(controller) {
      const send = () => {
        // Nothing is added to what a slow reader has not taken yet.
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(HEARTBEAT));
      };
      // Some clients call a stream open when something has come.
      send();
      heartbeat = setInterval(send, HEARTBEAT_MS);
    },
    async pull(controller) {
      const { done, value } = await results.next();
      if (!done && !isStopping(value)) {
        label(value.errors ?? []);
        controller.enqueue(encoder.encode(messageOf(value, context.eventId)));
        return;
      }
      clearInterval(heartbeat);
      // Without the last word the connection is one that broke, and clients come back.
      if (done) controller.enqueue(encoder.encode(COMPLETE));
      else await results.return?.();
      controller.close();
    },
    async cancel() {
      clearInterval(heartbeat);
      await results.return?.();
    },
  });
}

const COMPLETE = 'event: complete\ndata:\n\n';

function isStopping({ errors }: ExecutionResult): boolean {
  return errors?.some(({ extensions }) => extensions.code === STOPPING) ?? false;
}

function messageOf({ data, errors, ...rest }: ExecutionResult, eventId: string | undefined): string {
  // Of HTTP nothing is left to be said.
  const told = errors?.map((error) => {
    const { http: _, ...extensions } = error.extensions;
    return { ...error.toJSON(), extensions };
  });
  const id = data == null || eventId === undefined ? '' : `id: ${eventId}\n`;
  return `event: next\n${id}data: ${JSON.stringify({ data, errors: told, ...rest })}\n\n`;
}
