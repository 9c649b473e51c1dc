import { type RawBuilder, sql } from 'kysely';
import type { EnvironmentId } from '../../domain/ids.js';
import { noteExamined } from '../../scheduling/request-life.js';
import type { UserRow } from '../../users/user.table.js';
import type { UserFinder } from '../../users/user-finder.js';
import { COUNT_ADVICE, ROWS_OF_WORDS } from '../../users/user-query.js';
import type { Handle } from '../handle.js';
import { indexOrder } from '../syntax.js';
import { MAX_ROWS_COUNTED, NotCountableError } from '../totals.js';
import { accessPathsFor, fullScan, searchScan } from './index-scan.js';
import { cheapestPlan, type UnorderedPlan } from './plan.js';
import { toPredicate } from './predicate.js';
import { matchesSearch, type ResolvedQuery, resolveQuery } from './query.js';

/** Counts exactly: from a stored total, or by examining at most `MAX_ROWS_COUNTED` rows. */
export const count: UserFinder['count'] = async (db, environmentId, userQuery) => {
  const query = await resolveQuery(db, environmentId, userQuery);
  if (!query) return 0;
  const stored = await storedTotal(db, query);
  if (stored !== null) return stored;
  const plan = await planCount(db, query);
  if (!plan) throw new NotCountableError('users', COUNT_ADVICE);
  if (plan.checksSearch) return countInMemory(db, query, plan);
  const { examined, total } = await countRows(db, query, plan, Number.POSITIVE_INFINITY);
  if (examined > MAX_ROWS_COUNTED) throw new NotCountableError('users', COUNT_ADVICE);
  return total;
};

/** Counts up to `limit`, and examines at most `MAX_ROWS_COUNTED` rows. */
export const countUpTo: UserFinder['countUpTo'] = async (db, environmentId, userQuery, limit) => {
  const query = await resolveQuery(db, environmentId, userQuery);
  if (!query) return { value: 0, isExact: true };
  const stored = await storedTotal(db, query);
  if (stored !== null) return { value: Math.min(stored, limit), isExact: stored <= limit };
  const plan = (await planCount(db, query)) ?? fullPlan(query);
  if (plan.checksSearch) {
    const total = await countInMemory(db, query, plan);
    return { value: Math.min(total, limit), isExact: total <= limit };
  }
  const { examined, total } = await countRows(db, query, plan, limit);
  if (total > limit) return { value: limit, isExact: false };
  return { value: total, isExact: examined <= MAX_ROWS_COUNTED };
};

/** Number of users in the environment, from its stored total; with `verified`, of those with such an address only. */
export async function countAll(db: Handle, environmentId: EnvironmentId, verified?: boolean): Promise<number> {
  const { total } = await db
    .selectFrom('user_totals')
    .select((eb) => eb.fn.sum<number | null>('users').as('total'))
    .where('environment_id', '=', environmentId)
    .$if(verified !== undefined, (query) => query.where('email_verified', '=', verified ? 1 : 0))
    .executeTakeFirstOrThrow();
  return total ?? 0;
}

/** A total that every write keeps up to date: all users, verified users, members of one organization. Null for others. */
async function storedTotal(db: Handle, { environmentId, conditions, search }: ResolvedQuery): Promise<number | null> {
  if (search !== null || conditions.length > 1) return null;
  const [condition] = conditions;
  if (!condition) return countAll(db, environmentId);
  if (condition.kind === 'verified') return countAll(db, environmentId, condition.value);
  const [organizationId, ...others] = condition.kind === 'member' ? condition.ids : [];
  if (organizationId === undefined || others.length > 0) return null;
  const row = await db
    .selectFrom('organization_totals')
    .select((eb) => eb.fn.sum<number | null>('users').as('total'))
    .where('environment_id', '=', environmentId)
    .where('organization_id', '=', organizationId)
    .executeTakeFirst();
  return row?.total ?? 0;
}

/** The plan that examines the fewest rows: all users when no index serves a condition; null when no plan is within the limit. */
async function planCount(db: Handle, query: ResolvedQuery): Promise<UnorderedPlan | null> {
  const { environmentId, conditions, found } = query;
  const [path, ...others] = accessPathsFor(environmentId, conditions, 'CREATED_AT');
  if (found === null && !path) return fullPlan(query);
  if (found === null && path && 'scan' in path && others.length === 0) {
    const residual = conditions.filter((one) => one !== path.condition || !path.scan.exact);
    return { scan: path.scan, residual, checksSearch: false };
  }
  return cheapestPlan(db, query, 'CREATED_AT', MAX_ROWS_COUNTED);
}

