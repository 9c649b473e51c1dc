import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { compiled } from '../db/compiled.js';
import { findRows } from '../db/find-rows.js';
import type { Handle, Transaction } from '../db/handle.js';
import { type ComputedColumn, insertRows } from '../db/insert-rows.js';
import { keyset } from '../db/keyset.js';
import * as nested from '../db/nested.js';
import { isOneOf, larger, withoutIndex } from '../db/syntax.js';
import type { EnvironmentId, EventId, UserId } from '../domain/ids.js';
import type { Page, PageRequest } from '../paging/paging.js';
import type { Instant } from '../runtime/clock.js';
import type { EventFilter, EventLogState, LoggedEvent } from './event.js';
import { type EventRow, type EventTable, toEvent } from './event.table.js';
import type { EventName } from './event-data.js';

/** An event without what the log gives it: its place and its time. */
export type NewEventRow = Omit<EventTable, 'sequence' | 'created_at'>;

/**
 * Appends events to the log of an environment, at a time that is not before that of any earlier event. After a rollback,
 * the numbers are assigned again, so the sequence has no gaps. No statement waits for the answer of the other.
 */
export async function append(
  trx: Transaction,
  environmentId: EnvironmentId,
  events: readonly NewEventRow[],
  at: Instant,
): Promise<void> {
  const count = events.length;
  // Given is the distance to the last number taken.
  const rows = events.map((event, index) => ({ ...event, sequence: index + 1 - count }));
  await Promise.all([
    takeNumbers(trx, { environmentId, count, at }),
    insertRows(trx, 'events', rows, [SEQUENCE, CREATED_AT]),
  ]);
}

const takeNumbers = compiled<{ environmentId: EnvironmentId; count: number; at: Instant }, never>(
  (value) => sql`
    insert into event_sequences (environment_id, last, last_at, epoch)
    values (${value('environmentId')}, ${value('count')}, ${value('at')}, ${FIRST_EPOCH})
    on conflict (environment_id) do update set
      last = event_sequences.last + excluded.last, last_at = ${larger(sql.ref('event_sequences.last_at'), sql.ref('excluded.last_at'))}`,
);

const SEQUENCE: ComputedColumn = {
  name: 'sequence',
  from: (given) =>
    sql`${given('sequence')} + (select last from event_sequences where environment_id = ${given('environment_id')})`,
};

const CREATED_AT: ComputedColumn = {
  name: 'created_at',
  from: (given) => sql`(select last_at from event_sequences where environment_id = ${given('environment_id')})`,
};

const FIRST_EPOCH = '0';

/** The state of the log of an environment. */
export async function findLog(db: Handle, environmentId: EnvironmentId): Promise<EventLogState> {
  const row = await db
    .selectFrom('event_sequences')
    .select(['epoch', 'last', 'removed'])
    .where('environment_id', '=', environmentId)
    .executeTakeFirst();
  return row ?? { epoch: FIRST_EPOCH, last: 0, removed: 0 };
}

/** The states of all logs that have had an event. */
export function findLogs(
  db: Handle,
): Promise<(EventLogState & { readonly environment_id: EnvironmentId; readonly erased: number })[]> {
  return db.selectFrom('event_sequences').select(['environment_id', 'epoch', 'last', 'removed', 'erased']).execute();
}

/** Removes all events up to a sequence number. */
export async function removeUpTo(trx: Transaction, environmentId: EnvironmentId, sequence: number): Promise<void> {
  await trx
    .deleteFrom('events')
    .where('environment_id', '=', environmentId)
    .where('sequence', '<=', sequence)
    .execute();
  await trx
    .updateTable('event_sequences')
    .set({ removed: sequence })
    .where('environment_id', '=', environmentId)
    .where('removed', '<', sequence)
    .execute();
}

/** The newest events after a sequence number, in log order. */
export async function newestAfter(
  db: Handle,
  environmentId: EnvironmentId,
  after: number,
  limit: number,
): Promise<LoggedEvent[]> {
  const rows = await ofEnvironment(db, environmentId)
    .selectAll()
    .where('events.sequence', '>', after)
    .orderBy('events.sequence', 'desc')
    .limit(limit)
    .execute();
  return rows.reverse().map(toEvent);
}

/** Starts a new epoch in the log of every environment. */
export async function startEpoch(trx: Transaction, epoch: string): Promise<void> {
  await sql`
    insert into event_sequences (environment_id, last, last_at, epoch) select id, 0, '', ${epoch} from environments where true
    on conflict (environment_id) do update set epoch = excluded.epoch`.execute(trx);
}

