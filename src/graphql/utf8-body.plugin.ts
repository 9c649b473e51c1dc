import type { Plugin } from 'graphql-yoga';
import { decodeUtf8 } from '../text.js';
import { refusal } from './bounds/refusal.js';

const NOT_UTF_8 = 'The body is not UTF-8: send JSON in UTF-8.';

/**
 * Refuses a body that is not UTF-8, as JSON between systems has to be (RFC 8259, 8.1): what Yoga reads it with would put
 * U+FFFD in the place of such bytes, and that would be stored. A byte order mark is passed over.
 */
export function useUtf8Body(): Plugin {
  return {
    onRequestParse: ({ request, requestParser, setRequestParser, fetchAPI }) => {
      if (request.method !== 'POST' || !requestParser) return;
      setRequestParser(async (given) => {
        const { url, method, headers, signal } = given;
        const body = decodeUtf8(new Uint8Array(await given.arrayBuffer()));
        if (body === null) throw refusal('BAD_REQUEST', 400, NOT_UTF_8, { originalError: { message: NOT_UTF_8 } });
        return requestParser(new fetchAPI.Request(url, { method, headers, signal, body }));
      });
    },
  };
}
