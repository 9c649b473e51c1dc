import type { Handle, Transaction } from '../db/handle.js';
import type { EnvironmentId } from '../domain/ids.js';
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

/** Lists up to `limit` environments ordered by name, after the name `after`. */
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

export async function insert(trx: Transaction, environment: Environment): Promise<void> {
  const { id, name, kind, createdAt, signIn } = environment;
  const row = { id, name, kind, created_at: createdAt, sign_in: signIn ? 1 : 0 } as const;
  await trx.insertInto('environments').values(row).execute();
}

export async function setSignIn(trx: Transaction, id: EnvironmentId, signIn: boolean): Promise<void> {
  await trx
    .updateTable('environments')
    .set({ sign_in: signIn ? 1 : 0 })
    .where('id', '=', id)
    .execute();
}
