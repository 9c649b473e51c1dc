import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { ServerAdapterPlugin } from '@whatwg-node/server';
import { acceptedCoding } from './media-types.js';

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

/** Shorter answers fit into a packet as they are. */
const MIN_COMPRESSED_BYTES = 1_024;

/** Text that is answered at once; streams are not held back to be compressed. */
const COMPRESSIBLE = /^(?:application\/(?:[\w.-]+\+)?json|text\/(?:html|css|javascript)|application\/javascript)\b/;

/** As good as gzip's standard, in less time. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

/** A content coding that answers are sent in. */
export type Coding = 'br' | 'gzip';
const CODINGS: readonly Coding[] = ['br', 'gzip'];

/** The coding of an answer of this many bytes. Null when it is short, or when the client takes none. */
export function codingOf(acceptEncoding: string | null, bytes: number): Coding | null {
  return bytes < MIN_COMPRESSED_BYTES ? null : acceptedCoding(acceptEncoding, CODINGS);
}

/** Compresses bytes, on a thread of their own. */
export function compress(bytes: Uint8Array, coding: Coding): Promise<Buffer> {
  return coding === 'br' ? brotli(bytes, BROTLI) : zip(bytes);
}

/**
 * Compresses answers for those who take it, on threads of their own. There is nothing to be guessed from lengths: no
 * page can have a visitor's browser send their token.
 */
export function useCompression(): ServerAdapterPlugin {
  return {
    onResponse: async ({ request, response, setResponse, fetchAPI }) => {
      const { headers } = response;
      if (!COMPRESSIBLE.test(headers.get('content-type') ?? '') || headers.has('content-encoding')) return;
      headers.append('vary', 'accept-encoding');
      const accepted = request.headers.get('accept-encoding');
      if (acceptedCoding(accepted, CODINGS) === null || response.body === null || request.method === 'HEAD') return;
      const plain = Buffer.from(await response.arrayBuffer());
      const coding = codingOf(accepted, plain.length);
      const body = coding === null ? plain : await compress(plain, coding);
      if (coding !== null) headers.set('content-encoding', coding);
      headers.delete('content-length');
      const { status, statusText } = response;
      setResponse(new fetchAPI.Response(new Uint8Array(body), { status, statusText, headers }));
    },
  };
}