/** All users, or all that the search finds; every condition is checked on each of them. */
function fullPlan({ environmentId, conditions, found }: ResolvedQuery): UnorderedPlan {
  const scan = found === null ? fullScan(environmentId, 'CREATED_AT') : searchScan(environmentId, found);
  return { scan, residual: conditions, checksSearch: false };
}

/** The rows of a scan, joined with their users where a condition remains to be checked. */
function rowsOf({ scan, residual }: UnorderedPlan): RawBuilder<unknown> {
  const join = residual.length === 0 ? sql`` : (scan.join ?? sql``);
  return sql`${scan.from} ${join} where ${sql.join(scan.where, sql` and `)}`;
}

/** Whether a row matches. */
function residualOf({ environmentId }: ResolvedQuery, { residual }: UnorderedPlan): RawBuilder<unknown> {
  if (residual.length === 0) return sql`true`;
  return sql.join(
    residual.map((condition) => toPredicate(environmentId, condition)),
    sql` and `,
  );
}

/**
 * Counts the rows of a plan that match, in steps, because each statement blocks all other requests. Stops after more than
 * `enough` matches, and after `MAX_ROWS_COUNTED` rows and one more.
 */
async function countRows(
  db: Handle,
  query: ResolvedQuery,
  plan: UnorderedPlan,
  enough: number,
): Promise<{ readonly examined: number; readonly total: number }> {
  const most = MAX_ROWS_COUNTED + 1;
  const key = keyOf(plan);
  const atOnce = key === null ? most : plan.residual.length === 0 ? ENTRIES_AT_ONCE : USERS_AT_ONCE;
  let [examined, total] = [0, 0];
  let last: string | number | null = null;
  for (;;) {
    const size = Math.min(atOnce, most - examined);
    const found = await countStep(db, query, plan, key, last, size);
    examined += found.examined;
    total += found.total;
    last = found.last;
    noteExamined(found.examined);
    if (found.examined < size || examined === most || total > enough) return { examined, total };
  }
}

/** What one statement counts: some milliseconds of work. */
const ENTRIES_AT_ONCE = 10_000;
const USERS_AT_ONCE = 500;

/** The column by which the scan of a plan is cut into steps; null when its rows have no order by one column. */
function keyOf({ scan }: UnorderedPlan): string | null {
  const [column, ...others] = scan.orders.CREATED_AT ?? [];
  return column === undefined || others.length > 0 ? null : column;
}

async function countStep(
  db: Handle,
  query: ResolvedQuery,
  plan: UnorderedPlan,
  key: string | null,
  after: string | number | null,
  size: number,
): Promise<{ readonly examined: number; readonly total: number; readonly last: string | number | null }> {
  const column = key === null ? sql`null` : sql.ref(key);
  const rest = after === null ? sql`` : sql` and ${column} > ${after}`;
  const order = key === null ? indexOrder(plan.scan.columns) : sql`order by ${column}`;
  const { rows } = await sql<{ examined: number; total: number; last: string | number | null }>`
    select count(*) as examined, count(*) filter (where meant) as total, max(key) as last from (
      select ${residualOf(query, plan)} as meant, ${column} as key from ${rowsOf(plan)}${rest} ${order} limit ${size}) as row`.execute(
    db,
  );
  return rows[0] ?? { examined: 0, total: 0, last: null };
}

/** Checks the search on each user that the plan finds, at most `MAX_ROWS_SEARCHED`. */
async function countInMemory(db: Handle, query: ResolvedQuery, { scan, residual }: UnorderedPlan): Promise<number> {
  const conditions = [...scan.where, ...residual.map((condition) => toPredicate(query.environmentId, condition))];
  const { rows } = await sql<UserRow>`select users.* from ${scan.from} ${scan.join ?? sql``}
    where ${sql.join(conditions, sql` and `)}`.execute(db);
  noteExamined(rows.length * ROWS_OF_WORDS);
  return rows.filter((row) => matchesSearch(query, row)).length;
}
