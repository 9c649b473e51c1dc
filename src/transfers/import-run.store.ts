import type { Handle, Transaction } from '../db/handle.js';
import type { ImportPlan, ImportRun } from './import-run.js';
import { toImportRun, toImportRunRow } from './import-run.table.js';

export async function find(db: Handle, plan: ImportPlan): Promise<ImportRun | null> {
  const row = await db
    .selectFrom('user_imports')
    .selectAll()
    .where('environment_id', '=', plan.environmentId)
    .where('source', '=', plan.source)
    .where('format', '=', plan.format)
    .where('policy', '=', plan.policy)
    .executeTakeFirst();
  return row ? toImportRun(row) : null;
}

export async function insert(trx: Transaction, value: ImportRun): Promise<void> {
  await trx.insertInto('user_imports').values(toImportRunRow(value)).execute();
}

/** Replaces `before` by `next`. Returns false when another process has changed the row meanwhile. */
export async function replace(trx: Transaction, before: ImportRun, next: ImportRun): Promise<boolean> {
  const { environment_id, source, format, policy, ...columns } = toImportRunRow(next);
  const { numUpdatedRows } = await trx
    .updateTable('user_imports')
    .set(columns)
    .where('environment_id', '=', environment_id)
    .where('source', '=', source)
    .where('format', '=', format)
    .where('policy', '=', policy)
    .where('line', '=', before.position?.line ?? 0)
    .where('started_at', '=', before.startedAt)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function remove(trx: Transaction, plan: ImportPlan): Promise<void> {
  await trx
    .deleteFrom('user_imports')
    .where('environment_id', '=', plan.environmentId)
    .where('source', '=', plan.source)
    .where('format', '=', plan.format)
    .where('policy', '=', plan.policy)
    .execute();
}
