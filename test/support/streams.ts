import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Answer, TestApp } from './test-app.js';

/** A message of a stream of server-sent events. */
export interface Message {
  readonly event: string;
  readonly id: string | null;
  readonly answer: Answer | null;
}

/** A reader of server-sent events that reads no further than it is asked for. */
export interface Stream {
  readonly response: Response;
  /** The next message; null when the connection has ended. */
  next(): Promise<Message | null>;
  /** So many messages. @throws when the stream ends before */
  take(count: number): Promise<Message[]>;
  cancel(): Promise<void>;
}

export interface Asked {
  readonly query?: string;
  readonly variables?: object;
  readonly headers?: Record<string, string>;
}

export const EVENTS = `subscription ($after: String, $filter: EventFilter) {
  events(after: $after, filter: $filter) { cursor node { id name ... on UserCreatedEvent { snapshot { email } } } }
}`;

/** Opens a stream through the app's own door. */
export async function open({ app }: TestApp, secret: string | null, asked: Asked = {}): Promise<Stream> {
  const { query = EVENTS, variables, headers = {} } = asked;
  const request = new Request('http://localhost/graphql', {
    method: 'POST',
    headers: {
      ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...headers,
    },
    body: JSON.stringify({ query, variables }),
  });
  const stream = readStream(await app.fetch(request));
  onTestFinished(() => stream.cancel());
  return stream;
}

/** Reads the body of an answer. */
export function readStream(response: Response): Stream {
  const reader = response.body?.getReader();
  if (!reader) throw new Error('The answer has no body.');
  const decoder = new TextDecoder();
  let text = '';
  const next = async (): Promise<Message | null> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end !== -1) {
        const lines = text.slice(0, end);
        text = text.slice(end + 2);
        const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(lines)?.[1] ?? null;
        const event = field('event');
        const data = field('data');
        if (event !== null) return { event, id: field('id'), answer: data ? (JSON.parse(data) as Answer) : null };
        continue;
      }
      const { done, value } = await reader.read();
      if (done) return null;
      text += decoder.decode(value, { stream: true });
    }
  };
  return {
    response,
    next,
    take: async (count) => {
      const messages: Message[] = [];
      while (messages.length < count) {
        const message = await next();
        if (message?.event !== 'next') throw new Error(`The stream ended after ${messages.length}.`);
        messages.push(message);
      }
      return messages;
    },
    cancel: () => reader.cancel(),
  };
}

/** The app on a socket of this machine, WebSockets too. @returns its address without the protocol */
export async function listening({ app }: TestApp): Promise<string> {
  const server = createServer(app.listener).on('upgrade', app.upgrade);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    app.drain();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return `127.0.0.1:${port}/graphql`;
}
