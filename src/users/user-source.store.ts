import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { listOf } from '../db/lists.js';
import type { EnvironmentId } from '../ids.js';
import type { UserOrderField } from './user.js';
import { type Condition, endOfPrefix, partsOf, type TextCondition } from './user-condition.js';
import { timeBounds, within } from './user-condition.store.js';

/**
 * Rows of one index that lead to users: all for whom a condition holds, and sometimes more. `INDEXED BY` is no hint:
 * SQLite refuses a statement that does not use the index it names.
 */
export interface Source {
  /** Table and index, and how a row leads to its user when the table is not `users`. */
  readonly from: RawBuilder<unknown>;
  readonly join: RawBuilder<unknown> | null;
  /** The column with the user's id, or for the search with the number of the entry. */
  readonly user: string;
  readonly where: readonly RawBuilder<SqlBool>[];
  /** Orders in which the index has these rows, by the columns that make the order. */
  readonly orders: Partial<Record<UserOrderField, readonly string[]>>;
  /** The value that all of them have in the first of several columns of an order. */
  readonly fixed?: string;
  /** Whether every user it leads to meets the condition, so that nobody has to look again. */
  readonly exact: boolean;
  /** How many rows there can be, where it is known without looking. */
  readonly atMost: number | null;
}

/** Ways to the users for whom a condition holds: one index, or for `or` one way for each of its parts. */
export type Reach =
  | { readonly condition: Condition | null; readonly source: Source }
  | { readonly condition: Condition; readonly branches: readonly (readonly Reach[])[] };

const ID = ['users.id'];
/** The index of the primary key. */
export const BY_ID = 'sqlite_autoindex_users_1';

/** The index that has all users in an order, and the columns that make the order. */
export const WHOLE: Record<UserOrderField, { index: string; columns: readonly string[] }> = {
  CREATED_AT: { index: BY_ID, columns: ID },
  EMAIL: { index: 'users_email_unique', columns: ['users.email_normal'] },
  UPDATED_AT: { index: 'users_by_updated', columns: ['users.updated_at', 'users.id'] },
  LAST_SIGN_IN_AT: { index: 'users_by_last_sign_in', columns: ['users.last_sign_in_order', 'users.id'] },
  NAME: { index: 'users_by_name', columns: ['users.name_normal', 'users.id'] },
};

const TEXT_INDEX: Record<TextCondition['field'], { index: string; column: string; isUnique?: true }> = {
  email: { index: 'users_email_unique', column: 'users.email_normal', isUnique: true },
  emailDomain: { index: 'users_by_email_domain', column: 'users.email_domain' },
  firstName: { index: 'users_by_first_name', column: 'users.first_name_normal' },
  lastName: { index: 'users_by_last_name', column: 'users.last_name_normal' },
  name: { index: 'users_by_name', column: 'users.name_normal' },
  externalId: { index: 'users_external_id_unique', column: 'users.external_id', isUnique: true },
};

const TIME_INDEX = {
  createdAt: BY_ID,
  updatedAt: 'users_by_updated',
  lastSignInAt: 'users_by_last_sign_in',
};

/** All users of the environment in this order. */
export function everybody(environmentId: EnvironmentId, order: UserOrderField): Source {
  const { index, columns } = WHOLE[order];
  return users(environmentId, index, [], { orders: { [order]: columns } });
}

/** Users with an entry for each word, in the order they were written. */
export function found(environmentId: EnvironmentId, match: string): Source {
  return {
    from: sql`user_search as hit`,
    user: 'hit.rowid',
    join: joined(environmentId, 'users_search_number_unique', sql`users.search_number = hit.rowid`),
    where: [sql`hit.user_search match ${match}`],
    orders: { CREATED_AT: ['hit.rowid'] },
    exact: true,
    atMost: null,
  };
}

/** Ways to those for whom all of these hold: one for each condition that an index serves. */
export function reachesOf(
  environmentId: EnvironmentId,
  conditions: readonly Condition[],
  order: UserOrderField,
): readonly Reach[] {
  return conditions.flatMap((condition): Reach[] => {
    if (condition.kind === 'any') {
      const branches = condition.of.map((part) => reachesOf(environmentId, partsOf(part), order));
      return branches.every((ways) => ways.length > 0) ? [{ condition, branches }] : [];
    }
    const source = sourceOf(environmentId, condition, order);
    return source ? [{ condition, source }] : [];
  });
}

function sourceOf(environmentId: EnvironmentId, condition: Condition, order: UserOrderField): Source | null {
  switch (condition.kind) {
    case 'id': {
      const where = [sql<SqlBool>`users.id in ${listOf(condition.ids)}`];
      return users(environmentId, WHOLE.CREATED_AT.index, where, { atMost: condition.ids.length });
    }
    case 'text':
      return textSource(environmentId, condition);
    case 'time': {
      const { column, from, before } = timeBounds(condition.field, condition.from, condition.before);
      return users(environmentId, TIME_INDEX[condition.field], [within(column, from, before)], {});
    }
    case 'verified': {
      const byEmail = order === 'EMAIL';
      const orders = byEmail ? { EMAIL: WHOLE.EMAIL.columns } : { CREATED_AT: ID };
      const where = [sql<SqlBool>`users.email_verified = ${condition.value ? 1 : 0}`];
      return users(environmentId, byEmail ? 'users_by_verified_and_email' : 'users_by_verified', where, { orders });
    }
    case 'member':
      return memberSource(environmentId, condition.ids, order);
    case 'metadata':
      return metadataSource(environmentId, condition);
    case 'not':
      return condition.of.kind === 'given' ? missingSource(environmentId, condition.of.field) : null;
    case 'given':
      return condition.field === 'lastSignInAt'
        ? users(environmentId, TIME_INDEX.lastSignInAt, [sql<SqlBool>`users.last_sign_in_order > ''`], {})
        : null;
    default:
      return null;
  }
}

