import { type RawBuilder, sql } from 'kysely';
import { cutPage, EMPTY_PAGE, type PageRequest, type Position } from '../../paging/paging.js';
import { noteExamined } from '../../scheduling/request-life.js';
import type { UserOrder } from '../../users/user.js';
import { toUser, type UserRow } from '../../users/user.table.js';
import type { UserFinder } from '../../users/user-finder.js';
import { MAX_ROWS_EXAMINED, MAX_ROWS_SEARCHED, NotSelectiveError, ROWS_OF_WORDS } from '../../users/user-query.js';
import type { Handle } from '../handle.js';
import { foundFirst } from '../syntax.js';
import { type Bound, boundsOf, conditionsOn } from './bounds.js';
import { countAll } from './count.js';
import { choosePlan, orderedPlans, type Plan } from './plan.js';
import { toPredicate } from './predicate.js';
import { matchesSearch, type ResolvedQuery, resolveQuery } from './query.js';

/**
 * Reads one page of users. Either reads an index in the order of the list, or sorts the rows of another index; in both
 * cases at most `MAX_ROWS_EXAMINED` rows are examined that may turn out not to match.
 */
export const page: UserFinder['page'] = async (db, environmentId, userQuery, order, request) => {
  const query = await resolveQuery(db, environmentId, userQuery);
  if (!query) return { ...EMPTY_PAGE, positions: new Map() };
  const plans = orderedPlans(query, order.field);
  const exact = plans.find(({ residual, checksSearch }) => residual.length === 0 && !checksSearch);
  const chosen = exact ? { plan: exact, isBounded: false } : await choosePlan(db, query, order.field, plans);
  if (!chosen) throw new NotSelectiveError(query.conditions, order.field, query.found !== null);
  const { plan, isBounded } = chosen;
  const bounds = boundsOf(plan, query, order, request);
  const end = isBounded ? await endOf(db, plan, bounds, order, request) : null;
  const rows = await read(db, query, plan, end ? withEnd(bounds, end, order, request) : bounds, order, request);
  // The engine does not tell how many rows it examined: at most the limit, or all rows where there are fewer.
  if (isBounded) noteExamined(end ? MAX_ROWS_EXAMINED : await countAll(db, environmentId));
  if (end && rows.length <= request.limit) {
    throw new NotSelectiveError(plan.residual, order.field, query.found !== null);
  }
  const cut = cutPage(rows, request);
  const positions = new Map(cut.items.map((row) => [row.id, positionOf(row, order, query)]));
  return { ...cut, items: cut.items.map(toUser), positions };
};

function positionOf(row: UserRow, { field }: UserOrder, { found }: ResolvedQuery): Position {
  switch (field) {
    case 'CREATED_AT':
      return found === null ? [row.id] : [String(row.search_number - found.base)];
    case 'EMAIL':
      return [row.email_normal];
    case 'UPDATED_AT':
      return [row.updated_at, row.id];
    case 'LAST_SIGN_IN_AT':
      return [row.last_sign_in_order, row.id];
    case 'NAME':
      return [row.name_normal, row.id];
  }
}

async function read(
  db: Handle,
  query: ResolvedQuery,
  plan: Plan,
  bounds: readonly Bound[],
  order: UserOrder,
  request: PageRequest,
): Promise<UserRow[]> {
  const { scan, columns, residual, checksSearch, isSorted = false } = plan;
  const predicates = residual.map((condition) => toPredicate(query.environmentId, condition));
  const conditions = [...scan.where, ...conditionsOn(plan, bounds), ...predicates];
  const limit = request.limit + 1;
  const found = sql`select users.* from ${scan.from} ${scan.join ?? sql``} where ${sql.join(conditions, sql` and `)}`;
  const { rows } = await sql<UserRow>`${isSorted ? foundFirst(found) : found}
    order by ${orderBy(columns, descends(order, request))}
    limit ${checksSearch ? MAX_ROWS_SEARCHED + 1 : limit}`.execute(db);
  if (!checksSearch) return rows;
  noteExamined(rows.length * ROWS_OF_WORDS);
  return rows.filter((row) => matchesSearch(query, row)).slice(0, limit);
}

/** Position of the first row beyond the limit of examined rows; null when the scan ends before it. */
async function endOf(
  db: Handle,
  plan: Plan,
  bounds: readonly Bound[],
  order: UserOrder,
  request: PageRequest,
): Promise<(string | number)[] | null> {
  const { scan, columns } = plan;
  const keys = columns.map((column, position) => sql`${sql.ref(column)} as ${sql.ref(`k${position}`)}`);
  const { rows } = await sql<Record<string, string | number>>`select ${sql.join(keys)} from ${scan.from}
    where ${sql.join([...scan.where, ...conditionsOn(plan, bounds)], sql` and `)}
    order by ${orderBy(columns, descends(order, request))} limit 1 offset ${MAX_ROWS_EXAMINED}`.execute(db);
  return rows[0] ? Object.values(rows[0]) : null;
}

/** The end lies inside the bounds, so it replaces the bound on its side. */
function withEnd(
  bounds: readonly Bound[],
  values: (string | number)[],
  order: UserOrder,
  request: PageRequest,
): Bound[] {
  const side = descends(order, request) ? 'lower' : 'upper';
  return [...bounds.filter((bound) => bound.side !== side), { side, values, inclusive: false }];
}

function descends({ direction }: UserOrder, request: PageRequest): boolean {
  return (direction === 'DESC') !== (request.direction === 'backward');
}

function orderBy(columns: readonly string[], descending: boolean): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql`${sql.ref(column)} ${sql.raw(descending ? 'desc' : 'asc')}`));
}
