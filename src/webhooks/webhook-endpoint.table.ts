import type { Selectable } from 'kysely';
import type { EnvironmentId, EventId, WebhookDeliveryId, WebhookEndpointId } from '../domain/ids.js';
import type {} from '../events/event.js';
import type { EventName } from '../events/event-data.js';
import type { Instant } from '../runtime/clock.js';
import type { WebhookDelivery } from './webhook-delivery.js';
import type { WebhookEndpoint } from './webhook-endpoint.js';

declare module '../db/tables.js' {
  interface Tables {
    webhook_deliveries: WebhookDeliveryTable;
    webhook_endpoints: WebhookEndpointTable;
  }
}

export interface WebhookEndpointTable {
  environment_id: EnvironmentId;
  id: WebhookEndpointId;
  url: string;
  /** JSON array of event names. */
  types: string;
  is_enabled: 0 | 1;
  /** Encrypted with SECRET_KEY. */
  secret: Buffer;
  previous_secret: Buffer | null;
  previous_secret_until: Instant | null;
  position: number;
  claims: number;
  attempts: number;
  failing_since: Instant | null;
  next_attempt_at: Instant;
  created_at: Instant;
  updated_at: Instant;
  /** When the endpoint was deleted. The row stays until its deliveries are deleted. */
  deleted_at: Instant | null;
}

/** One attempt to send an event to an endpoint. */
export interface WebhookDeliveryTable {
  environment_id: EnvironmentId;
  id: WebhookDeliveryId;
  endpoint_id: WebhookEndpointId;
  event_id: EventId;
  /** Sequence number of the event in the event log. */
  sequence: number;
  attempt: number;
  status_code: number | null;
  error: string | null;
  duration_ms: number;
  created_at: Instant;
}

export function toWebhookEndpoint(row: Selectable<WebhookEndpointTable>): WebhookEndpoint {
  const { previous_secret: previous, previous_secret_until: until } = row;
  return {
    id: row.id,
    environmentId: row.environment_id,
    url: row.url,
    types: JSON.parse(row.types) as EventName[], // written by `toWebhookEndpointRow`
    isEnabled: row.is_enabled === 1,
    secret: row.secret,
    previousSecret: previous && until ? { secret: previous, until } : null,
    progress: {
      position: row.position,
      claims: row.claims,
      attempts: row.attempts,
      failingSince: row.failing_since,
      nextAttemptAt: row.next_attempt_at,
    },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function toWebhookEndpointRow(endpoint: WebhookEndpoint): Selectable<WebhookEndpointTable> {
  const { progress, previousSecret } = endpoint;
  return {
    environment_id: endpoint.environmentId,
    id: endpoint.id,
    url: endpoint.url,
    types: JSON.stringify(endpoint.types),
    is_enabled: endpoint.isEnabled ? 1 : 0,
    secret: endpoint.secret,
    previous_secret: previousSecret?.secret ?? null,
    previous_secret_until: previousSecret?.until ?? null,
    position: progress.position,
    claims: progress.claims,
    attempts: progress.attempts,
    failing_since: progress.failingSince,
    next_attempt_at: progress.nextAttemptAt,
    created_at: endpoint.createdAt,
    updated_at: endpoint.updatedAt,
    deleted_at: null,
  };
}

export function toWebhookDelivery(row: Selectable<WebhookDeliveryTable>): WebhookDelivery {
  return {
    id: row.id,
    endpointId: row.endpoint_id,
    eventId: row.event_id,
    sequence: row.sequence,
    attempt: row.attempt,
    statusCode: row.status_code,
    error: row.error,
    durationMs: row.duration_ms,
    createdAt: row.created_at,
  };
}
