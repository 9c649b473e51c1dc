import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { contentTypeOf, isEncoded, JSON_TYPE } from '../../http/media-types.js';
import { decodeUtf8 } from '../../input/text.js';
import { clientClosed } from '../../scheduling/request-life.js';
import { unreadable } from '../errors/errors.js';
import { refusal } from '../errors/refusal.js';

/**
 * Accepts only JSON bodies. Browsers send form and plain text bodies to other origins without a CORS preflight, so
 * executing them would allow cross-site request forgery.
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
            // The client closed the connection before the end of the body.
            if (error instanceof Error && 'code' in error && error.code === 'ECONNRESET') throw clientClosed();
            // Yoga enforces the limit on a body without Content-Length.
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
    const message = 'The charset of the body is not supported: send UTF-8, with charset=utf-8 or no charset.';
    return refusal('BAD_REQUEST', 415, message, {}, accept);
  }
  // Without a stream, the body parser of a framework has already decoded the body.
  if (!isEncoded(headers) || body === null) return null;
  const message = 'Content-Encoding is not supported: send the body uncompressed, without this header.';
  return refusal('BAD_REQUEST', 415, message, {}, { 'Accept-Encoding': 'identity' });
}

/**
 * Reads the body as UTF-8, which JSON requires (RFC 8259, 8.1). Rejects invalid bytes, because a lenient decoder would
 * replace them with U+FFFD, and the result would be stored. Ignores a byte order mark.
 */
async function textOf(request: Request): Promise<string> {
  // The body parser of a framework has already read the body.
  if (request.body === null) return request.text();
  const text = decodeUtf8(new Uint8Array(await request.arrayBuffer()));
  if (text === null) throw unreadable('The body is not UTF-8: send JSON in UTF-8.');
  return text;
}

/** Parses the body. Error messages do not quote it, because it can contain a password. */
function operationIn(text: string) {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw unreadable('The body is not valid JSON: send an object with "query".');
  }
  if (typeof body === 'object' && body !== null) return body;
  throw refusal('BAD_REQUEST', 400, 'The body is JSON, but not an object: send an object with "query".');
}
