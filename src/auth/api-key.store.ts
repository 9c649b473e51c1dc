import { sql } from 'kysely';
import type { Instant } from '../clock.js';
import { findRows, primaryKey } from '../db/find-rows.js';
import type { Handle, Transaction } from '../db/handle.js';
import { keyset } from '../db/keyset.js';
import type { Row } from '../db/tables.js';
import { totalOf } from '../db/totals.js';
import type { ApiKeyId, EnvironmentId } from '../ids.js';
import { cutPage, type Page, type PageRequest } from '../paging.js';
import type { ApiKey } from './api-key.js';
import { scopesToText, toApiKey } from './api-key.table.js';

/** The one look-up that cannot begin with the environment: the secret is what tells which environment it is. */
export async function findBySecretHash(db: Handle, secretHash: string): Promise<ApiKey | null> {
  const { rows } = await sql<Row<'api_keys'>>`select * from api_keys indexed by api_keys_by_secret_hash
    where secret_hash = ${secretHash}`.execute(db);
  const [row] = rows;
  return row ? toApiKey(row) : null;
}

export async function findMany(
  db: Handle,
  environmentId: EnvironmentId,
  ids: readonly ApiKeyId[],
): Promise<Map<ApiKeyId, ApiKey>> {
  const rows = await findRows(db, primaryKey('api_keys', 'id'), environmentId, ids);
  return new Map(rows.map((row) => [row.id, toApiKey(row)]));
}

/** A page of the keys, newest first. */
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

/** Ends a key. */
export async function revoke(trx: Transaction, environmentId: EnvironmentId, id: ApiKeyId, at: Instant): Promise<void> {
  await trx
    .updateTable('api_keys')
    .set({ revoked_at: at })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .execute();
}

/** Gives a key an end, and the key that takes over. */
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

/** Notes that a key was used. */
export async function touch(trx: Transaction, environmentId: EnvironmentId, id: ApiKeyId, at: Instant): Promise<void> {
  await trx
    .updateTable('api_keys')
    .set({ last_used_at: at })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .execute();
}
