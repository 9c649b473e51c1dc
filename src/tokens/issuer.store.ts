import type { Handle, Transaction } from '../db/handle.js';
import { lastCommit, toAsOf } from '../db/syntax.js';
import type { AsOf } from '../domain/as-of.js';
import type { EnvironmentId, IssuerId } from '../domain/ids.js';
import { type Issuer, MAX_ISSUERS } from './issuer.js';
import { toIssuer, toIssuerRow } from './issuer.table.js';

/**
 * Finds the issuers with this name in all environments. The environment is known when the token is verified, and then what
 * the reads of its request must see.
 */
export async function findByIssuer(
  db: Handle,
  issuer: string,
): Promise<{ readonly issuer: Issuer; readonly asOf: AsOf | null }[]> {
  const rows = await db
    .selectFrom('issuers')
    .selectAll()
    .select(lastCommit('issuers.environment_id').as('last_commit'))
    .where('issuer', '=', issuer)
    .limit(MAX_ISSUERS)
    .execute();
  return rows.map((row) => ({ issuer: toIssuer(row), asOf: toAsOf(row) }));
}

/** Lists the issuers of an environment, oldest first. */
export async function list(db: Handle, environmentId: EnvironmentId): Promise<Issuer[]> {
  const rows = await db
    .selectFrom('issuers')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .orderBy('id')
    .limit(MAX_ISSUERS)
    .execute();
  return rows.map(toIssuer);
}

export async function insert(trx: Transaction, issuer: Issuer): Promise<void> {
  await trx.insertInto('issuers').values(toIssuerRow(issuer)).execute();
}

/** Deletes an issuer. */
export async function remove(trx: Transaction, environmentId: EnvironmentId, id: IssuerId): Promise<void> {
  await trx.deleteFrom('issuers').where('environment_id', '=', environmentId).where('id', '=', id).execute();
}
