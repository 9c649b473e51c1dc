import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { PageRequest } from '../../paging/paging.js';
import type { UserOrder } from '../../users/user.js';
import { withoutIndex } from '../syntax.js';
import type { Plan } from './plan.js';
import { rangeOf } from './predicate.js';
import type { ResolvedQuery } from './query.js';

/** One end of the part of an index that a plan reads. */
export interface Bound {
  readonly side: 'lower' | 'upper';
  readonly values: readonly (string | number)[];
  readonly inclusive: boolean;
}

/** Where a plan starts and ends reading: at the cursors, and at the conditions on its first column. */
export function boundsOf(
  { columns }: Plan,
  query: ResolvedQuery,
  order: UserOrder,
  request: PageRequest,
): readonly Bound[] {
  const { found } = query;
  const byNumber = found !== null && order.field === 'CREATED_AT';
  const at = (side: 'lower' | 'upper', values: PageRequest['after']): Bound[] => {
    if (!values) return [];
    const number = byNumber ? [found.base + (Number.parseInt(values[0], 10) || 0)] : values;
    return [{ side, values: number, inclusive: false }];
  };
  const [after, before] = order.direction === 'DESC' ? (['upper', 'lower'] as const) : (['lower', 'upper'] as const);
  const bounds = [...at(after, request.after), ...at(before, request.before)];
  if (columns[0] !== undefined && !byNumber) {
    for (const condition of query.conditions) {
      const range = rangeOf(condition, order.field);
      if (range && range.from !== '') bounds.push({ side: 'lower', values: [range.from], inclusive: true });
      if (range && range.before !== null) bounds.push({ side: 'upper', values: [range.before], inclusive: false });
    }
  }
  return (['lower', 'upper'] as const).flatMap((side) => tightest(bounds.filter((bound) => bound.side === side)));
}

/** An index scan starts at one bound only: given two, SQLite would read row by row up to the tighter one. */
function tightest(bounds: readonly Bound[]): readonly Bound[] {
  const [first, ...others] = bounds;
  if (!first) return [];
  return [others.reduce((a, b) => (isTighter(b, a) ? b : a), first)];
}

function isTighter(bound: Bound, other: Bound): boolean {
  const [a, b] = [bound.values[0] ?? '', other.values[0] ?? ''];
  // Texts are compared by the bytes of UTF-8.
  const difference = Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
  if (difference !== 0) return bound.side === 'lower' ? difference > 0 : difference < 0;
  // With equal first values, a cursor lies behind the start of a range, and the end of a range lies before a cursor.
  return bound.side === 'lower' ? !bound.inclusive : bound.values.length < other.values.length;
}

/** The bounds of a plan as conditions. */
export function conditionsOn({ scan, columns, isSorted }: Plan, bounds: readonly Bound[]): RawBuilder<SqlBool>[] {
  const fixed = !isSorted && columns.length > 1 ? scan.fixed : undefined;
  return bounds.map((bound) =>
    fixed === undefined ? compared(columns, bound, isSorted) : comparedBehind(fixed, columns, bound),
  );
}

/** Sorted rows have an index of their own: with statistics, SQLite would skip-scan another by a later column. */
function compared(
  columns: readonly string[],
  { side, values, inclusive }: Bound,
  isSorted = false,
): RawBuilder<SqlBool> {
  const operator = sql.raw(`${side === 'lower' ? '>' : '<'}${inclusive ? '=' : ''}`);
  const terms = columns
    .slice(0, values.length)
    .map((column, position) => (isSorted && position === 0 ? withoutIndex(column) : sql.ref(column)));
  return sql`(${sql.join(terms)}) ${operator} (${sql.join(values)})`;
}

/** A bound where all rows have the same first value: that value decides, or the columns behind it do. */
function comparedBehind(fixed: string, columns: readonly string[], bound: Bound): RawBuilder<SqlBool> {
  const [first = '', ...values] = bound.values;
  const difference = Buffer.compare(Buffer.from(fixed), Buffer.from(String(first)));
  // Bound as a parameter: SQLite drops the index for the other conditions when it knows this one to be false.
  const decided = (isTrue: boolean) => sql<SqlBool>`${isTrue ? 1 : 0} = 1`;
  if (difference !== 0) return decided(difference > 0 === (bound.side === 'lower'));
  if (values.length === 0) return decided(bound.inclusive);
  return compared(columns.slice(1), { ...bound, values });
}
