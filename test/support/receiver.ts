import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
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

/** A certificate for `localhost` that nobody vouches for. */
export const CERTIFICATE = fileURLToPath(new URL('../fixtures/tls/cert.pem', import.meta.url));
const KEY = fileURLToPath(new URL('../fixtures/tls/key.pem', import.meta.url));

/** A server that takes webhooks, by https at the name `localhost` if it is to be secure. */
export async function receiver(host = '127.0.0.1', isSecure = false): Promise<Receiver> {
  const received: Received[] = [];
  const answers: Receiver['answers'] = [];
  const listener: RequestListener = async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { url: path = '', headers } = request;
    received.push({ path, headers, body, event: JSON.parse(body), address: request.socket.localAddress });
    const answer = answers.shift() ?? 200;
    const status = typeof answer === 'number' ? answer : await answer(body);
    response.writeHead(status, status === 302 ? { location: `${url}elsewhere` } : {}).end('x'.repeat(10));
  };
  const server = isSecure
    ? createTlsServer({ cert: readFileSync(CERTIFICATE), key: readFileSync(KEY) }, listener)
    : createServer(listener);
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  const url = isSecure ? `https://localhost:${port}/` : `http://127.0.0.1:${port}/`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url, received, answers };
}
