import type { Instant } from '../clock.js';
import type { WebhookEndpointId } from '../ids.js';
import type { Random } from '../random.js';
import { type Seal, seal, unseal } from '../sealed.js';
import { WebhookError } from './webhook-delivery.js';
import { createWebhookSecret, type WebhookEndpoint } from './webhook-endpoint.js';

/** The secrets of endpoints, which have to be used again: encrypted at rest. */
export interface WebhookSecrets {
  /** A new secret, and what is stored of it. */
  create(id: WebhookEndpointId): { readonly secret: string; readonly sealed: Buffer };
  /**
   * The secrets that sign an attempt: the newest first, and the one before it until its time is over. WorkOS's header has
   * place for one: that from before at first, which most receivers have until they change theirs, and the other one when
   * that was refused.
   *
   * @throws {WebhookError} SECRET_KEY_CHANGED when they were made under another key of the server
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
