import { createHash } from 'node:crypto';
import { createSigner, httpbis } from 'http-message-signatures';
import { systemRandom } from '../runtime/random.js';

/** A request that a router is about to send. */
export interface RouterRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Undefined for a request without a body, e.g. GET. */
  readonly body?: string | Uint8Array | undefined;
}

/** Components that every signature covers. */
export const COVERED = ['@method', '@path', '@query', 'content-digest'];
/** Covered if present, so that a token cannot be moved to another request. */
export const CREDENTIAL = 'authorization';
export const PARAMETERS = ['created', 'keyid', 'nonce', 'alg'];
export const ALGORITHM = 'hmac-sha256';

/**
 * Creates a function that signs requests for a server with `ROUTER_KEYS`. The HTTP Message Signature (RFC 9421,
 * `hmac-sha256`) covers method, path, query, the digest of the body (RFC 9530) and the credential. It has a creation
 * time and a nonce.
 *
 * @param key `<key id>:<secret>`, one of the keys in `ROUTER_KEYS`
 * @returns a function that returns all headers of the request, including the given ones
 * @throws {Error} when the key does not have this form
 */
export function createRequestSigner(key: string): (request: RouterRequest) => Promise<Record<string, string>> {
  const [, id, secret] = /^([^:]+):(.+)$/.exec(key) ?? [];
  if (id === undefined || secret === undefined) throw new Error('A router key must have the form <key id>:<secret>.');
  const signer = createSigner(secret, ALGORITHM, id);
  return async ({ method, url, headers = {}, body = '' }) => {
    const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const all = { ...given, 'content-digest': contentDigest(body) };
    const fields = [...COVERED, ...(CREDENTIAL in all ? [CREDENTIAL] : [])];
    const paramValues = { nonce: systemRandom.bytes(18).toString('base64url') };
    const config = { key: signer, name: 'router', fields, params: [...PARAMETERS], paramValues };
    const signed = await httpbis.signMessage(config, { method, url, headers: all });
    // All given values are strings, and signMessage adds only strings.
    return signed.headers as Record<string, string>;
  };
}

/** Returns the value of the header field `Content-Digest` for a body (RFC 9530). */
export function contentDigest(body: string | Uint8Array): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
}
