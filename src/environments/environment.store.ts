import type { Handle, Transaction } from '../db/handle.js';
import type { EnvironmentId } from '../ids.js';
import type { Environment } from './environment.js';
import { toEnvironment } from './environment.table.js';

export async function find(db: Handle, id: EnvironmentId): Promise<Environment | null> {
  const row = await db.selectFrom('environments').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? toEnvironment(row) : null;
}

export async function findByName(db: Handle, name: string): Promise<Environment | null> {
  const row = await db.selectFrom('environments').selectAll().where('name', '=', name).executeTakeFirst();
  return row ? toEnvironment(row) : null;
}

/** Up to `limit` environments by name, those after `after`. */
export async function page(db: Handle, after: string, limit: number): Promise<Environment[]> {
  const rows = await db
    .selectFrom('environments')
    .selectAll()
    .where('name', '>', after)
    .orderBy('name')
    .limit(limit)
    .execute();
  return rows.map(toEnvironment);
}

export async function insert(trx: Transaction, { id, name, kind, createdAt }: Environment): Promise<void> {
  await trx.insertInto('environments').values({ id, name, kind, created_at: createdAt }).execute();
}
