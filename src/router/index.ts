import { createHash } from 'node:crypto';
import { createSigner, httpbis } from 'http-message-signatures';
import { systemRandom } from '../random.js';

/** A request as a router is about to send it. */
export interface RouterRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Left out where there is none, as of a GET. */
  readonly body?: string | Uint8Array | undefined;
}

/** What every signature covers: nobody may change or swap one of these on the way. */
export const COVERED = ['@method', '@path', '@query', 'content-digest'];
/** Covered too where it is sent: a token must not be moved to another request. */
export const CREDENTIAL = 'authorization';
export const PARAMETERS = ['created', 'keyid', 'nonce', 'alg'];
export const ALGORITHM = 'hmac-sha256';

/**
 * Signs requests as a usergraph with `ROUTER_KEYS` wants them: an HTTP Message Signature (RFC 9421, `hmac-sha256`) over
 * method, path, query, the digest of the body (RFC 9530) and the credential, with its time and a nonce.
 *
 * @param key `<key id>:<secret>`, one of those the server has
 * @returns a function that answers all headers of the request, the given ones included
 * @throws {Error} when the key has no such form
 */
export function createRequestSigner(key: string): (request: RouterRequest) => Promise<Record<string, string>> {
  const [, id, secret] = /^([^:]+):(.+)$/.exec(key) ?? [];
  if (id === undefined || secret === undefined) throw new Error('A router key is written <key id>:<secret>.');
  const signer = createSigner(secret, ALGORITHM, id);
  return async ({ method, url, headers = {}, body = '' }) => {
    const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const all = { ...given, 'content-digest': contentDigest(body) };
    const fields = [...COVERED, ...(CREDENTIAL in all ? [CREDENTIAL] : [])];
    const paramValues = { nonce: systemRandom.bytes(18).toString('base64url') };
    const config = { key: signer, name: 'router', fields, params: [...PARAMETERS], paramValues };
    const signed = await httpbis.signMessage(config, { method, url, headers: all });
    // It adds texts to the texts that it was given.
    return signed.headers as Record<string, string>;
  };
}

/** The field `Content-Digest` of a body (RFC 9530). */
export function contentDigest(body: string | Uint8Array): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
}
