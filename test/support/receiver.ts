import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A webhook as it arrived. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** What was signed, parsed. */
  readonly event: { readonly id: string; readonly event: string; readonly data: Record<string, unknown> };
  /** The address it came to. */
  readonly address: string | undefined;
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** What the next ones are answered, one after the other; then 200. A function may do as it likes. */
  readonly answers: (number | ((body: string) => Promise<number>))[];
}

/** A server that takes webhooks. */
export async function receiver(host = '127.0.0.1'): Promise<Receiver> {
  const received: Received[] = [];
  const answers: Receiver['answers'] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { url: path = '', headers } = request;
    received.push({ path, headers, body, event: JSON.parse(body), address: request.socket.localAddress });
    const answer = answers.shift() ?? 200;
    const status = typeof answer === 'number' ? answer : await answer(body);
    response.writeHead(status, status === 302 ? { location: `${url}elsewhere` } : {}).end('x'.repeat(10));
  });
  server.listen(0, host);
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`; // it listens on a port
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url, received, answers };
}
