import { type SqlBool, sql } from 'kysely';
import type { Handle, Transaction } from '../db/handle.js';
import { listOf } from '../db/lists.js';
import * as nested from '../db/nested.js';
import type { EnvironmentId, WebhookDeliveryId, WebhookEndpointId } from '../ids.js';
import type { Page, PageRequest } from '../paging.js';
import type { WebhookDelivery } from './webhook-delivery.js';
import { toWebhookDelivery } from './webhook-endpoint.table.js';

export async function insert(trx: Transaction, environmentId: EnvironmentId, delivery: WebhookDelivery): Promise<void> {
  await trx
    .insertInto('webhook_deliveries')
    .values({
      environment_id: environmentId,
      id: delivery.id,
      endpoint_id: delivery.endpointId,
      event_id: delivery.eventId,
      sequence: delivery.sequence,
      attempt: delivery.attempt,
      status_code: delivery.statusCode,
      error: delivery.error,
      duration_ms: delivery.durationMs,
      created_at: delivery.createdAt,
    })
    .execute();
}

export async function findMany(
  db: Handle,
  environmentId: EnvironmentId,
  ids: readonly WebhookDeliveryId[],
): Promise<Map<WebhookDeliveryId, WebhookDelivery>> {
  const rows = await db
    .selectFrom('webhook_deliveries as delivery')
    .innerJoin('webhook_endpoints as endpoint', (join) =>
      join
        .onRef('endpoint.environment_id', '=', 'delivery.environment_id')
        .onRef('endpoint.id', '=', 'delivery.endpoint_id'),
    )
    .selectAll('delivery')
    .where('delivery.environment_id', '=', environmentId)
    .where('delivery.id', 'in', listOf(ids))
    .where('endpoint.deleted_at', 'is', null)
    .execute();
  return new Map(rows.map((row) => [row.id, toWebhookDelivery(row)]));
}

const BY_ENDPOINT = {
  table: 'webhook_deliveries',
  parent: 'endpoint_id',
  index: 'webhook_deliveries_by_endpoint',
  position: 'id',
  descending: true,
} as const;

/** The same slice of each endpoint's deliveries, newest first, in one statement. */
export function pageByEndpoints(
  db: Handle,
  environmentId: EnvironmentId,
  endpointIds: readonly WebhookEndpointId[],
  request: PageRequest,
): Promise<Map<WebhookEndpointId, Page<WebhookDelivery>>> {
  return nested.pageByParents(db, BY_ENDPOINT, environmentId, endpointIds, request, toWebhookDelivery);
}

/** Removes the deliveries of events up to a number. */
export async function removeUpTo(trx: Transaction, environmentId: EnvironmentId, sequence: number): Promise<void> {
  await trx
    .deleteFrom('webhook_deliveries')
    .where('environment_id', '=', environmentId)
    .where('sequence', '<=', sequence)
    .execute();
}

/** Removes some of the deliveries of an endpoint. @returns how many */
export async function removeSome(
  trx: Transaction,
  environmentId: EnvironmentId,
  endpointId: WebhookEndpointId,
  limit: number,
): Promise<number> {
  const some = trx
    .selectFrom('webhook_deliveries as some')
    .select(['some.environment_id', 'some.id'])
    .where('some.environment_id', '=', environmentId)
    .where('some.endpoint_id', '=', endpointId)
    .limit(limit);
  const { numDeletedRows } = await trx
    .deleteFrom('webhook_deliveries')
    .where(sql<SqlBool>`(environment_id, id) in ${some}`)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
