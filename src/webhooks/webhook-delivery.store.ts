import { sql } from 'kysely';
import { findRows, primaryKey } from '../db/find-rows.js';
import type { Handle, Transaction } from '../db/handle.js';
import * as nested from '../db/nested.js';
import { byIndex, byPrimaryKey } from '../db/syntax.js';
import type { EnvironmentId, WebhookDeliveryId, WebhookEndpointId } from '../domain/ids.js';
import type { Page, PageRequest } from '../paging/paging.js';
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
  const deliveries = await findRows(db, primaryKey('webhook_deliveries', 'id'), environmentId, ids);
  const endpointIds = [...new Set(deliveries.map((row) => row.endpoint_id))];
  const endpoints = await findRows(db, primaryKey('webhook_endpoints', 'id'), environmentId, endpointIds);
  const there = new Set(endpoints.flatMap((row) => (row.deleted_at === null ? [row.id] : [])));
  const rows = deliveries.filter((row) => there.has(row.endpoint_id));
  return new Map(rows.map((row) => [row.id, toWebhookDelivery(row)]));
}

const BY_ENDPOINT = {
  table: 'webhook_deliveries',
  parent: 'endpoint_id',
  index: 'webhook_deliveries_by_endpoint',
  position: 'id',
  descending: true,
} as const;

/** Reads one page of deliveries of each endpoint, newest first, in one statement. */
export function pageByEndpoints(
  db: Handle,
  environmentId: EnvironmentId,
  endpointIds: readonly WebhookEndpointId[],
  request: PageRequest,
): Promise<Map<WebhookEndpointId, Page<WebhookDelivery>>> {
  return nested.pageByParents(db, BY_ENDPOINT, environmentId, endpointIds, request, toWebhookDelivery);
}

/** Deletes the deliveries of the events up to and including `sequence`. */
export async function removeUpTo(trx: Transaction, environmentId: EnvironmentId, sequence: number): Promise<void> {
  await trx
    .deleteFrom('webhook_deliveries')
    .where('environment_id', '=', environmentId)
    .where('sequence', '<=', sequence)
    .execute();
}

/** Deletes up to `limit` deliveries of an endpoint. @returns the number of deleted rows */
export async function removeSome(
  trx: Transaction,
  environmentId: EnvironmentId,
  endpointId: WebhookEndpointId,
  limit: number,
): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from webhook_deliveries ${byPrimaryKey('webhook_deliveries')}
    where environment_id = ${environmentId} and id in (
      select old.id from webhook_deliveries as old ${byIndex(BY_ENDPOINT.index)}
      where old.environment_id = ${environmentId} and old.endpoint_id = ${endpointId} limit ${limit})`.execute(trx);
  return Number(numAffectedRows);
}
