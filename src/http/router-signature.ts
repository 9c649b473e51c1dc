import { createVerifier, httpbis, type SignatureParameters } from 'http-message-signatures';
import { ALGORITHM, COVERED, CREDENTIAL, contentDigest, PARAMETERS } from '../router/index.js';
import type { Clock } from '../runtime/clock.js';
import type { MaybePromise } from '../scheduling/maybe-promise.js';

/** A key that routers sign with. */
export interface RouterKey {
  readonly id: string;
  readonly secret: string;
}

/** Keys that routers sign with, and how far from now a signature may have been made. */
export interface RouterSettings {
  readonly keys: readonly RouterKey[];
  readonly windowSeconds: number;
}

/** What a nonce may be: enough to be unique, and no more than there is reason to keep. */
const NONCE = /^[\w+/=-]{16,64}$/;

/** The head of a request. */
export interface SignedHead {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Checks that a request comes from the router: HTTP Message Signatures (RFC 9421) by one of the shared keys, over
 * method, path, query, the digest of the body and the credential; made within the window, and not seen before by this
 * server.
 */
export class RouterSignatures {
  readonly #verifiers: ReadonlyMap<string, ReturnType<typeof createVerifier>>;

  constructor(
    private readonly settings: RouterSettings,
    private readonly clock: Clock,
    /** Whether a signature was not seen before. Remembers it. */
    private readonly isNew: (signature: string) => MaybePromise<boolean>,
  ) {
    this.#verifiers = new Map(settings.keys.map(({ id, secret }) => [id, createVerifier(secret, ALGORITHM)]));
  }

  /** What is wrong with the head of a request, for the log; null when the router has signed it. */
  async problemOf({ method, url, headers }: SignedHead): Promise<string | null> {
    const signer: { found?: SignatureParameters } = {};
    try {
      const verified = await httpbis.verifyMessage(
        {
          keyLookup: async (parameters) => {
            const verify = this.#verifiers.get(String(parameters.keyid));
            if (!verify) return null;
            signer.found = parameters;
            return { id: String(parameters.keyid), algs: [ALGORITHM], verify };
          },
          requiredParams: [...PARAMETERS],
          requiredFields: [...COVERED, ...(CREDENTIAL in headers ? [CREDENTIAL] : [])],
          // The time is checked below, by the clock of this server.
          notAfter: Number.MAX_SAFE_INTEGER,
        },
        { method, url, headers: { ...headers } },
      );
      if (verified === null) return signer.found ? 'no signature' : 'no signature by a known key';
      if (!verified || !signer.found) return 'wrong signature';
    } catch (error) {
      // The library tells what it cannot accept by throwing.
      return error instanceof Error ? error.message : String(error);
    }
    return this.#lateOrSeen(signer.found);
  }

  /** Whether the body is the one the signed digest is of. */
  isBodyOf({ headers }: Pick<SignedHead, 'headers'>, body: Uint8Array): boolean {
    return headers['content-digest'] === contentDigest(body);
  }

  async #lateOrSeen({ created, nonce, keyid }: SignatureParameters): Promise<string | null> {
    const { windowSeconds } = this.settings;
    const now = this.clock.millis();
    const age = created instanceof Date ? Math.abs(now - created.getTime()) : Number.NaN;
    // A time is written in whole seconds.
    if (!(age <= windowSeconds * 1000)) return 'not made within the window';
    if (typeof nonce !== 'string' || !NONCE.test(nonce)) return 'no usable nonce';
    return (await this.isNew(`${keyid} ${nonce}`)) ? null : 'seen before';
  }
}
