import type { Plugin } from 'graphql-yoga';
import type { RouterSignatures, SignedHead } from '../auth/router-signature.js';
import type { Logger } from '../logger.js';
import { refusal } from './bounds/refusal.js';
import type { Requests } from './request-log.plugin.js';

/**
 * Has operations taken from the router alone: what it has not signed is refused before anybody is authenticated, and
 * before its body is parsed. Whatever is wrong, the sender reads the same words; the log says what it was.
 */
export function useRouterOnly(signatures: RouterSignatures, requests: Requests, logger: Logger): Plugin {
  const refuse = (request: Request, reason: string) => {
    logger.info({ requestId: requests.of(request).id, reason }, 'request is not signed by the router');
    return refusal(
      'UNSIGNED_REQUEST',
      401,
      'This server answers its router only: the request bears no signature of it.',
    );
  };
  return {
    onRequestParse: async ({ request, requestParser, setRequestParser, fetchAPI }) => {
      const { method, url } = request;
      const head: SignedHead = { method, url, headers: Object.fromEntries(request.headers.entries()) };
      const problem = await signatures.problemOf(head);
      setRequestParser(async (given) => {
        if (problem !== null) throw refuse(request, problem);
        // A GET has none, and its signature covers the digest of that.
        const body = new Uint8Array(await given.arrayBuffer());
        if (!signatures.isBodyOf(head, body)) throw refuse(request, 'wrong digest of the body');
        if (!requestParser) throw new Error('Nothing parses this request.');
        if (method === 'GET') return requestParser(given);
        return requestParser(new fetchAPI.Request(url, { method, headers: head.headers, body }));
      });
    },
  };
}
