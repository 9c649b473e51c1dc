import { sql } from 'kysely';
import type { Instant } from '../clock.js';
import { violationOf } from '../db/constraint.js';
import { findRows, primaryIndex, primaryKey } from '../db/find-rows.js';
import type { Handle, Transaction } from '../db/handle.js';
import { keyset } from '../db/keyset.js';
import type { Row } from '../db/tables.js';
import { InvalidInputError, MutationFailure } from '../errors.js';
import type { EnvironmentId, WebhookEndpointId } from '../ids.js';
import { cutPage, type Page, type PageRequest } from '../paging.js';
import type { Progress, WebhookEndpoint } from './webhook-endpoint.js';
import { toWebhookEndpoint, toWebhookEndpointRow } from './webhook-endpoint.table.js';

export async function findMany(
  db: Handle,
  environmentId: EnvironmentId,
  ids: readonly WebhookEndpointId[],
): Promise<Map<WebhookEndpointId, WebhookEndpoint>> {
  const rows = await findRows(db, primaryKey('webhook_endpoints', 'id'), environmentId, ids);
  return new Map(rows.flatMap((row) => (row.deleted_at === null ? [[row.id, toWebhookEndpoint(row)] as const] : [])));
}

/** A page of the endpoints, newest first. */
export async function page(
  db: Handle,
  environmentId: EnvironmentId,
  request: PageRequest,
): Promise<Page<WebhookEndpoint>> {
  const { bounds, orderBy, limit } = keyset({ columns: ['webhook_endpoints.id'], descending: true }, request);
  const rows = await bounds
    .reduce((query, bound) => query.where(bound), ofEnvironment(db, environmentId))
    .selectAll()
    .orderBy(orderBy)
    .limit(limit)
    .execute();
  return cutPage(rows.map(toWebhookEndpoint), request);
}

export async function count(db: Handle, environmentId: EnvironmentId): Promise<number> {
  const { total } = await ofEnvironment(db, environmentId)
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return total;
}

/** @throws {MutationFailure} DUPLICATE_ENDPOINT */
export async function insert(trx: Transaction, endpoint: WebhookEndpoint): Promise<void> {
  await refusingDuplicates(trx.insertInto('webhook_endpoints').values(toWebhookEndpointRow(endpoint)).execute());
}

/**
 * Writes an endpoint as it is now. Whoever sends to it meanwhile has it no longer.
 *
 * @throws {MutationFailure} DUPLICATE_ENDPOINT
 */
export async function update(trx: Transaction, endpoint: WebhookEndpoint): Promise<void> {
  const { environment_id, id, deleted_at, ...columns } = toWebhookEndpointRow(endpoint);
  const writing = trx
    .updateTable('webhook_endpoints')
    .set({ ...columns, claims: endpoint.progress.claims + 1 })
    .where('environment_id', '=', environment_id)
    .where('id', '=', id)
    .execute();
  await refusingDuplicates(writing);
}

async function refusingDuplicates(writing: Promise<unknown>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    const violation = violationOf(error);
    if (violation?.kind !== 'unique' || violation.columns !== 'webhook_endpoints.url') throw error;
    const message = 'Another webhook endpoint of the environment has this address.';
    throw new MutationFailure(new InvalidInputError('DUPLICATE_ENDPOINT', message, ['url']));
  }
}

/** Takes an endpoint away; its row goes with the last of its deliveries. */
export async function markDeleted(trx: Transaction, endpoint: WebhookEndpoint, at: Instant): Promise<void> {
  await trx
    .updateTable('webhook_endpoints')
    .set({ deleted_at: at, is_enabled: 0, claims: endpoint.progress.claims + 1 })
    .where('environment_id', '=', endpoint.environmentId)
    .where('id', '=', endpoint.id)
    .execute();
}

/**
 * Endpoints, of any environment, that may be taken now and have an event to send. Indexes and the order of loops are
 * forced: the other way round it would look at every log, or at every event that an endpoint does not want.
 */
