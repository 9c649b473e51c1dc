import { sql } from 'kysely';
import type { Instant } from '../clock.js';
import type { Handle, Transaction } from '../db/handle.js';
import type { EnvironmentId, UserId } from '../ids.js';
import type { LoggedEvent } from './event.js';
import { ofEnvironment } from './event.store.js';
import { toEvent } from './event.table.js';

/** The first deletion of a user behind a number, if it was at this time or before. */
export async function nextDeletion(
  db: Handle,
  environmentId: EnvironmentId,
  after: number,
  until: Instant,
): Promise<LoggedEvent | null> {
  const row = await ofEnvironment(db, environmentId)
    .selectAll()
    .where('name', '=', 'user.deleted')
    .where('sequence', '>', after)
    .orderBy('sequence')
    .limit(1)
    .executeTakeFirst();
  return row && row.created_at <= until ? toEvent(row) : null;
}

/** Events of a user behind a number, in the order of the log. */
export async function ofUser(
  db: Handle,
  environmentId: EnvironmentId,
  userId: UserId,
  after: number,
  limit: number,
): Promise<LoggedEvent[]> {
  const rows = await ofEnvironment(db, environmentId)
    .selectAll()
    .where('user_id', '=', userId)
    .where('sequence', '>', after)
    .orderBy('sequence')
    .limit(limit)
    .execute();
  return rows.map(toEvent);
}

/** Writes other contents in the place of those of events: the one change of what was written. */
export async function rewrite(
  trx: Transaction,
  environmentId: EnvironmentId,
  events: readonly Pick<LoggedEvent, 'sequence' | 'data' | 'previous'>[],
): Promise<void> {
  for (const { sequence, data, previous } of events) {
    await trx
      .updateTable('events')
      .set({ data: JSON.stringify(data), previous: previous && JSON.stringify(previous) })
      .where('environment_id', '=', environmentId)
      .where('sequence', '=', sequence)
      .execute();
  }
}

/** Writes another name where a person is the actor of events. @returns of how many, `limit` at most */
export async function renameActor(
  trx: Transaction,
  environmentId: EnvironmentId,
  userId: UserId,
  name: string,
  limit: number,
): Promise<number> {
  const acted = trx
    .selectFrom('events as acted')
    .select('acted.sequence')
    .where('acted.environment_id', '=', environmentId)
    .where('acted.actor_source', '=', sql.lit('PERSON'))
    .where('acted.actor_id', '=', userId)
    .where('acted.actor_name', '<>', name)
    .limit(limit);
  const { numUpdatedRows } = await trx
    .updateTable('events')
    .set({ actor_name: name })
    .where('environment_id', '=', environmentId)
    .where('sequence', 'in', acted)
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

/** Notes up to which deletion users were erased. */
export async function markErased(trx: Transaction, environmentId: EnvironmentId, sequence: number): Promise<void> {
  await trx
    .updateTable('event_sequences')
    .set({ erased: sequence })
    .where('environment_id', '=', environmentId)
    .where('erased', '<', sequence)
    .execute();
}
