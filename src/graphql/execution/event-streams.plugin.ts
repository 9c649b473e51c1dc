import type { ExecutionResult, GraphQLError } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { RequestErrorCode } from '../../domain/errors.js';
import type { Requests } from '../../http/request-log.js';
import type { GraphQLContext } from '../builder/context.js';
import { labelErrors } from './request-errors.plugin.js';

/** Interval between heartbeats, in milliseconds. Without them, proxies close idle connections. */
const HEARTBEAT_MS = 12_000;
const HEARTBEAT = ':\n\n';

/** Code of the error that ends a stream when the server stops. The client then reconnects. */
const STOPPING: RequestErrorCode = 'SERVICE_UNAVAILABLE';

/**
 * Sends subscriptions as server-sent events (GraphQL over SSE, distinct connections mode). Each message has the id of
 * its event. An EventSource that reconnects sends the last id, and the stream resumes after it. The next event is
 * read only when the socket can accept data, so events for a slow client do not accumulate in memory.
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
            bodyOf(result[Symbol.asyncIterator](), context, (errors) => labelErrors(errors, request, requests)),
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
        // No heartbeat while data is waiting for a slow client.
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(HEARTBEAT));
      };
      // Some clients consider a stream open only after the first bytes.
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
      // Without the event `complete`, clients treat the connection as lost and reconnect.
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
  // The HTTP status and headers have already been sent.
  const formatted = errors?.map((error) => {
    const { http: _, ...extensions } = error.extensions;
    return { ...error.toJSON(), extensions };
  });
  const id = data == null || eventId === undefined ? '' : `id: ${eventId}\n`;
  return `event: next\n${id}data: ${JSON.stringify({ data, errors: formatted, ...rest })}\n\n`;
}
