import { sql } from 'kysely';
import { findRows, primaryKey } from '../db/find-rows.js';
import type { Handle, Transaction } from '../db/handle.js';
import { keyset } from '../db/keyset.js';
import { byIndex, byPrimaryKey, elementsOf, lockedUnlessTaken, nestedJoin } from '../db/syntax.js';
import type { Row } from '../db/tables.js';
import { orOnConflict } from '../db/unique-violation.js';
import { InvalidInputError, MutationFailure } from '../domain/errors.js';
import type { EnvironmentId, WebhookEndpointId } from '../domain/ids.js';
import { cutPage, type Page, type PageRequest } from '../paging/paging.js';
import type { Instant } from '../runtime/clock.js';
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

/** Reads a page of endpoints, newest first. */
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
  await refusingDuplicates(() => trx.insertInto('webhook_endpoints').values(toWebhookEndpointRow(endpoint)).execute());
}

/**
 * Updates an endpoint. A worker that is delivering to it loses its claim.
 *
 * @throws {MutationFailure} DUPLICATE_ENDPOINT
 */
export async function update(trx: Transaction, endpoint: WebhookEndpoint): Promise<void> {
  const { environment_id, id, deleted_at, ...columns } = toWebhookEndpointRow(endpoint);
  await refusingDuplicates(() =>
    trx
      .updateTable('webhook_endpoints')
      .set({ ...columns, claims: endpoint.progress.claims + 1 })
      .where('environment_id', '=', environment_id)
      .where('id', '=', id)
      .execute(),
  );
}

/** Runs a write and translates a violation of the unique URL. @throws {MutationFailure} DUPLICATE_ENDPOINT */
async function refusingDuplicates(write: () => Promise<unknown>): Promise<void> {
  await orOnConflict({ table: 'webhook_endpoints', column: 'url' }, write, () => {
    const message = 'Another webhook endpoint of this environment already has this URL.';
    throw new MutationFailure(new InvalidInputError('DUPLICATE_ENDPOINT', message, ['url']));
  });
}

/** Marks an endpoint as deleted. The worker deletes its row after the last of its deliveries. */
export async function markDeleted(trx: Transaction, endpoint: WebhookEndpoint, at: Instant): Promise<void> {
  await trx
    .updateTable('webhook_endpoints')
    .set({ deleted_at: at, is_enabled: 0, claims: endpoint.progress.claims + 1 })
    .where('environment_id', '=', endpoint.environmentId)
    .where('id', '=', endpoint.id)
    .execute();
}

/**
 * Selects the endpoints of all environments that can be claimed now and have an event to send. Indexes and join order
 * are forced. Otherwise the planner may scan every event log, or every event of types that the endpoint does not want.
 */
function due(now: Instant) {
  return sql`webhook_endpoints as due ${byIndex('webhook_endpoints_due')}
    ${nestedJoin} event_sequences as log ${byPrimaryKey('event_sequences')}
      on log.environment_id = due.environment_id
    where due.is_enabled = 1 and due.next_attempt_at <= ${now} and log.last > due.position
      and exists (select 1 from ${elementsOf(sql.ref('due.types'))} as type ${nestedJoin} events ${byIndex('events_by_name')}
        on events.environment_id = due.environment_id and events.name = type.value and events.sequence > due.position)`;
}

export async function isDue(db: Handle, now: Instant): Promise<boolean> {
  const { rows } = await sql`select 1 from ${due(now)} limit 1`.execute(db);
  return rows.length > 0;
}

/**
 * Claims due endpoints of any environment, longest due first. The caller owns them until the lease ends. If the process
 * dies, they are due again when the lease ends.
 */
export async function claim(
  trx: Transaction,
  now: Instant,
  leasedUntil: Instant,
  limit: number,
): Promise<WebhookEndpoint[]> {
  const { rows } = await sql<Row<'webhook_endpoints'>>`
    with claimed as materialized (
      select due.environment_id, due.id from ${due(now)} order by due.next_attempt_at limit ${limit}
      ${lockedUnlessTaken('due')})
    update webhook_endpoints ${byPrimaryKey('webhook_endpoints')}
    set claims = claims + 1, next_attempt_at = ${leasedUntil}
    where (environment_id, id) in (select claimed.environment_id, claimed.id from claimed)
    returning *`.execute(trx);
  return rows.map(toWebhookEndpoint);
}

/** Stores the progress of a claimed endpoint. Returns false when it was updated or claimed again meanwhile. */
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

/**
 * Returns the sequence number of the first event that an enabled endpoint of the environment has not received yet, or
 * null when there is none.
 */
export async function firstUndelivered(db: Handle, environmentId: EnvironmentId): Promise<number | null> {
  const { first } = await sql<{ first: number | null }>`
    select min((select min(events.sequence) from events where events.environment_id = endpoint.environment_id
      and events.name = type.value and events.sequence > endpoint.position)) as first
    from webhook_endpoints as endpoint, ${elementsOf(sql.ref('endpoint.types'))} as type
    where endpoint.environment_id = ${environmentId} and endpoint.is_enabled = 1`
    .execute(db)
    .then(({ rows }) => rows[0] ?? { first: null });
  return first;
}

/** Returns one endpoint of any environment that is marked as deleted. */
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

/** Counts the enabled endpoints whose last delivery failed and the disabled endpoints, in all environments. */
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
