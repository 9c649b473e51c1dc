import type { Instant } from '../clock.js';
import type { Handle, Transaction } from '../db/handle.js';
import type { ApiKeyId, EnvironmentId } from '../ids.js';
import type { ApiKey } from './api-key.js';
import { scopesToText, toApiKey } from './api-key.table.js';

/** The one look-up that cannot begin with the environment: the secret is what tells which environment it is. */
export async function findBySecretHash(db: Handle, secretHash: string): Promise<ApiKey | null> {
  const row = await db.selectFrom('api_keys').selectAll().where('secret_hash', '=', secretHash).executeTakeFirst();
  return row ? toApiKey(row) : null;
}

/** Every key of an environment, oldest first. An operator makes them by hand, so there are few. */
export async function list(db: Handle, environmentId: EnvironmentId): Promise<ApiKey[]> {
  const rows = await db
    .selectFrom('api_keys')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .orderBy('id')
    .execute();
  return rows.map(toApiKey);
}

export async function insert(trx: Transaction, key: ApiKey, secretHash: string): Promise<void> {
  await trx
    .insertInto('api_keys')
    .values({
      environment_id: key.environmentId,
      id: key.id,
      name: key.name,
      secret_hash: secretHash,
      hint: key.hint,
      scopes: scopesToText(key.scopes),
      created_at: key.createdAt,
      revoked_at: key.revokedAt,
      expires_at: key.expiresAt,
      last_used_at: key.lastUsedAt,
      replaced_by: key.replacedBy,
    })
    .execute();
}

/** Ends a key now. Tells whether there was one to end. */
export async function revoke(
  trx: Transaction,
  environmentId: EnvironmentId,
  id: ApiKeyId,
  at: Instant,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('api_keys')
    .set({ revoked_at: at })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}
