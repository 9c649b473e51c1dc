import { type SqlBool, sql } from 'kysely';
import { findRows, primaryKey } from '../db/find-rows.js';
import type { Handle, Transaction } from '../db/handle.js';
import { keyset } from '../db/keyset.js';
import { withoutIndex } from '../db/syntax.js';
import { countOf, totalOf } from '../db/totals.js';
import type { EnvironmentId, OrganizationId } from '../domain/ids.js';
import { cutPage, type Page, type PageRequest } from '../paging/paging.js';
import type { Organization, OrganizationFilter } from './organization.js';
import { toOrganization, toOrganizationRow } from './organization.table.js';

export async function findMany(
  db: Handle,
  environmentId: EnvironmentId,
  ids: readonly OrganizationId[],
): Promise<Map<OrganizationId, Organization>> {
  const rows = await findRows(db, primaryKey('organizations', 'id'), environmentId, ids);
  return new Map(rows.map((row) => [row.id, toOrganization(row)]));
}

/** @throws {UniqueViolationError} when the external id is taken */
export async function insert(
  trx: Transaction,
  environmentId: EnvironmentId,
  organization: Organization,
): Promise<void> {
  await trx.insertInto('organizations').values(toOrganizationRow(environmentId, organization)).execute();
}

export async function findManyByExternalId(
  db: Handle,
  environmentId: EnvironmentId,
  externalIds: readonly string[],
): Promise<Map<string, Organization>> {
  const rows = await findRows(
    db,
    { table: 'organizations', column: 'external_id', index: 'organizations_external_id_unique' },
    environmentId,
    externalIds,
  );
  return new Map(rows.map((row) => [row.external_id ?? '', toOrganization(row)]));
}

/** @throws {UniqueViolationError} when the external id is taken */
export async function update(
  trx: Transaction,
  environmentId: EnvironmentId,
  organization: Organization,
): Promise<void> {
  const { environment_id, id, ...columns } = toOrganizationRow(environmentId, organization);
  await trx
    .updateTable('organizations')
    .set(columns)
    .where('environment_id', '=', environment_id)
    .where('id', '=', id)
    .execute();
}

export async function remove(trx: Transaction, environmentId: EnvironmentId, id: OrganizationId): Promise<void> {
  await trx.deleteFrom('organizations').where('environment_id', '=', environmentId).where('id', '=', id).execute();
}

/** Reads a page of organizations, newest first. */
export async function page(
  db: Handle,
  environmentId: EnvironmentId,
  filter: OrganizationFilter,
  request: PageRequest,
): Promise<Page<Organization>> {
  const { bounds, orderBy, limit } = keyset({ columns: ['organizations.id'], descending: true }, request);
  const rows = await bounds
    .reduce((query, bound) => query.where(bound), matching(db, environmentId, filter))
    .selectAll()
    .orderBy(orderBy)
    .limit(limit)
    .execute();
  return cutPage(rows.map(toOrganization), request);
}

export async function count(db: Handle, environmentId: EnvironmentId, filter: OrganizationFilter): Promise<number> {
  const isFiltered = Object.values(filter).some((condition) => condition !== undefined);
  return isFiltered
    ? countOf(db, 'organizations', matching(db, environmentId, filter))
    : totalOf(db, environmentId, 'organizations');
}

/** The WHERE clause of both the page and its count. */
function matching(db: Handle, environmentId: EnvironmentId, { name, externalId }: OrganizationFilter) {
  return db
    .selectFrom('organizations')
    .where('environment_id', '=', environmentId)
    .$if(externalId !== undefined, (query) => query.where('external_id', '=', externalId ?? null))
    .$if(name !== undefined, (query) =>
      // An external id matches at most one organization, so its index is the more selective one.
      query.where(
        externalId === undefined ? sql<SqlBool>`name = ${name}` : sql<SqlBool>`${withoutIndex('name')} = ${name}`,
      ),
    );
}
