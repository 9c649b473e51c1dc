import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ids } from '../ids.js';
import type { Logger } from '../logger.js';
import { JSON_TYPE } from './media-types.js';
import { refusedBody } from './refused-response.js';
import { requestIdOf } from './request-log.plugin.js';

/** A listener for `node:http`; resolves when the answer is on its way. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Has the server listen, and refuses a request whose `Host` is none (RFC 9112, 3.2) as others are refused. Yoga would
 * make an address of it before anything of ours is asked, fail, and answer with its stack.
 */
export function createNodeListener(server: NodeServer, ids: Ids, logger: Logger): NodeListener {
  return async (request, response) => {
    const { method, url = '', headers } = request;
    if (URL.canParse(`http://${headers.host ?? 'localhost'}${url}`)) {
      await server.requestListener(request, response);
      return;
    }
    const requestId = requestIdOf(String(headers['x-request-id'] ?? ''), ids);
    logger.info({ requestId, method, status: 400 }, 'request');
    response.writeHead(400, {
      'content-type': `${JSON_TYPE}; charset=utf-8`,
      'cache-control': 'no-store',
      'x-request-id': requestId,
    });
    const message = 'The Host header is no host: send the name or the address of this server.';
    response.end(refusedBody('BAD_REQUEST', message, requestId));
  };
}

interface NodeServer {
  requestListener(request: IncomingMessage, response: ServerResponse): Promise<void> | void;
}
