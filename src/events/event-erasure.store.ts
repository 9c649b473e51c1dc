import { sql } from 'kysely';
import type { Transaction } from '../db/handle.js';
import type { EnvironmentId, UserId } from '../domain/ids.js';
import type { LoggedEvent } from './event.js';

/** Replaces the data of events. Only erasure changes events after they are written. */
export async function rewrite(
  trx: Transaction,
  environmentId: EnvironmentId,
  events: readonly (Pick<LoggedEvent, 'sequence'> & { readonly data: object; readonly previous: object | null })[],
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

/** Replaces the actor name in up to `limit` events caused by a person. @returns the number of events changed */
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

/** Records the sequence number of the last deletion that was processed. */
export async function markErased(trx: Transaction, environmentId: EnvironmentId, sequence: number): Promise<void> {
  await trx
    .updateTable('event_sequences')
    .set({ erased: sequence })
    .where('environment_id', '=', environmentId)
    .where('erased', '<', sequence)
    .execute();
}
