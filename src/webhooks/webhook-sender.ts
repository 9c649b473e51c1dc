import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { isAddressAllowed, type Network, toAddress } from './webhook-address.js';
import { WebhookError } from './webhook-delivery.js';

/** A POST request to an endpoint. */
export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends requests to endpoints. Only this part of the feature accesses the network. */
export interface WebhookSender {
  /** Sends one request. @returns the HTTP status @throws {WebhookError} when there was no response */
  send(request: WebhookRequest, signal: AbortSignal): Promise<number>;
  close(): void;
}

/** The signature of `lookup` of `node:dns` with the option `all`. */
type ResolveName = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Bytes of a response body that are read and discarded so that the connection can be reused. */
const MAX_ANSWER_BYTES = 65_536;

/** Error codes by system error code. System errors that are not listed keep their code. */
const CODES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'NAME_NOT_FOUND',
  EAI_AGAIN: 'NAME_NOT_FOUND',
  ECONNREFUSED: 'CONNECTION_REFUSED',
  ECONNRESET: 'CONNECTION_RESET',
  EPIPE: 'CONNECTION_RESET',
  ETIMEDOUT: 'TIMEOUT',
};

/**
 * Creates a sender with its own connection pool. Addresses are checked after name resolution, and the connection uses a
 * checked address, which prevents DNS rebinding. Redirects are not followed.
 *
 * @param networks private networks that are allowed
 * @param resolveName resolves host names; the default is the resolver of the operating system
 */
export function createWebhookSender(networks: readonly Network[], resolveName: ResolveName = lookup): WebhookSender {
  const agents = { secure: new https.Agent({ keepAlive: true }), plain: new http.Agent({ keepAlive: true }) };
  const lookups = {
    secure: createLookup(true, networks, resolveName),
    plain: createLookup(false, networks, resolveName),
  };
  const send = async ({ url, headers, body }: WebhookRequest, signal: AbortSignal): Promise<number> => {
    const { protocol, hostname } = new URL(url);
    const isSecure = protocol === 'https:';
    const kind = isSecure ? 'secure' : 'plain';
    // Node does not call `lookup` for an IP address.
    const address = toAddress(hostname);
    if (address && !isAddressAllowed(address, isSecure, networks)) throw new WebhookError('ADDRESS_REFUSED');
    const options = { method: 'POST', headers, agent: agents[kind], lookup: lookups[kind], signal };
    return new Promise((resolve, reject) => {
      const request = (isSecure ? https : http).request(url, options, (response) => {
        discard(response);
        resolve(response.statusCode ?? 0);
      });
      request.on('error', (error) => {
        // The receiver closed an idle connection before it could be reused. This is not a failure of the receiver.
        if (request.reusedSocket && isCode(error, 'ECONNRESET')) resolve(send({ url, headers, body }, signal));
        else reject(toWebhookError(error, signal));
      });
      request.end(body);
    });
  };
  return {
    send,
    close: () => {
      agents.secure.destroy();
      agents.plain.destroy();
    },
  };
}

/** Creates a `lookup` function that returns only allowed addresses. */
function createLookup(isSecure: boolean, networks: readonly Network[], resolveName: ResolveName): LookupFunction {
  return (hostname, options, callback) => {
    resolveName(hostname, { ...options, all: true }, (error, addresses) => {
      const allowed = (addresses ?? []).filter(({ address: text }) => {
        const address = toAddress(text);
        return address !== null && isAddressAllowed(address, isSecure, networks);
      });
      const [first] = allowed;
      if (error) callback(error, '');
      else if (first === undefined) callback(new WebhookError('ADDRESS_REFUSED'), '');
      else if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

function discard(response: http.IncomingMessage): void {
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) response.destroy();
  });
  // The status is already known, so an error in the body does not matter.
  response.on('error', () => {});
}

function toWebhookError(error: Error, signal: AbortSignal): WebhookError {
  if (error instanceof WebhookError) return error;
  if (signal.aborted) return new WebhookError('TIMEOUT', { cause: error });
  const code = 'code' in error ? String(error.code) : 'INTERNAL_ERROR';
  return new WebhookError(CODES[code] ?? code, { cause: error });
}

function isCode(error: Error, code: string): boolean {
  return 'code' in error && error.code === code;
}
