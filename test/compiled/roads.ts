import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { withoutAuthentication } from '../support/sql/authentication.js';
import type { TestApp } from '../support/test-app.js';

/** An operation as it is sent. */
export interface Sent {
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** What came back, without what differs between any two responses. */
export interface Received {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  /** The remaining points of the caller. */
  readonly remaining: number | null;
  /** Whether the statements were those of a compiled read. */
  readonly isCompiled: boolean;
}

export interface Roads {
  /** Sends an operation until it is known, and then to both roads. */
  both(sent: Sent, headers: Readonly<Record<string, string>>): Promise<{ compiled: Received; resolved: Received }>;
  send(path: string, body: string, headers: Readonly<Record<string, string>>): Promise<Received>;
}

/** Sends requests to the real app through a socket of a real server. */
export async function socketTo({ app }: Pick<TestApp, 'app'>) {
  const server = createServer(app.listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // of a TCP server
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => {
    agent.destroy();
    server.close();
    server.closeAllConnections();
  });
  return async (
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string | Buffer | null,
  ) => {
    const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sent = request({ port, host: '127.0.0.1', agent, method, path, headers: { ...headers, ...length } });
    sent.end(body ?? undefined);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    return { response, bytes: Buffer.concat(chunks) };
  };
}

/** The real app behind a real server. A query string, even an empty one, keeps a request off the fast road. */
export async function roadsOf({ app, statements }: TestApp): Promise<Roads> {
  const exchange = await socketTo({ app });
  const send: Roads['send'] = async (path, body, headers) => {
    statements.length = 0;
    const all = { 'content-type': 'application/json', 'x-request-id': 'req_1', ...headers };
    const { response, bytes } = await exchange('POST', path, all, body);
    // The first request of a key also writes that it was used.
    const reads = withoutAuthentication(statements).filter((sql) => /^\s*select /.test(sql));
    const { date: _, ratelimit, ...others } = response.headers;
    const remaining = /r=(\d+)/.exec(String(ratelimit ?? ''))?.[1];
    return {
      status: response.statusCode,
      headers: { ...others, ratelimit: String(ratelimit ?? '').replace(/[rt]=\d+/g, '') },
      body: bytes.toString('base64'),
      remaining: remaining === undefined ? null : Number(remaining),
      isCompiled: reads.length > 0 && reads.every((sql) => /^\s*select (item\.)?"/.test(sql)),
    };
  };
  return {
    send,
    both: async (sent, headers) => {
      const body = JSON.stringify(sent);
      await send('/graphql', body, headers);
      const resolved = await send('/graphql?', body, headers);
      const compiled = await send('/graphql', body, headers);
      return { compiled, resolved };
    },
  };
}

/** The text of a response that was not compressed. */
export function textOf({ body }: Received): string {
  return Buffer.from(body, 'base64').toString();
}
