import { sql } from 'kysely';
import { findRows, primaryKey } from '../db/find-rows.js';
import type { Handle, Transaction } from '../db/handle.js';
import { keyset } from '../db/keyset.js';
import { byIndex, type LastCommit, lastCommit, toAsOf } from '../db/syntax.js';
import type { Row } from '../db/tables.js';
import { totalOf } from '../db/totals.js';
import type { AsOf } from '../domain/as-of.js';
import type { ApiKeyId, EnvironmentId } from '../domain/ids.js';
import { cutPage, type Page, type PageRequest } from '../paging/paging.js';
import type { Instant } from '../runtime/clock.js';
import type { ApiKey } from './api-key.js';
import { scopesToText, toApiKey } from './api-key.table.js';

type KeyRow = Row<'api_keys'> & LastCommit;

/**
 * Finds a key by its secret, in all environments. The key determines the environment, and what the reads of its request
 * must see.
 */
export async function findBySecretHash(
  db: Handle,
  secretHash: string,
): Promise<{ readonly key: ApiKey; readonly asOf: AsOf | null } | null> {
  const { rows } = await sql<KeyRow>`select *, ${lastCommit('api_keys.environment_id')} as last_commit
    from api_keys ${byIndex('api_keys_by_secret_hash')} where secret_hash = ${secretHash}`.execute(db);
  const [row] = rows;
  return row ? { key: toApiKey(row), asOf: toAsOf(row) } : null;
}

export async function findMany(
  db: Handle,
  environmentId: EnvironmentId,
  ids: readonly ApiKeyId[],
): Promise<Map<ApiKeyId, ApiKey>> {
  const rows = await findRows(db, primaryKey('api_keys', 'id'), environmentId, ids);
  return new Map(rows.map((row) => [row.id, toApiKey(row)]));
}

/** Reads a page of keys, newest first. */
export async function page(db: Handle, environmentId: EnvironmentId, request: PageRequest): Promise<Page<ApiKey>> {
  const { bounds, orderBy, limit } = keyset({ columns: ['api_keys.id'], descending: true }, request);
  const rows = await bounds
    .reduce((query, bound) => query.where(bound), db.selectFrom('api_keys').where('environment_id', '=', environmentId))
    .selectAll()
    .orderBy(orderBy)
    .limit(limit)
    .execute();
  return cutPage(rows.map(toApiKey), request);
}

export function count(db: Handle, environmentId: EnvironmentId): Promise<number> {
  return totalOf(db, environmentId, 'api_keys');
}

/** Lists every key of an environment, oldest first. Keys are created by hand, so there are few. */
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

/** Revokes a key. */
export async function revoke(trx: Transaction, environmentId: EnvironmentId, id: ApiKeyId, at: Instant): Promise<void> {
  await trx
    .updateTable('api_keys')
    .set({ revoked_at: at })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .execute();
}

/** Sets the expiry and the successor of a key. */
export async function replace(
  trx: Transaction,
  environmentId: EnvironmentId,
  id: ApiKeyId,
  replacedBy: ApiKeyId,
  expiresAt: Instant,
): Promise<void> {
  await trx
    .updateTable('api_keys')
    .set({ replaced_by: replacedBy, expires_at: expiresAt })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .execute();
}

/** Stores when a key was last used. */
export async function touch(trx: Transaction, environmentId: EnvironmentId, id: ApiKeyId, at: Instant): Promise<void> {
  await trx
    .updateTable('api_keys')
    .set({ last_used_at: at })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .execute();
}
