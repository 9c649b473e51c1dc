import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ids } from '../domain/ids.js';
import type { Logger } from '../runtime/logger.js';
import type { MaybePromise } from '../scheduling/maybe-promise.js';
import { type RefusalForm, refuseAtOnce } from './refusal.js';
import { requestIdOf } from './request-log.js';

/** A listener for `node:http`. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => MaybePromise<void>;

/**
 * Makes a listener of the server. Refuses a request whose `Host` is not a host name (RFC 9112, section 3.2) in the form of
 * every other refusal: the server adapter would fail to make an address of it, and answer with a stack trace.
 */
export function createNodeListener(server: NodeServer, ids: Ids, logger: Logger, formOf: RefusalForm): NodeListener {
  return async (request, response) => {
    const { method, url = '', headers } = request;
    if (URL.canParse(`http://${headers.host ?? 'localhost'}${url}`)) {
      await server.requestListener(request, response);
      return;
    }
    const requestId = requestIdOf(String(headers['x-request-id'] ?? ''), ids);
    logger.info({ requestId, method, status: 400 }, 'request');
    const message = 'The Host header is no host: send the name or the address of this server.';
    refuseAtOnce(response, 400, formOf(url)('BAD_REQUEST', message, requestId), requestId);
  };
}

interface NodeServer {
  requestListener(request: IncomingMessage, response: ServerResponse): Promise<void> | void;
}
