import type { WebhookEndpointId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';
import type { Random } from '../runtime/random.js';
import { type Seal, seal, unseal } from '../secrets/sealed.js';
import { WebhookError } from './webhook-delivery.js';
import { createWebhookSecret, type WebhookEndpoint } from './webhook-endpoint.js';

/** Creates and decrypts signing secrets. They are encrypted, not hashed, because signing needs the plain text. */
export interface WebhookSecrets {
  /** Creates a secret. `sealed` is its encrypted form, which is stored. */
  create(id: WebhookEndpointId): { readonly secret: string; readonly sealed: Buffer };
  /**
   * Returns the secrets that sign an attempt: the newest, then the previous one while it is valid. WorkOS's header
   * holds one signature only. During the overlap, odd attempts use the previous secret, which most receivers
   * still have, and even attempts use the newest.
   *
   * @throws {WebhookError} SECRET_KEY_CHANGED when the secrets were encrypted with another SECRET_KEY
   */
  signing(
    endpoint: WebhookEndpoint,
    attempt: number,
    at: Instant,
  ): { readonly all: readonly string[]; readonly workos: string };
}

export function createWebhookSecrets({ secretKey, random }: { secretKey: string; random: Random }): WebhookSecrets {
  const sealOf = (id: WebhookEndpointId): Seal => ({ secretKey, purpose: 'webhook secrets', id });

  function open(sealed: Buffer, id: WebhookEndpointId): string {
    try {
      return unseal(sealed, sealOf(id)).toString();
    } catch (error) {
      throw new WebhookError('SECRET_KEY_CHANGED', { cause: error });
    }
  }

  return {
    create(id) {
      const secret = createWebhookSecret(random);
      return { secret, sealed: seal(Buffer.from(secret), sealOf(id), random) };
    },
    signing({ id, secret, previousSecret }, attempt, at) {
      const newest = open(secret, id);
      if (!previousSecret || previousSecret.until <= at) return { all: [newest], workos: newest };
      const previous = open(previousSecret.secret, id);
      return { all: [newest, previous], workos: attempt % 2 === 1 ? previous : newest };
    },
  };
}
