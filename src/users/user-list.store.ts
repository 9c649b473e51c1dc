import { type RawBuilder, sql } from 'kysely';
import type { Handle } from '../db/handle.js';
import type { EnvironmentId, UserId } from '../ids.js';
import { cutPage, EMPTY_PAGE, type Page, type PageRequest, type Position } from '../paging.js';
import { noteExamined } from '../scheduling/request-life.js';
import type { User, UserOrder } from './user.js';
import { toUser, type UserRow } from './user.table.js';
import { partsOf } from './user-condition.js';
import { holds } from './user-condition.store.js';
import { type Bound, boundsOf, choose, conditionsOn, type Walk, walksOf } from './user-plan.store.js';
import {
  MAX_ROWS_EXAMINED,
  MAX_ROWS_SEARCHED,
  NotSelectiveError,
  ROWS_OF_WORDS,
  type UserQuery,
} from './user-query.js';
import { isFound, type Search, SPACE, searchableText } from './user-search.js';
import * as index from './user-search.store.js';

/** A page, and where each of its users stands in the list. */
export interface UserPage extends Page<User> {
  readonly positions: ReadonlyMap<UserId, Position>;
}

/** What is known of a query before it runs: the conditions, and the search as the index understands it. */
export interface Question {
  readonly environmentId: EnvironmentId;
  readonly parts: ReturnType<typeof partsOf>;
  readonly match: string | null;
  readonly search: Search | null;
  /** Numbers of search entries begin behind it. */
  readonly base: number;
}

/** Null when it is clear that nobody is meant. */
export async function ask(db: Handle, environmentId: EnvironmentId, query: UserQuery): Promise<Question | null> {
  const parts = partsOf(query.condition);
  if (parts.some((part) => part.kind === 'any' && part.of.length === 0)) return null;
  if (!query.search) return { environmentId, parts, match: null, search: null, base: 0 };
  const space = await index.findSpace(db, environmentId);
  if (space === null || query.search.words.length === 0) return null;
  const match = index.matchOf(space, query.search.words);
  return { environmentId, parts, match, search: query.search, base: space * SPACE };
}

/**
 * One page of the users who are asked for. It reads an index in the order of the list, or sorts what another index
 * leads to; either way it looks at no more than `MAX_ROWS_EXAMINED` rows that may turn out not to be meant.
 *
 * @throws {NotSelectiveError} when they would not be enough
 */
export async function page(
  db: Handle,
  environmentId: EnvironmentId,
  query: UserQuery,
  order: UserOrder,
  request: PageRequest,
): Promise<UserPage> {
  const question = await ask(db, environmentId, query);
  if (!question) return { ...EMPTY_PAGE, positions: new Map() };
  const walks = walksOf(question, order.field);
  const free = walks.find(({ left, searches }) => left.length === 0 && !searches);
  const plan = free ? null : await choose(db, question, order.field, walks);
  const walk = free ?? plan?.walk;
  if (!walk) throw new NotSelectiveError(question.parts, order.field, question.match !== null);
  const bounds = boundsOf(walk, question, order, request);
  const end = plan?.isBounded ? await endOf(db, walk, bounds, order, request) : null;
  const rows = await read(db, question, walk, end ? withEnd(bounds, end, order, request) : bounds, order, request);
  // Only SQLite knows how many rows it looked at: as many as it may, or all there are where they are fewer.
  if (plan?.isBounded) noteExamined(end ? MAX_ROWS_EXAMINED : await countAll(db, environmentId));
  if (end && rows.length <= request.limit) {
    throw new NotSelectiveError(walk.left, order.field, question.match !== null);
  }
  const cut = cutPage(rows, request);
  const positions = new Map(cut.items.map((row) => [row.id, positionOf(row, order, question)]));
  return { ...cut, items: cut.items.map(toUser), positions };
}

/** How many users the environment has, from their counter; only those whose address is verified, or is not. */
export async function countAll(db: Handle, environmentId: EnvironmentId, verified?: boolean): Promise<number> {
  const { total } = await db
    .selectFrom('user_totals')
    .select((eb) => eb.fn.sum<number | null>('users').as('total'))
    .where('environment_id', '=', environmentId)
    .$if(verified !== undefined, (query) => query.where('email_verified', '=', verified ? 1 : 0))
    .executeTakeFirstOrThrow();
  return total ?? 0;
}

function positionOf(row: UserRow, { field }: UserOrder, { match, base }: Question): Position {
  switch (field) {
    case 'CREATED_AT':
      return match === null ? [row.id] : [String(row.search_number - base)];
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
  question: Question,
  walk: Walk,
  bounds: readonly Bound[],
  order: UserOrder,
  request: PageRequest,
): Promise<UserRow[]> {
  const { source, columns, left, searches } = walk;
  const residual = left.map((condition) => holds(question.environmentId, condition));
  const conditions = [...source.where, ...conditionsOn(walk, bounds), ...residual];
  const limit = request.limit + 1;
  const { rows } = await sql<UserRow>`select users.* from ${source.from} ${source.join ?? sql``}
    where ${sql.join(conditions, sql` and `)}
    order by ${orderBy(columns, descends(order, request))}
    limit ${searches ? MAX_ROWS_SEARCHED + 1 : limit}`.execute(db);
  if (!searches) return rows;
  noteExamined(rows.length * ROWS_OF_WORDS);
  return rows.filter((row) => isMeant(question, row)).slice(0, limit);
}

/** Whether the search finds the user; for the few whom another condition leads to. */
export function isMeant({ search }: Question, row: UserRow): boolean {
  return search === null || isFound(search, searchableText(toUser(row)));
}

/** Where the first row stands that may not be looked at; null when the walk ends before it. */
async function endOf(
  db: Handle,
  walk: Walk,
  bounds: readonly Bound[],
  order: UserOrder,
  request: PageRequest,
): Promise<(string | number)[] | null> {
  const { source, columns } = walk;
  const keys = columns.map((column, position) => sql`${sql.ref(column)} as ${sql.ref(`k${position}`)}`);
  const { rows } = await sql<Record<string, string | number>>`select ${sql.join(keys)} from ${source.from}
    where ${sql.join([...source.where, ...conditionsOn(walk, bounds)], sql` and `)}
    order by ${orderBy(columns, descends(order, request))} limit 1 offset ${MAX_ROWS_EXAMINED}`.execute(db);
  return rows[0] ? Object.values(rows[0]) : null;
}

/** The end is inside the bounds, so it takes the place of the one at that side. */
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
