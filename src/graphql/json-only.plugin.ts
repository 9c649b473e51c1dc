import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { clientClosed } from '../scheduling/request-life.js';
import { decodeUtf8 } from '../text.js';
import { refusal } from './bounds/refusal.js';
import { unreadable } from './errors.js';
import { contentTypeOf, isEncoded, JSON_TYPE } from './media-types.js';

/**
 * Takes operations from JSON bodies only. A form or plain text body is what a browser sends to other sites without
 * asking them first, so executing one would let any page write on behalf of its visitor.
 */
export function useJsonOnly(maxBodyBytes: number): Plugin {
  const tooLarge = () => {
    const message = `The body has more than ${maxBodyBytes} bytes (MAX_BODY_BYTES): send less in one request.`;
    return refusal('BAD_REQUEST', 413, message);
  };
  return {
    onRequestParse: ({ request, setRequestParser }) => {
      if (request.method !== 'POST') return;
      if (Number(request.headers.get('content-length')) > maxBodyBytes) throw tooLarge();
      const refused = refusalOf(request);
      setRequestParser(async (given) => {
        if (refused) throw refused;
        return operationIn(
          await textOf(given).catch((error: unknown) => {
            // The connection ended in the middle of the body.
            if (error instanceof Error && 'code' in error && error.code === 'ECONNRESET') throw clientClosed();
            // Yoga counts the bytes of a body that does not say how many it has.
            throw error instanceof GraphQLError && error.extensions.http?.status === 413 ? tooLarge() : error;
          }),
        );
      });
    },
  };
}

function refusalOf({ headers, body }: Request) {
  const { isJson, isUtf8 } = contentTypeOf(headers);
  const accept = { Accept: JSON_TYPE };
  if (!isJson) return refusal('BAD_REQUEST', 415, `Send the operation as ${JSON_TYPE}.`, {}, accept);
  if (!isUtf8) {
    const message =
      'The body has a charset that is not read: send it as UTF-8, and leave the charset out or name that.';
    return refusal('BAD_REQUEST', 415, message, {}, accept);
  }
  // Without a stream there is nothing to be decoded: a framework's body parser was here before.
  if (!isEncoded(headers) || body === null) return null;
  const message = 'A body with a Content-Encoding is not read: send it uncompressed, without that header.';
  return refusal('BAD_REQUEST', 415, message, {}, { 'Accept-Encoding': 'identity' });
}

/**
 * JSON between systems is UTF-8 (RFC 8259, 8.1): another reader would put U+FFFD in the place of bytes that are not, and
 * that would be stored. A byte order mark is passed over.
 */
async function textOf(request: Request): Promise<string> {
  // A framework's body parser was here before, and has the text.
  if (request.body === null) return request.text();
  const text = decodeUtf8(new Uint8Array(await request.arrayBuffer()));
  if (text === null) throw unreadable('The body is not UTF-8: send JSON in UTF-8.');
  return text;
}

/** What is wrong is told without the body: a password may stand in it. */
function operationIn(text: string) {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw unreadable('The body is not JSON: send an object with "query".');
  }
  if (typeof body === 'object' && body !== null) return body;
  throw refusal('BAD_REQUEST', 400, 'The body is JSON, but no object: send an object with "query".');
}