function due(now: Instant) {
  return sql`webhook_endpoints as due indexed by webhook_endpoints_due
    cross join event_sequences as log indexed by ${sql.ref(primaryIndex('event_sequences'))}
      on log.environment_id = due.environment_id
    where due.is_enabled = 1 and due.next_attempt_at <= ${now} and log.last > due.position
      and exists (select 1 from json_each(due.types) as type cross join events indexed by events_by_name
        where events.environment_id = due.environment_id and events.name = type.value and events.sequence > due.position)`;
}

export async function isDue(db: Handle, now: Instant): Promise<boolean> {
  const { rows } = await sql`select 1 from ${due(now)} limit 1`.execute(db);
  return rows.length > 0;
}

/**
 * Takes endpoints that are due, of any environment, longest due first. They are this caller's until the lease ends; one
 * whose holder died is due again then.
 */
export async function claim(
  trx: Transaction,
  now: Instant,
  leasedUntil: Instant,
  limit: number,
): Promise<WebhookEndpoint[]> {
  const { rows } = await sql<Row<'webhook_endpoints'>>`
    update webhook_endpoints indexed by ${sql.ref(primaryIndex('webhook_endpoints'))}
    set claims = claims + 1, next_attempt_at = ${leasedUntil}
    where (environment_id, id) in (
      select due.environment_id, due.id from ${due(now)} order by due.next_attempt_at limit ${limit})
    returning *`.execute(trx);
  return rows.map(toWebhookEndpoint);
}

/** Notes how far somebody got who took an endpoint; false when somebody else has it, or it was changed meanwhile. */
export async function advance(
  trx: Transaction,
  { environmentId, id }: WebhookEndpoint,
  { position, claims, attempts, failingSince, nextAttemptAt }: Progress,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('webhook_endpoints')
    .set({ position, attempts, failing_since: failingSince, next_attempt_at: nextAttemptAt })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .where('claims', '=', claims)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Number of the first event of an environment that an enabled endpoint was not sent yet; null when there is none. */
export async function firstUndelivered(db: Handle, environmentId: EnvironmentId): Promise<number | null> {
  const { first } = await sql<{ first: number | null }>`
    select min((select min(events.sequence) from events where events.environment_id = endpoint.environment_id
      and events.name = type.value and events.sequence > endpoint.position)) as first
    from webhook_endpoints as endpoint, json_each(endpoint.types) as type
    where endpoint.environment_id = ${environmentId} and endpoint.is_enabled = 1`
    .execute(db)
    .then(({ rows }) => rows[0] ?? { first: null });
  return first;
}

/** One endpoint that is deleted and whose row is still there, of any environment. */
export function findDeleted(db: Handle) {
  return db
    .selectFrom('webhook_endpoints')
    .select(['environment_id', 'id'])
    .where('deleted_at', 'is not', null)
    .orderBy('deleted_at')
    .limit(1)
    .executeTakeFirst();
}

export async function remove(trx: Transaction, environmentId: EnvironmentId, id: WebhookEndpointId): Promise<void> {
  await trx.deleteFrom('webhook_endpoints').where('environment_id', '=', environmentId).where('id', '=', id).execute();
}

/** Endpoints of all environments that take nothing at present, and those that are disabled. */
export async function stats(db: Handle): Promise<{ failing: number; disabled: number }> {
  const { failing, disabled } = await db
    .selectFrom('webhook_endpoints')
    .select([
      sql<number>`count(*) filter (where is_enabled = 1 and failing_since is not null)`.as('failing'),
      sql<number>`count(*) filter (where is_enabled = 0)`.as('disabled'),
    ])
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow();
  return { failing, disabled };
}

function ofEnvironment(db: Handle, environmentId: EnvironmentId) {
  return db.selectFrom('webhook_endpoints').where('environment_id', '=', environmentId).where('deleted_at', 'is', null);
}
