import type { Handle, Transaction } from '../db/handle.js';
import type { EnvironmentId, IssuerId } from '../ids.js';
import { type Issuer, MAX_ISSUERS } from './issuer.js';
import { toIssuer, toIssuerRow } from './issuer.table.js';

/** Issuers of this name, in whichever environment: which one it is, only the verified token tells. */
export async function findByIssuer(db: Handle, issuer: string): Promise<Issuer[]> {
  const rows = await db.selectFrom('issuers').selectAll().where('issuer', '=', issuer).limit(MAX_ISSUERS).execute();
  return rows.map(toIssuer);
}

/** The issuers of an environment, oldest first. */
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

/** @returns whether there was one */
export async function remove(trx: Transaction, environmentId: EnvironmentId, id: IssuerId): Promise<void> {
  await trx.deleteFrom('issuers').where('environment_id', '=', environmentId).where('id', '=', id).execute();
}
