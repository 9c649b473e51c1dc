import { sql } from 'kysely';
import type { EnvironmentId } from '../../domain/ids.js';
import { noteExamined } from '../../scheduling/request-life.js';
import type { UserOrderField } from '../../users/user.js';
import type { Condition } from '../../users/user-condition.js';
import { MAX_ROWS_EXAMINED, MAX_ROWS_SEARCHED } from '../../users/user-query.js';
import type { Handle } from '../handle.js';
import { indexOrder } from '../syntax.js';
import {
  type AccessPath,
  accessPathsFor,
  FULL_INDEX,
  fullScan,
  type IndexScan,
  joinUsers,
  searchScan,
} from './index-scan.js';
import { rangeOf } from './predicate.js';
import type { ResolvedQuery } from './query.js';

/** How users are found when their order does not matter: an index scan, and what is checked on each user it finds. */
export interface UnorderedPlan {
  readonly scan: IndexScan;
  /** Conditions that the scan does not guarantee. */
  readonly residual: readonly Condition[];
  /** Whether the search is checked on each user as well. */
  readonly checksSearch: boolean;
}

/** A plan whose users come in the order of a list. */
export interface Plan extends UnorderedPlan {
  /** Columns of the order; together they are unique in the list. */
  readonly columns: readonly string[];
  /** Whether the scan has another order, so that its rows are sorted. */
  readonly isSorted?: boolean;
}

/** The plans that read users in the order of the list, the scan of all users first. */
export function orderedPlans(
  { environmentId, conditions, found }: ResolvedQuery,
  field: UserOrderField,
): readonly Plan[] {
  if (found !== null) {
    // The search index is in the order of creation. In every other order it would be searched once for each user.
    if (field !== 'CREATED_AT') return [];
    const scan = searchScan(environmentId, found);
    return [{ scan, columns: [found.number], residual: conditions, checksSearch: false }];
  }
  const isBound = (condition: Condition) => rangeOf(condition, field) !== null;
  const plans: Plan[] = [
    {
      scan: fullScan(environmentId, field),
      columns: FULL_INDEX[field].columns,
      residual: conditions.filter((one) => !isBound(one)),
      checksSearch: false,
    },
  ];
  for (const path of accessPathsFor(environmentId, conditions, field)) {
    const columns = 'scan' in path ? path.scan.orders[field] : undefined;
    if (!('scan' in path) || !columns) continue;
    const residual = conditions.filter((one) => !isBound(one) && !(one === path.condition && path.scan.exact));
    plans.push({ scan: path.scan, columns, residual, checksSearch: false });
  }
  return plans;
}

/**
 * Chooses a plan when no ordered plan is exact: the index that finds the fewest users, when they are few enough to be
 * examined and sorted; else an ordered plan, which stops after a limit. Returns null when there is none.
 */
export async function choosePlan(
  db: Handle,
  query: ResolvedQuery,
  field: UserOrderField,
  plans: readonly Plan[],
): Promise<{ plan: Plan; isBounded: boolean } | null> {
  const cheapest = await cheapestPlan(db, query, field, MAX_ROWS_EXAMINED);
  if (cheapest) {
    const columns =
      query.found !== null && field === 'CREATED_AT' ? ['users.search_number'] : FULL_INDEX[field].columns;
    return { plan: { ...cheapest, columns, isSorted: true }, isBounded: false };
  }
  const plan = plans.at(-1);
  return plan ? { plan, isBounded: true } : null;
}

/** The plan that finds the fewest users, when there are at most `limit`. */
export async function cheapestPlan(
  db: Handle,
  { environmentId, conditions, found }: ResolvedQuery,
  field: UserOrderField,
  limit: number,
): Promise<UnorderedPlan | null> {
  const paths = accessPathsFor(environmentId, conditions, field);
  const known = paths.filter((path) => 'scan' in path && path.scan.maxRows !== null);
  const search: AccessPath[] = found === null ? [] : [{ condition: null, scan: searchScan(environmentId, found) }];
  const all = known.length > 0 ? known : [...search, ...paths];
  const counts = await countRows(db, all.flatMap(scansIn), limit);
  // The search is checked in memory on each user that another path finds, which has a limit of its own.
  const isSelective = (path: AccessPath) =>
    rowsOn(path, counts) <= (found !== null && path.condition !== null ? MAX_ROWS_SEARCHED : limit);
  const selective = all.filter(isSelective);
  const [first, ...others] = selective;
  if (!first) return null;
  const path = selective.find(({ condition }) => condition === null) ?? fewest(first, others, counts);
  const scan = 'scan' in path ? path.scan : union(environmentId, scansOf(path, counts));
  const residual = conditions.filter((one) => one !== path.condition || !scan.exact);
  return { scan, residual, checksSearch: found !== null && path.condition !== null };
}

function fewest(first: AccessPath, others: readonly AccessPath[], counts: ReadonlyMap<IndexScan, number>): AccessPath {
  return others.reduce((a, b) => (rowsOn(b, counts) < rowsOn(a, counts) ? b : a), first);
}

function scansIn(path: AccessPath): readonly IndexScan[] {
  return 'scan' in path ? [path.scan] : path.branches.flat().flatMap(scansIn);
}

/** The number of rows of each scan, counted up to one more than `limit`, in one statement. */
async function countRows(db: Handle, scans: readonly IndexScan[], limit: number): Promise<Map<IndexScan, number>> {
  const unknown = scans.filter(({ maxRows }) => maxRows === null);
  const counts = new Map(scans.map((scan) => [scan, scan.maxRows ?? Number.POSITIVE_INFINITY]));
  if (unknown.length === 0) return counts;
  const counted = unknown.map(
    ({ from, where, columns }, position) => sql`(select count(*) from (
      select 1 from ${from} where ${sql.join(where, sql` and `)} ${indexOrder(columns)} limit ${limit + 1}) as row) as ${sql.ref(`n${position}`)}`,
  );
  const { rows } = await sql<Record<string, number>>`select ${sql.join(counted)}`.execute(db);
  for (const [position, scan] of unknown.entries()) {
    const count = rows[0]?.[`n${position}`] ?? 0;
    counts.set(scan, count);
    noteExamined(count);
  }
  return counts;
}

/** Rows on a path: of an `or`, the sum over its branches of the shortest path of each. */
function rowsOn(path: AccessPath, counts: ReadonlyMap<IndexScan, number>): number {
  if ('scan' in path) return counts.get(path.scan) ?? Number.POSITIVE_INFINITY;
  return path.branches.reduce((sum, paths) => sum + Math.min(...paths.map((one) => rowsOn(one, counts))), 0);
}

/** The scans of a path: of each branch of an `or`, those of its shortest path. */
function scansOf(path: AccessPath, counts: ReadonlyMap<IndexScan, number>): readonly IndexScan[] {
  if ('scan' in path) return [path.scan];
  return path.branches.flatMap(([first, ...others]) => (first ? scansOf(fewest(first, others, counts), counts) : []));
}

/** The users that any of the scans finds, each once. A scan guarantees one condition of its branch; the rest is checked. */
function union(environmentId: EnvironmentId, scans: readonly IndexScan[]): IndexScan {
  const ids = scans.map(
    ({ from, where, user }) => sql`select ${sql.ref(user)} as id from ${from} where ${sql.join(where, sql` and `)}`,
  );
  return {
    from: sql`(${sql.join(ids, sql` union `)}) as hit`,
    user: 'hit.id',
    join: joinUsers(environmentId, null, sql`users.id = hit.id`),
    where: [sql`true`],
    columns: [],
    orders: {},
    exact: false,
    maxRows: null,
  };
}
