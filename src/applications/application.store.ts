import { type SqlBool, sql } from 'kysely';
import { findRows, primaryKey } from '../db/find-rows.js';
import type { Handle, Transaction } from '../db/handle.js';
import { keyset } from '../db/keyset.js';
import { withoutIndex } from '../db/syntax.js';
import { countOf, totalOf } from '../db/totals.js';
import type { ApplicationId, ClientId, EnvironmentId, OrganizationId } from '../domain/ids.js';
import { cutPage, type Page, type PageRequest } from '../paging/paging.js';
import type { Application, ApplicationFilter } from './application.js';
import { toApplication, toApplicationRow } from './application.table.js';

export async function findMany(
  db: Handle,
  environmentId: EnvironmentId,
  ids: readonly ApplicationId[],
): Promise<Map<ApplicationId, Application>> {
  const rows = await findRows(db, primaryKey('applications', 'id'), environmentId, ids);
  return new Map(rows.map((row) => [row.id, toApplication(row)]));
}

export async function findManyByClientId(
  db: Handle,
  environmentId: EnvironmentId,
  clientIds: readonly ClientId[],
): Promise<Map<ClientId, Application>> {
  const rows = await findRows(
    db,
    { table: 'applications', column: 'client_id', index: 'applications_client_id_unique' },
    environmentId,
    clientIds,
  );
  return new Map(rows.map((row) => [row.client_id, toApplication(row)]));
}

export async function insert(trx: Transaction, environmentId: EnvironmentId, application: Application): Promise<void> {
  await trx.insertInto('applications').values(toApplicationRow(environmentId, application)).execute();
}

export async function update(trx: Transaction, environmentId: EnvironmentId, application: Application): Promise<void> {
  const { environment_id, id, ...columns } = toApplicationRow(environmentId, application);
  await trx
    .updateTable('applications')
    .set(columns)
    .where('environment_id', '=', environment_id)
    .where('id', '=', id)
    .execute();
}

export async function remove(trx: Transaction, environmentId: EnvironmentId, id: ApplicationId): Promise<void> {
  await trx.deleteFrom('applications').where('environment_id', '=', environmentId).where('id', '=', id).execute();
}

/** Reads a page of applications, newest first. */
export async function page(
  db: Handle,
  environmentId: EnvironmentId,
  filter: ApplicationFilter,
  request: PageRequest,
): Promise<Page<Application>> {
  const { bounds, orderBy, limit } = keyset({ columns: ['applications.id'], descending: true }, request);
  const rows = await bounds
    .reduce((query, bound) => query.where(bound), matching(db, environmentId, filter))
    .selectAll()
    .orderBy(orderBy)
    .limit(limit)
    .execute();
  return cutPage(rows.map(toApplication), request);
}

export async function count(db: Handle, environmentId: EnvironmentId, filter: ApplicationFilter): Promise<number> {
  const isFiltered = Object.values(filter).some((condition) => condition !== undefined);
  return isFiltered
    ? countOf(db, 'applications', matching(db, environmentId, filter))
    : totalOf(db, environmentId, 'applications');
}

/** Returns the ids of up to `limit` applications of an organization. */
export async function idsOfOrganization(
  db: Handle,
  environmentId: EnvironmentId,
  organizationId: OrganizationId,
  limit: number,
): Promise<ApplicationId[]> {
  const rows = await matching(db, environmentId, { organizationId }).select('id').orderBy('id').limit(limit).execute();
  return rows.map((row) => row.id);
}

/** The WHERE clause of both the page and its count. With two conditions, the index by organization is used. */
function matching(db: Handle, environmentId: EnvironmentId, { name, organizationId }: ApplicationFilter) {
  return db
    .selectFrom('applications')
    .where('environment_id', '=', environmentId)
    .$if(organizationId !== undefined, (query) => query.where('organization_id', '=', organizationId ?? null))
    .$if(name !== undefined, (query) =>
      query.where(
        organizationId === undefined ? sql<SqlBool>`name = ${name}` : sql<SqlBool>`${withoutIndex('name')} = ${name}`,
      ),
    );
}
