import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { template } from '../../db/compiled.js';
import { keyset, type ListOrder } from '../../db/keyset.js';
import type { NestedList } from '../../db/nested.js';
import { along, refs, type Source } from '../../db/row-text.js';
import { byIndex, isIn, slicesOfParents } from '../../db/syntax.js';
import type { EnvironmentId } from '../../domain/ids.js';
import type { PageRequest, Position } from '../../paging/paging.js';

interface InEnvironment {
  readonly environmentId: EnvironmentId;
}

/** The rows that have one of these values in a unique column. `keys` is a JSON array. */
export function rowsByKeys(source: Source, column: string, columns: readonly string[]) {
  return template<InEnvironment & { keys: string }, unknown>(
    (value) => sql`select ${refs(columns)} from ${sql.table(source.table)} ${along(source)}
      where environment_id = ${value('environmentId')} and ${isIn(sql.ref(column), value('keys'))}`,
  );
}

/** The form of a page, which determines the text of its statement. */
export type PageForm = `${PageRequest['direction']}${'' | ' after'}${'' | ' before'}`;

export function formOf({ direction, after, before }: PageRequest): PageForm {
  return `${direction}${after ? ' after' : ''}${before ? ' before' : ''}`;
}

type Bounds = { readonly limit: number } & Readonly<Record<`after${number}` | `before${number}`, string>>;

/** The values of a page: one row more than asked for, to see whether there are more. */
export function boundsOf({ limit, after, before }: PageRequest): Bounds {
  const values: Record<string, string | number> = { limit: limit + 1 };
  after?.forEach((value, index) => {
    values[`after${index}`] = value;
  });
  before?.forEach((value, index) => {
    values[`before${index}`] = value;
  });
  return values as Bounds; // the names are those of `Bounds`
}

/** The terms of a page of this form, with slots for its values. */
function termsOf(form: PageForm, order: ListOrder, value: <Name extends keyof Bounds>(name: Name) => Bounds[Name]) {
  const positionOf = (end: 'after' | 'before') =>
    // An order has at least one column.
    order.columns.map((_, index) => value(`${end}${index}`)) as unknown as Position;
  const [direction, ...ends] = form.split(' ');
  return keyset(order, {
    direction: direction === 'backward' ? 'backward' : 'forward',
    limit: 0,
    after: ends.includes('after') ? positionOf('after') : null,
    before: ends.includes('before') ? positionOf('before') : null,
  });
}

/** A page of all rows of a table. */
export function pageOf(source: Source, order: ListOrder, form: PageForm, columns: readonly string[]) {
  return template<InEnvironment & Bounds, unknown>((value) => {
    const { bounds, orderBy } = termsOf(form, order, value);
    const conditions: RawBuilder<SqlBool>[] = [sql`environment_id = ${value('environmentId')}`, ...bounds];
    return sql`select ${refs(columns)} from ${sql.table(source.table)} ${along(source)}
      where ${sql.join(conditions, sql` and `)} order by ${orderBy} limit ${value('limit')}`;
  });
}

/** The same page of the list of each parent, as `slicesOf` reads it. `parents` is a JSON array. */
export function pagesOf(list: NestedList, form: PageForm, columns: readonly string[]) {
  const { table, parent, index, position, descending } = list;
  return template<InEnvironment & Bounds & { parents: string }, unknown>((value) => {
    const { bounds, orderBy } = termsOf(form, { columns: [`slice.${position}`], descending }, value);
    const conditions = [
      sql`slice.environment_id = ${value('environmentId')}`,
      sql`${sql.ref(`slice.${parent}`)} = parent.value`,
      ...bounds,
    ];
    const rows = sql`from ${sql.table(table)} as slice ${byIndex(index)}
      where ${sql.join(conditions, sql` and `)} order by ${orderBy} limit ${value('limit')}`;
    const [environmentId, parents] = [value('environmentId'), value('parents')];
    return sql`select ${refs(columns, 'item')} from ${slicesOfParents({ table, position, environmentId, parents, rows })}`;
  });
}
