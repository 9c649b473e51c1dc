import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { isAddressAllowed, type Network, toAddress } from './webhook-address.js';
import { WebhookError } from './webhook-delivery.js';

/** A message on its way. */
export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends one message. The only thing of the feature that touches the network. */
export interface WebhookSender {
  /** @returns the status of the answer, whatever it is @throws {WebhookError} when there was none */
  send(request: WebhookRequest, signal: AbortSignal): Promise<number>;
  close(): void;
}

/** `lookup` of `node:dns` with all addresses. */
type ResolveName = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Bytes of an answer that are read so that its connection can be used again; nobody looks at them. */
const MAX_ANSWER_BYTES = 65_536;

/** Codes of the system that receivers' owners can do something about; others are told as they are. */
const CODES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'NAME_NOT_FOUND',
  EAI_AGAIN: 'NAME_NOT_FOUND',
  ECONNREFUSED: 'CONNECTION_REFUSED',
  ECONNRESET: 'CONNECTION_RESET',
  EPIPE: 'CONNECTION_RESET',
  ETIMEDOUT: 'TIMEOUT',
};

/**
 * Sends over connections of its own: to an address that was looked at after its name was resolved, the very one that is
 * connected to. Redirects are not followed.
 *
 * @param networks private ones that may be reached
 * @param resolveName what the system resolves names with
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
    // Nothing is looked up for an address, so it is judged here.
    const address = toAddress(hostname);
    if (address && !isAddressAllowed(address, isSecure, networks)) throw new WebhookError('ADDRESS_REFUSED');
    const options = { method: 'POST', headers, agent: agents[kind], lookup: lookups[kind], signal };
    return new Promise((resolve, reject) => {
      const request = (isSecure ? https : http).request(url, options, (response) => {
        discard(response);
        resolve(response.statusCode ?? 0);
      });
      request.on('error', (error) => {
        // The receiver had closed the connection that was kept: the failure is ours.
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

/** Resolves a name to those of its addresses that may be reached. */
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
  // What counts has been read; how its rest ends is of no matter.
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
