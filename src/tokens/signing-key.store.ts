import type { Handle, Transaction } from '../db/handle.js';
import { lastCommit, toAsOf } from '../db/syntax.js';
import type { AsOf } from '../domain/as-of.js';
import type { EnvironmentId, SigningKeyId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';
import type { SigningKey } from './signing-key.js';
import { toSigningKey, toSigningKeyRow } from './signing-key.table.js';

/**
 * Finds a key by its `kid`, in all environments. The key determines the environment of a token, and what the reads of its
 * request must see.
 */
export async function findById(
  db: Handle,
  id: SigningKeyId,
): Promise<{ readonly key: SigningKey; readonly asOf: AsOf | null } | null> {
  const row = await db
    .selectFrom('signing_keys')
    .selectAll()
    .select(lastCommit('signing_keys.environment_id').as('last_commit'))
    .where('id', '=', id)
    .executeTakeFirst();
  return row ? { key: toSigningKey(row), asOf: toAsOf(row) } : null;
}

/** Returns the current key. */
export async function findCurrent(db: Handle, environmentId: EnvironmentId): Promise<SigningKey | null> {
  const row = await db
    .selectFrom('signing_keys')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('retired_at', 'is', null)
    .orderBy('id', 'desc')
    .executeTakeFirst();
  return row ? toSigningKey(row) : null;
}

/** Lists the keys of an environment that were not retired before `since`, newest first. */
export async function list(db: Handle, environmentId: EnvironmentId, since: Instant): Promise<SigningKey[]> {
  const rows = await db
    .selectFrom('signing_keys')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where((eb) => eb.or([eb('retired_at', 'is', null), eb('retired_at', '>=', since)]))
    .orderBy('id', 'desc')
    .execute();
  return rows.map(toSigningKey);
}

export async function insert(trx: Transaction, key: SigningKey): Promise<void> {
  await trx.insertInto('signing_keys').values(toSigningKeyRow(key)).execute();
}

/** Retires the current keys of the environment. */
export async function retireAll(trx: Transaction, environmentId: EnvironmentId, at: Instant): Promise<void> {
  await trx
    .updateTable('signing_keys')
    .set({ retired_at: at })
    .where('environment_id', '=', environmentId)
    .where('retired_at', 'is', null)
    .execute();
}

/** Deletes the keys that were retired before `before`. */
export async function removeBefore(trx: Transaction, environmentId: EnvironmentId, before: Instant): Promise<void> {
  await trx
    .deleteFrom('signing_keys')
    .where('environment_id', '=', environmentId)
    .where('retired_at', '<', before)
    .execute();
}
