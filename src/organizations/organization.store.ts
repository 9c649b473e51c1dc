import { violationOf } from '../db/constraint.js';
import type { Handle, Transaction } from '../db/handle.js';
import { listOf } from '../db/lists.js';
import type { EnvironmentId, OrganizationId } from '../ids.js';
import type { Organization } from './organization.js';
import { toOrganization, toOrganizationRow } from './organization.table.js';

export async function findMany(
  db: Handle,
  environmentId: EnvironmentId,
  ids: readonly OrganizationId[],
): Promise<Map<OrganizationId, Organization>> {
  const rows = await db
    .selectFrom('organizations')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('id', 'in', listOf(ids))
    .execute();
  return new Map(rows.map((row) => [row.id, toOrganization(row)]));
}

/** @throws the driver's error when the unique index refuses; `isExternalIdTaken` knows it */
export async function insert(
  trx: Transaction,
  environmentId: EnvironmentId,
  organization: Organization,
): Promise<void> {
  await trx.insertInto('organizations').values(toOrganizationRow(environmentId, organization)).execute();
}

export function isExternalIdTaken(error: unknown): boolean {
  const violation = violationOf(error);
  return violation?.kind === 'unique' && violation.columns === 'organizations.external_id';
}
