import type { Insertable } from 'kysely';
import type { Transaction } from '../db/handle.js';
import type { EnvironmentId } from '../ids.js';
import type { EventTable } from './event.table.js';

/** Takes `count` numbers; answers the first. Numbers of a unit that is rolled back are given out again. */
export async function takeSequence(trx: Transaction, environmentId: EnvironmentId, count: number): Promise<number> {
  const { last } = await trx
    .insertInto('event_sequences')
    .values({ environment_id: environmentId, last: count })
    .onConflict((conflict) =>
      conflict.column('environment_id').doUpdateSet((eb) => ({ last: eb('event_sequences.last', '+', count) })),
    )
    .returning('last')
    .executeTakeFirstOrThrow();
  return last - count + 1;
}

export async function insert(trx: Transaction, rows: readonly Insertable<EventTable>[]): Promise<void> {
  for (const row of rows) await trx.insertInto('events').values(row).execute();
}
