import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Handle } from '../db/handle.js';
import type { EnvironmentId } from '../ids.js';
import type { PageRequest } from '../paging.js';
import { noteExamined } from '../scheduling/request-life.js';
import type { UserOrder, UserOrderField } from './user.js';
import { type Condition, endOfPrefix } from './user-condition.js';
import { timeBounds } from './user-condition.store.js';
import { MAX_ROWS_EXAMINED, MAX_ROWS_SEARCHED } from './user-query.js';
import { BY_ID, everybody, found, joined, type Reach, reachesOf, type Source, WHOLE } from './user-source.store.js';

/** What a plan is made of. */
interface Asked {
  readonly environmentId: EnvironmentId;
  readonly parts: readonly Condition[];
  readonly match: string | null;
  readonly base: number;
}

/** A source read in an order, and what is still to be asked of each user. */
export interface Walk {
  readonly source: Source;
  /** The order, by columns; together they are unique in the list. */
  readonly columns: readonly string[];
  readonly left: readonly Condition[];
  /** Whether the search is still to be asked, too. */
  readonly searches: boolean;
  /** Whether the rows come in another order and are sorted. */
  readonly isSorted?: boolean;
}

/** One end of what a walk reads. */
export interface Bound {
  readonly side: 'lower' | 'upper';
  readonly values: readonly (string | number)[];
  readonly inclusive: boolean;
}

/** The walks that read users in the order of the list, the one over everybody first. */
export function walksOf({ environmentId, parts, match }: Asked, field: UserOrderField): readonly Walk[] {
  const served = (condition: Condition) => rangeOf(condition, field) !== null;
  const whole = everybody(environmentId, field);
  const walks: Walk[] = [
    {
      source: whole,
      columns: WHOLE[field].columns,
      left: parts.filter((part) => !served(part)),
      searches: match !== null,
    },
  ];
  for (const reach of reachesOf(environmentId, parts, field)) {
    const columns = 'source' in reach ? reach.source.orders[field] : undefined;
    if (!('source' in reach) || !columns) continue;
    const left = parts.filter((part) => !served(part) && !(part === reach.condition && reach.source.exact));
    walks.push({ source: reach.source, columns, left, searches: match !== null });
  }
  if (match !== null) {
    // In the order of creation a search reads its own index; others would ask it about each user.
    if (field !== 'CREATED_AT') return [];
    return [{ source: found(environmentId, match), columns: ['hit.rowid'], left: parts, searches: false }];
  }
  return walks;
}

/** Conditions on the first column of the order: the walk begins and ends with them, so nobody is asked about them. */
function rangeOf(condition: Condition, field: UserOrderField): { from: string; before: string | null } | null {
  if (condition.kind === 'time') {
    const order = { createdAt: 'CREATED_AT', updatedAt: 'UPDATED_AT', lastSignInAt: 'LAST_SIGN_IN_AT' }[
      condition.field
    ];
    return order === field ? timeBounds(condition.field, condition.from, condition.before) : null;
  }
  if (condition.kind !== 'text' || condition.test !== 'startsWith') return null;
  const [value = ''] = condition.values;
  const order = { email: 'EMAIL', name: 'NAME' }[condition.field as string]; // other fields have no order
  return order === field && value !== '' ? { from: value, before: endOfPrefix(value) } : null;
}

/**
 * The best way when no walk is free: the index that leads to the fewest users, if they are few enough to look at and
 * sort; else a walk that stops after so many. Null when there is none.
 */
export async function choose(
  db: Handle,
  asked: Asked,
  field: UserOrderField,
  walks: readonly Walk[],
): Promise<{ walk: Walk; isBounded: boolean } | null> {
  const best = await smallest(db, asked, field, MAX_ROWS_EXAMINED);
  if (best) {
    const columns = asked.match !== null && field === 'CREATED_AT' ? ['users.search_number'] : WHOLE[field].columns;
    return { walk: { ...best, columns, isSorted: true }, isBounded: false };
  }
  const walk = walks.at(-1);
  return walk ? { walk, isBounded: true } : null;
}

