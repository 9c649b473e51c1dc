import type { EventId, WebhookDeliveryId, WebhookEndpointId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';

/** One attempt to send an event to an endpoint. The bodies of request and response are not stored. */
export interface WebhookDelivery {
  readonly id: WebhookDeliveryId;
  readonly endpointId: WebhookEndpointId;
  readonly eventId: EventId;
  /** Sequence number of the event in the event log. */
  readonly sequence: number;
  /** Number of the attempt for this event; 1 is the first. */
  readonly attempt: number;
  /** HTTP status of the response; null when there was no response. */
  readonly statusCode: number | null;
  /** Why the attempt failed, e.g. `HTTP_500` or `TIMEOUT`; null when it succeeded. */
  readonly error: string | null;
  readonly durationMs: number;
  readonly createdAt: Instant;
}

/** The request could not be sent, or no response arrived. Only `code` is stored and shown. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';

  constructor(
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(code, options);
  }
}
