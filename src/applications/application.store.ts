import type { Handle, Transaction } from '../db/handle.js';
import { listOf } from '../db/lists.js';
import type { ApplicationId, ClientId, EnvironmentId } from '../ids.js';
import type { Application } from './application.js';
import { toApplication, toApplicationRow } from './application.table.js';

export async function findMany(
  db: Handle,
  environmentId: EnvironmentId,
  ids: readonly ApplicationId[],
): Promise<Map<ApplicationId, Application>> {
  const rows = await db
    .selectFrom('applications')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('id', 'in', listOf(ids))
    .execute();
  return new Map(rows.map((row) => [row.id, toApplication(row)]));
}

export async function findManyByClientId(
  db: Handle,
  environmentId: EnvironmentId,
  clientIds: readonly ClientId[],
): Promise<Map<ClientId, Application>> {
  const rows = await db
    .selectFrom('applications')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('client_id', 'in', listOf(clientIds))
    .execute();
  return new Map(rows.map((row) => [row.client_id, toApplication(row)]));
}

export async function insert(trx: Transaction, environmentId: EnvironmentId, application: Application): Promise<void> {
  await trx.insertInto('applications').values(toApplicationRow(environmentId, application)).execute();
}