function textSource(environmentId: EnvironmentId, { field, test, values }: TextCondition): Source | null {
  const { index, column, isUnique } = TEXT_INDEX[field];
  const ref = sql.ref<string>(column);
  const [value = ''] = values;
  if (test === 'contains' || (test === 'startsWith' && value === '')) return null;
  if (test === 'startsWith') return users(environmentId, index, [within(ref, value, endOfPrefix(value))], {});
  // The empty text stands for having none as well; whether it is a value has to be looked up.
  const exact = !values.includes('');
  const [where, orders] =
    values.length === 1 && !isUnique
      ? [
          sql<SqlBool>`${ref} = ${value}`,
          field === 'name' ? { NAME: WHOLE.NAME.columns, CREATED_AT: ID } : { CREATED_AT: ID },
        ]
      : [sql<SqlBool>`${ref} in ${listOf(values)}`, {}];
  const fixed = values.length === 1 ? { fixed: value } : {};
  return users(environmentId, index, [where], { orders, exact, atMost: isUnique ? values.length : null, ...fixed });
}

/** Those without a value; an index has them as the empty text. */
function missingSource(environmentId: EnvironmentId, field: (Condition & { kind: 'given' })['field']): Source | null {
  if (field === 'lastSignInAt') {
    const orders = { CREATED_AT: ID, LAST_SIGN_IN_AT: WHOLE.LAST_SIGN_IN_AT.columns };
    return users(environmentId, TIME_INDEX.lastSignInAt, [sql<SqlBool>`users.last_sign_in_order = ''`], {
      orders,
      fixed: '',
    });
  }
  if (field !== 'firstName' && field !== 'lastName' && field !== 'name') return null;
  const source = textSource(environmentId, { kind: 'text', field, test: 'in', values: [''] });
  return source && { ...source, exact: false };
}

function memberSource(environmentId: EnvironmentId, ids: readonly string[], order: UserOrderField): Source {
  const [only, ...others] = ids;
  const byEmail = order === 'EMAIL';
  const index = byEmail ? 'organization_memberships_by_email' : 'organization_memberships_user_unique';
  const from = sql`organization_memberships as hit indexed by ${sql.ref(index)}`;
  const common = {
    user: 'hit.user_id',
    join: joined(environmentId, BY_ID, sql`users.id = hit.user_id`),
    exact: true,
    atMost: ids.length === 0 ? 0 : null,
  };
  const where = [sql<SqlBool>`hit.environment_id = ${environmentId}`];
  if (only !== undefined && others.length === 0) {
    const orders = byEmail ? { EMAIL: ['hit.user_email_normal'] } : { CREATED_AT: ['hit.user_id'] };
    return { ...common, from, where: [...where, sql`hit.organization_id = ${only}`], orders };
  }
  // A member of two of them is one user.
  const members = sql`(select distinct hit.user_id from ${from}
    where ${sql.join([...where, sql`hit.organization_id in ${listOf(ids)}`], sql` and `)}) as hit`;
  return { ...common, from: members, where: [sql`1`], orders: {} };
}

function metadataSource(environmentId: EnvironmentId, { key, values }: Condition & { kind: 'metadata' }): Source {
  const [only, ...others] = values ?? [];
  const isOne = only !== undefined && others.length === 0;
  const value = isOne ? sql<SqlBool>`hit.value = ${only}` : sql<SqlBool>`hit.value in ${listOf(values ?? [])}`;
  return {
    from: sql`user_metadata as hit`,
    join: joined(environmentId, BY_ID, sql`users.id = hit.user_id`),
    user: 'hit.user_id',
    where: [sql`hit.environment_id = ${environmentId}`, sql`hit.key = ${key}`, ...(values === null ? [] : [value])],
    orders: isOne ? { CREATED_AT: ['hit.user_id'] } : {},
    exact: true,
    atMost: values?.length === 0 ? 0 : null,
  };
}

function users(
  environmentId: EnvironmentId,
  index: string,
  where: readonly RawBuilder<SqlBool>[],
  { orders = {}, exact = true, atMost = null, ...others }: Partial<Source>,
): Source {
  return {
    from: sql`users indexed by ${sql.ref(index)}`,
    join: null,
    user: 'users.id',
    where: [sql`users.environment_id = ${environmentId}`, ...where],
    orders,
    exact,
    atMost,
    ...others,
  };
}

/**
 * `cross` keeps the order of the loops: the source outside, each user looked up by this index. Without it SQLite may take
 * the index of another condition, and read all users in its range once for each row of the source.
 */
export function joined(environmentId: EnvironmentId, index: string, on: RawBuilder<SqlBool>): RawBuilder<unknown> {
  return sql`cross join users indexed by ${sql.ref(index)} on users.environment_id = ${environmentId} and ${on}`;
}