/** The number of events with these names after a sequence number; counts up to `most`. */
export async function countAfter(
  db: Handle,
  environmentId: EnvironmentId,
  names: readonly EventName[],
  after: number,
  most: number,
): Promise<number> {
  const counted = ofEnvironment(db, environmentId)
    .select('sequence')
    .where(isOneOf(sql.ref('name'), names))
    .where('sequence', '>', after)
    .limit(most)
    .as('counted');
  const { total } = await db
    .selectFrom(counted)
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return total;
}

export async function findMany(
  db: Handle,
  environmentId: EnvironmentId,
  ids: readonly EventId[],
): Promise<Map<EventId, LoggedEvent>> {
  const rows = await findRows(db, { table: 'events', column: 'id', index: 'events_id_unique' }, environmentId, ids);
  return new Map(rows.map((row) => [row.id, toEvent(row)]));
}

/** The sequence number of the first event at or after `at`, or after `at` if `strictly`. Null when there is none. */
export async function firstSince(
  db: Handle,
  environmentId: EnvironmentId,
  at: Instant,
  strictly: boolean,
): Promise<number | null> {
  const row = await db
    .selectFrom('events')
    .select('sequence')
    .where('environment_id', '=', environmentId)
    .where('created_at', strictly ? '>' : '>=', at)
    .orderBy('created_at')
    .orderBy('sequence')
    .limit(1)
    .executeTakeFirst();
  return row?.sequence ?? null;
}

/** Conditions for a scan of the log. One of them uses an index in log order; the others are checked row by row. */
export type Walk = Pick<EventFilter, 'names' | 'userId' | 'organizationId'>;

/** The sequence number of the `examined`th row of a scan; null when the scan is shorter. */
export async function edgeOf(
  db: Handle,
  environmentId: EnvironmentId,
  walk: Walk,
  request: PageRequest,
  descending: boolean,
  examined: number,
): Promise<number | null> {
  const { bounds, orderBy } = keyset({ columns: ['events.sequence'], descending }, request);
  const row = await [indexOf(walk), ...bounds]
    .reduce((query, bound) => query.where(bound), ofEnvironment(db, environmentId))
    .select('sequence')
    .orderBy(orderBy)
    .limit(1)
    .offset(examined - 1)
    .executeTakeFirst();
  return row?.sequence ?? null;
}

const BY_NAME = { table: 'events', parent: 'name', index: 'events_by_name', position: 'sequence' } as const;

/** Reads up to `limit + 1` events in the direction of the request. */
export async function walk(
  db: Handle,
  environmentId: EnvironmentId,
  conditions: Walk,
  request: PageRequest,
  descending: boolean,
): Promise<LoggedEvent[]> {
  const { names, userId, organizationId } = conditions;
  if (names && userId === undefined && organizationId === undefined) {
    const list = { ...BY_NAME, descending } as const;
    // Read a slice for each name and merge them.
    const rows = await nested.slicesOf<EventRow>(db, list, environmentId, names, request);
    return nested
      .sortSlices(rows, list, request)
      .slice(0, request.limit + 1)
      .map(toEvent);
  }
  const { bounds, orderBy, limit } = keyset({ columns: ['events.sequence'], descending }, request);
  const rows = await [indexOf(conditions), ...residueOf(conditions), ...bounds]
    .reduce((query, bound) => query.where(bound), ofEnvironment(db, environmentId))
    .selectAll()
    .orderBy(orderBy)
    .limit(limit)
    .execute();
  return rows.map(toEvent);
}

function ofEnvironment(db: Handle, environmentId: EnvironmentId) {
  return db.selectFrom('events').where('events.environment_id', '=', environmentId);
}

/** The condition whose index is scanned. The user comes first: a user has fewer events than an organization. */
function indexOf({ userId, organizationId }: Walk): RawBuilder<SqlBool> {
  if (userId !== undefined) return sql`events.user_id = ${userId}`;
  return organizationId === undefined ? sql`true` : sql`events.organization_id = ${organizationId}`;
}

/** The other conditions. They are written so that no index is used for them and rows are read in log order. */
function residueOf({ names, userId, organizationId }: Walk): RawBuilder<SqlBool>[] {
  return [
    ...(names ? [isOneOf(withoutIndex('events.name'), names)] : []),
    ...(userId !== undefined && organizationId !== undefined
      ? [sql<SqlBool>`${withoutIndex('events.organization_id')} = ${organizationId}`]
      : []),
  ];
}

const BY_USER = {
  table: 'events',
  parent: 'user_id',
  index: 'events_by_user',
  position: 'sequence',
  descending: true,
} as const;

/** Reads the same slice of the events of each user, newest first, in one statement. */
export function pageByUsers(
  db: Handle,
  environmentId: EnvironmentId,
  userIds: readonly UserId[],
  request: PageRequest,
): Promise<Map<UserId, Page<LoggedEvent>>> {
  return nested.pageByParents(db, BY_USER, environmentId, userIds, request, toEvent);
}
