import type { Logger } from '../runtime/logger.js';
import type { Requests } from './request-log.js';
import type { RouterSignatures, SignedHead } from './router-signature.js';

/** A request that the router has signed, with its body. */
export interface SignedRequest {
  readonly head: SignedHead;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Checks that a request comes from the router. The log names what is wrong with one that does not; the answer must not. */
export class RouterOnly {
  constructor(
    private readonly signatures: RouterSignatures,
    private readonly requests: Requests,
    private readonly logger: Logger,
  ) {}

  /** Reads the request. Returns null when the router has not signed it, or not this body. */
  async read(request: Request): Promise<SignedRequest | null> {
    const { method, url, headers } = request;
    const head: SignedHead = { method, url, headers: Object.fromEntries(headers.entries()) };
    const problem = await this.signatures.problemOf(head);
    if (problem !== null) return this.#refuse(request, problem);
    // A GET has no body, and its signature covers the digest of an empty one.
    const body = new Uint8Array(await request.arrayBuffer());
    return this.signatures.isBodyOf(head, body) ? { head, body } : this.#refuse(request, 'wrong digest of the body');
  }

  #refuse(request: Request, reason: string): null {
    this.logger.info({ requestId: this.requests.of(request).id, reason }, 'request is not signed by the router');
    return null;
  }
}
