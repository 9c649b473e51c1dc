import { sql } from 'kysely';
import type { EnvironmentId, UserId } from '../ids.js';
import { cutPage, type Page, type PageRequest } from '../paging.js';
import type { Handle } from './handle.js';
import { keyset } from './keyset.js';
import { parentsOf } from './lists.js';

/**
 * One statement for the same slice of every user's list, newest first. Each user reads only its own first rows of the
 * index `(environment_id, user_id, id)`: the cost is users times page, however long the lists are.
 *
 * @param table has the columns `environment_id`, `user_id` and `id`, and rows of the type `Row`
 */
export async function pageByUsers<Row extends { id: string; user_id: UserId }, Item>(
  db: Handle,
  table: 'authorized_applications' | 'organization_memberships',
  environmentId: EnvironmentId,
  userIds: readonly UserId[],
  request: PageRequest,
  toItem: (row: Row) => Item,
): Promise<Map<UserId, Page<Item>>> {
  const { bounds, orderBy, limit } = keyset({ columns: ['slice.id'], descending: true }, request);
  const conditions = [sql`slice.environment_id = ${environmentId}`, sql`slice.user_id = parent.value`, ...bounds];
  const { rows } = await sql<Row>`
    select item.* from ${parentsOf(userIds)}
    join ${sql.table(table)} as item on item.environment_id = ${environmentId} and item.id in (
      select slice.id from ${sql.table(table)} as slice
      where ${sql.join(conditions, sql` and `)} order by ${orderBy} limit ${limit}
    )`.execute(db);

  const newestFirst = request.direction === 'forward' ? 1 : -1;
  rows.sort((a, b) => (a.id < b.id ? newestFirst : -newestFirst));
  const byUser = new Map(userIds.map((userId) => [userId, [] as Item[]]));
  for (const row of rows) byUser.get(row.user_id)?.push(toItem(row));
  return new Map([...byUser].map(([userId, items]) => [userId, cutPage(items, request)]));
}