type Way = Pick<Walk, 'source' | 'left' | 'searches'>;

/** The way to the fewest users, if they are no more than `limit`. */
export async function smallest(db: Handle, asked: Asked, field: UserOrderField, limit: number): Promise<Way | null> {
  const { environmentId, parts, match } = asked;
  const reaches = reachesOf(environmentId, parts, field);
  const known = reaches.filter((reach) => 'source' in reach && reach.source.atMost !== null);
  const search: Reach[] = match === null ? [] : [{ condition: null, source: found(environmentId, match) }];
  const all = known.length > 0 ? known : [...search, ...reaches];
  const sizes = await sizesOf(db, all.flatMap(sourcesIn), limit);
  // The search is asked about each user that another way leads to, by hand: that has a limit of its own.
  const isFew = (reach: Reach) =>
    sizeOf(reach, sizes) <= (match !== null && reach.condition !== null ? MAX_ROWS_SEARCHED : limit);
  const few = all.filter(isFew);
  const [first, ...others] = few;
  if (!first) return null;
  const reach =
    few.find(({ condition }) => condition === null) ??
    others.reduce((a, b) => (sizeOf(b, sizes) < sizeOf(a, sizes) ? b : a), first);
  const source = 'source' in reach ? reach.source : union(environmentId, best(reach, sizes));
  const left = parts.filter((part) => part !== reach.condition || !source.exact);
  return { source, left, searches: match !== null && reach.condition !== null };
}

function sourcesIn(reach: Reach): readonly Source[] {
  return 'source' in reach ? [reach.source] : reach.branches.flat().flatMap(sourcesIn);
}

/** How many rows each source has, at most one more than `limit`; in one statement. */
async function sizesOf(db: Handle, sources: readonly Source[], limit: number): Promise<Map<Source, number>> {
  const unknown = sources.filter(({ atMost }) => atMost === null);
  const sizes = new Map(sources.map((source) => [source, source.atMost ?? Number.POSITIVE_INFINITY]));
  if (unknown.length === 0) return sizes;
  const counts = unknown.map(
    ({ from, where }, position) => sql`(select count(*) from (
      select 1 from ${from} where ${sql.join(where, sql` and `)} limit ${limit + 1})) as ${sql.ref(`n${position}`)}`,
  );
  const { rows } = await sql<Record<string, number>>`select ${sql.join(counts)}`.execute(db);
  for (const [position, source] of unknown.entries()) {
    const size = rows[0]?.[`n${position}`] ?? 0;
    sizes.set(source, size);
    noteExamined(size);
  }
  return sizes;
}

function sizeOf(reach: Reach, sizes: ReadonlyMap<Source, number>): number {
  if ('source' in reach) return sizes.get(reach.source) ?? Number.POSITIVE_INFINITY;
  return reach.branches.reduce((sum, ways) => sum + Math.min(...ways.map((way) => sizeOf(way, sizes))), 0);
}

/** The sources to take together: of each branch the smallest way. */
function best(reach: Reach, sizes: ReadonlyMap<Source, number>): readonly Source[] {
  if ('source' in reach) return [reach.source];
  return reach.branches.flatMap((ways) => {
    const [first, ...others] = ways;
    if (!first) return [];
    return best(
      others.reduce((a, b) => (sizeOf(b, sizes) < sizeOf(a, sizes) ? b : a), first),
      sizes,
    );
  });
}

/** Everybody one of the sources leads to, once. Who meets one condition of a branch is still asked for the others. */
function union(environmentId: EnvironmentId, sources: readonly Source[]): Source {
  const ids = sources.map(
    ({ from, where, user }) => sql`select ${sql.ref(user)} as id from ${from} where ${sql.join(where, sql` and `)}`,
  );
  return {
    from: sql`(${sql.join(ids, sql` union `)}) as hit`,
    user: 'hit.id',
    join: joined(environmentId, BY_ID, sql`users.id = hit.id`),
    where: [sql`1`],
    orders: {},
    exact: false,
    atMost: null,
  };
}

