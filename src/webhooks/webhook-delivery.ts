import type { Instant } from '../clock.js';
import type { EventId, WebhookDeliveryId, WebhookEndpointId } from '../ids.js';

/** One attempt to send an event to an endpoint. Nothing of what was sent or answered is kept. */
export interface WebhookDelivery {
  readonly id: WebhookDeliveryId;
  readonly endpointId: WebhookEndpointId;
  readonly eventId: EventId;
  /** Number of the event in the log. */
  readonly sequence: number;
  /** 1 for the first at this event. */
  readonly attempt: number;
  /** What the receiver answered; null when it did not. */
  readonly statusCode: number | null;
  /** Why it failed, e.g. `HTTP_500` or `TIMEOUT`; null when it did not. */
  readonly error: string | null;
  readonly durationMs: number;
  readonly createdAt: Instant;
}

/** Nothing was sent, or no answer came. `code` is all that is told of it. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';

  constructor(
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(code, options);
  }
}
