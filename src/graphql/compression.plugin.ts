import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'graphql-yoga';
import { acceptedCoding } from './media-types.js';

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

/** Shorter answers fit into a packet as they are. */
const MIN_COMPRESSED_BYTES = 1_024;

/** Text that is answered at once; streams are not held back to be compressed. */
const COMPRESSIBLE = /^(?:application\/(?:[\w.-]+\+)?json|text\/(?:html|css|javascript)|application\/javascript)\b/;

/** As good as gzip's standard, in less time. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

/**
 * Compresses answers for those who take it, on threads of their own. There is nothing to be guessed from lengths: no
 * page can have a visitor's browser send their token.
 */
export function useCompression(): Plugin {
  return {
    onResponse: async ({ request, response, setResponse, fetchAPI }) => {
      const { headers } = response;
      if (!COMPRESSIBLE.test(headers.get('content-type') ?? '') || headers.has('content-encoding')) return;
      headers.append('vary', 'accept-encoding');
      const encoding = acceptedCoding(request.headers, ['br', 'gzip']);
      if (encoding === null || response.body === null || request.method === 'HEAD') return;
      const plain = Buffer.from(await response.arrayBuffer());
      const isShort = plain.length < MIN_COMPRESSED_BYTES;
      const body = isShort ? plain : await (encoding === 'br' ? brotli(plain, BROTLI) : zip(plain));
      if (!isShort) headers.set('content-encoding', encoding);
      headers.delete('content-length');
      const { status, statusText } = response;
      setResponse(new fetchAPI.Response(new Uint8Array(body), { status, statusText, headers }));
    },
  };
}