/** Where a walk begins and ends: by the cursors, and by the conditions on its first column. */
export function boundsOf({ columns }: Walk, asked: Asked, order: UserOrder, request: PageRequest): readonly Bound[] {
  const byNumber = asked.match !== null && order.field === 'CREATED_AT';
  const at = (side: 'lower' | 'upper', values: PageRequest['after']): Bound[] => {
    if (!values) return [];
    const number = byNumber ? [asked.base + (Number.parseInt(values[0], 10) || 0)] : values;
    return [{ side, values: number, inclusive: false }];
  };
  const [after, before] = order.direction === 'DESC' ? (['upper', 'lower'] as const) : (['lower', 'upper'] as const);
  const bounds = [...at(after, request.after), ...at(before, request.before)];
  if (columns[0] !== undefined && !byNumber) {
    for (const part of asked.parts) {
      const range = rangeOf(part, order.field);
      if (range && range.from !== '') bounds.push({ side: 'lower', values: [range.from], inclusive: true });
      if (range && range.before !== null) bounds.push({ side: 'upper', values: [range.before], inclusive: false });
    }
  }
  return (['lower', 'upper'] as const).flatMap((side) => tightest(bounds.filter((bound) => bound.side === side)));
}

/** SQLite begins an index at one bound only: with another one it would read up to the tighter, row by row. */
function tightest(bounds: readonly Bound[]): readonly Bound[] {
  const [first, ...others] = bounds;
  if (!first) return [];
  return [others.reduce((a, b) => (isTighter(b, a) ? b : a), first)];
}

function isTighter(bound: Bound, other: Bound): boolean {
  const [a, b] = [bound.values[0] ?? '', other.values[0] ?? ''];
  // In the order of SQLite: by the bytes of UTF-8.
  const difference = Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
  if (difference !== 0) return bound.side === 'lower' ? difference > 0 : difference < 0;
  // At the same first value: a cursor stands behind the beginning of a range, and the end of one before a cursor.
  return bound.side === 'lower' ? !bound.inclusive : bound.values.length < other.values.length;
}

/** The bounds of a walk as conditions. */
export function conditionsOn({ source, columns, isSorted }: Walk, bounds: readonly Bound[]): RawBuilder<SqlBool>[] {
  const fixed = !isSorted && columns.length > 1 ? source.fixed : undefined;
  return bounds.map((bound) =>
    fixed === undefined ? compared(columns, bound, isSorted) : within(fixed, columns, bound),
  );
}

/** `+` keeps a condition from the index: with statistics SQLite would skip through it by a column further right. */
function compared(
  columns: readonly string[],
  { side, values, inclusive }: Bound,
  isSorted = false,
): RawBuilder<SqlBool> {
  const operator = sql.raw(`${side === 'lower' ? '>' : '<'}${inclusive ? '=' : ''}`);
  const [first, ...others] = columns.slice(0, values.length).map((column) => sql.ref(column));
  return sql`(${sql.join([isSorted ? sql`+${first}` : first, ...others])}) ${operator} (${sql.join(values)})`;
}

/** A bound where all rows have one value in the first column: it decides, or leaves it to the columns behind it. */
function within(fixed: string, columns: readonly string[], bound: Bound): RawBuilder<SqlBool> {
  const [first = '', ...values] = bound.values;
  const difference = Buffer.compare(Buffer.from(fixed), Buffer.from(String(first)));
  // Bound, not written: a condition that SQLite knows to be false takes the index away from the others.
  const decided = (holds: boolean) => sql<SqlBool>`${holds ? 1 : 0}`;
  if (difference !== 0) return decided(difference > 0 === (bound.side === 'lower'));
  if (values.length === 0) return decided(bound.inclusive);
  return compared(columns.slice(1), { ...bound, values });
}
