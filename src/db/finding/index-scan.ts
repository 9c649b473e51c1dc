import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { EnvironmentId } from '../../domain/ids.js';
import type { FoundEntries } from '../../users/search-index.js';
import type { UserOrderField } from '../../users/user.js';
import { type Condition, endOfPrefix, partsOf, type TextCondition } from '../../users/user-condition.js';
import { USER_ORDERS } from '../../users/user-query.js';
import { along } from '../row-text.js';
import { byIndex, isOneOf, nestedJoin } from '../syntax.js';
import { timeBounds, within } from './predicate.js';

/**
 * A scan of one index that finds every user for whom a condition holds, and sometimes more. The index is not a hint:
 * SQLite rejects a statement that cannot use the index it names.
 */
export interface IndexScan {
  /** The table and its index, and the join to `users` when the table is another one. */
  readonly from: RawBuilder<unknown>;
  readonly join: RawBuilder<unknown> | null;
  /** The column with the user's id; for a search, the column with the number of the entry. */
  readonly user: string;
  readonly where: readonly RawBuilder<SqlBool>[];
  /** Columns in whose order the index has these rows; none when they are in several parts of it. */
  readonly columns: readonly string[];
  /** The orders in which the index returns these rows, each with the columns of the order. */
  readonly orders: Partial<Record<UserOrderField, readonly string[]>>;
  /** The value that all rows have in the first of several columns of an order. */
  readonly fixed?: string;
  /** Whether every user it finds meets the condition, which then need not be checked. */
  readonly exact: boolean;
  /** Upper bound of the number of rows, where it is known without counting. */
  readonly maxRows: number | null;
}

/** How the users for whom a condition holds are found: by one scan, or for `or` by one path for each of its branches. */
export type AccessPath =
  | { readonly condition: Condition | null; readonly scan: IndexScan }
  | { readonly condition: Condition; readonly branches: readonly (readonly AccessPath[])[] };

const ID = ['users.id'];

/** For each order, the index that has all users in it (null for the primary key), and the columns of the order. */
export const FULL_INDEX: Record<UserOrderField, { index: string | null; columns: readonly string[] }> = {
  CREATED_AT: inUsers('CREATED_AT'),
  EMAIL: inUsers('EMAIL'),
  UPDATED_AT: inUsers('UPDATED_AT'),
  LAST_SIGN_IN_AT: inUsers('LAST_SIGN_IN_AT'),
  NAME: inUsers('NAME'),
};

function inUsers(order: UserOrderField) {
  const { columns, index } = USER_ORDERS[order];
  return { index, columns: columns.map((column) => `users.${column}`) };
}

const TEXT_INDEX: Record<TextCondition['field'], { index: string; column: string; isUnique?: true }> = {
  email: { index: 'users_email_unique', column: 'users.email_normal', isUnique: true },
  emailDomain: { index: 'users_by_email_domain', column: 'users.email_domain' },
  firstName: { index: 'users_by_first_name', column: 'users.first_name_normal' },
  lastName: { index: 'users_by_last_name', column: 'users.last_name_normal' },
  name: { index: 'users_by_name', column: 'users.name_normal' },
  externalId: { index: 'users_external_id_unique', column: 'users.external_id', isUnique: true },
};

const TIME_INDEX = {
  createdAt: null,
  updatedAt: 'users_by_updated',
  lastSignInAt: 'users_by_last_sign_in',
};

/** All users of the environment, in this order. */
export function fullScan(environmentId: EnvironmentId, order: UserOrderField): IndexScan {
  const { index, columns } = FULL_INDEX[order];
  return users(environmentId, index, [], { columns, orders: { [order]: columns } });
}

/** The users whose entry matches the search, in the order of creation. */
export function searchScan(environmentId: EnvironmentId, { from, number, where }: FoundEntries): IndexScan {
  return {
    from,
    user: number,
    join: joinUsers(environmentId, 'users_search_number_unique', sql`users.search_number = ${sql.ref(number)}`),
    where,
    columns: [],
    orders: { CREATED_AT: [number] },
    exact: true,
    maxRows: null,
  };
}

/** The access paths to the users for whom all conditions hold: one for each condition that an index serves. */
export function accessPathsFor(
  environmentId: EnvironmentId,
  conditions: readonly Condition[],
  order: UserOrderField,
): readonly AccessPath[] {
  return conditions.flatMap((condition): AccessPath[] => {
    if (condition.kind === 'any') {
      const branches = condition.of.map((part) => accessPathsFor(environmentId, partsOf(part), order));
      return branches.every((paths) => paths.length > 0) ? [{ condition, branches }] : [];
    }
    const scan = scanFor(environmentId, condition, order);
    return scan ? [{ condition, scan }] : [];
  });
}

function scanFor(environmentId: EnvironmentId, condition: Condition, order: UserOrderField): IndexScan | null {
  switch (condition.kind) {
    case 'id': {
      const where = [isOneOf(sql.ref('users.id'), condition.ids)];
      return users(environmentId, FULL_INDEX.CREATED_AT.index, where, { maxRows: condition.ids.length });
    }
    case 'text':
      return textScan(environmentId, condition);
    case 'time': {
      const { column, from, before } = timeBounds(condition.field, condition.from, condition.before);
      const ref = `users.${column}`;
      const columns = condition.field === 'createdAt' ? ID : [ref, ...ID];
      return users(environmentId, TIME_INDEX[condition.field], [within(sql.ref(ref), from, before)], { columns });
    }
    case 'verified': {
      const byEmail = order === 'EMAIL';
      const orders = byEmail ? { EMAIL: FULL_INDEX.EMAIL.columns } : { CREATED_AT: ID };
      const where = [sql<SqlBool>`users.email_verified = ${condition.value ? 1 : 0}`];
      const columns = ['users.email_verified', ...(byEmail ? FULL_INDEX.EMAIL.columns : ID)];
      return users(environmentId, byEmail ? 'users_by_verified_and_email' : 'users_by_verified', where, {
        columns,
        orders,
      });
    }
    case 'member':
      return memberScan(environmentId, condition.ids, order);
    case 'metadata':
      return metadataScan(environmentId, condition);
    case 'not':
      return condition.of.kind === 'given' ? missingValueScan(environmentId, condition.of.field) : null;
    case 'given':
      return condition.field === 'lastSignInAt'
        ? users(environmentId, TIME_INDEX.lastSignInAt, [sql<SqlBool>`users.last_sign_in_order > ''`], {
            columns: FULL_INDEX.LAST_SIGN_IN_AT.columns,
          })
        : null;
    default:
      return null;
  }
}

function textScan(environmentId: EnvironmentId, { field, test, values }: TextCondition): IndexScan | null {
  const { index, column, isUnique } = TEXT_INDEX[field];
  const ref = sql.ref<string>(column);
  const [value = ''] = values;
  if (test === 'contains' || (test === 'startsWith' && value === '')) return null;
  const columns = isUnique ? [column] : [column, ...ID];
  if (test === 'startsWith') return users(environmentId, index, [within(ref, value, endOfPrefix(value))], { columns });
  // The index has a missing value as the empty text, so each user is checked.
  const exact = !values.includes('');
  const [where, orders] =
    values.length === 1 && !isUnique
      ? [
          sql<SqlBool>`${ref} = ${value}`,
          field === 'name' ? { NAME: FULL_INDEX.NAME.columns, CREATED_AT: ID } : { CREATED_AT: ID },
        ]
      : [isOneOf(ref, values), {}];
  const fixed = values.length === 1 ? { fixed: value, columns } : {};
  return users(environmentId, index, [where], { orders, exact, maxRows: isUnique ? values.length : null, ...fixed });
}

/** The users without a value; the index has them as the empty text. */
function missingValueScan(
  environmentId: EnvironmentId,
  field: (Condition & { kind: 'given' })['field'],
): IndexScan | null {
  if (field === 'lastSignInAt') {
    const orders = { CREATED_AT: ID, LAST_SIGN_IN_AT: FULL_INDEX.LAST_SIGN_IN_AT.columns };
    return users(environmentId, TIME_INDEX.lastSignInAt, [sql<SqlBool>`users.last_sign_in_order = ''`], {
      columns: FULL_INDEX.LAST_SIGN_IN_AT.columns,
      orders,
      fixed: '',
    });
  }
  if (field !== 'firstName' && field !== 'lastName' && field !== 'name') return null;
  const scan = textScan(environmentId, { kind: 'text', field, test: 'in', values: [''] });
  return scan && { ...scan, exact: false };
}

function memberScan(environmentId: EnvironmentId, ids: readonly string[], order: UserOrderField): IndexScan {
  const [only, ...others] = ids;
  const byEmail = order === 'EMAIL';
  const index = byEmail ? 'organization_memberships_by_email' : 'organization_memberships_user_unique';
  const from = sql`organization_memberships as hit ${byIndex(index)}`;
  const common = {
    user: 'hit.user_id',
    join: joinUsers(environmentId, null, sql`users.id = hit.user_id`),
    exact: true,
    maxRows: ids.length === 0 ? 0 : null,
  };
  const where = [sql<SqlBool>`hit.environment_id = ${environmentId}`];
  if (only !== undefined && others.length === 0) {
    const orders = byEmail ? { EMAIL: ['hit.user_email_normal'] } : { CREATED_AT: ['hit.user_id'] };
    const columns = ['hit.organization_id', byEmail ? 'hit.user_email_normal' : 'hit.user_id'];
    return { ...common, from, where: [...where, sql`hit.organization_id = ${only}`], columns, orders };
  }
  // A member of two organizations is one user.
  const members = sql`(select distinct hit.user_id from ${from}
    where ${sql.join([...where, isOneOf(sql.ref('hit.organization_id'), ids)], sql` and `)}) as hit`;
  return { ...common, from: members, where: [sql`true`], columns: [], orders: {} };
}

function metadataScan(environmentId: EnvironmentId, { key, values }: Condition & { kind: 'metadata' }): IndexScan {
  const [only, ...others] = values ?? [];
  const isOne = only !== undefined && others.length === 0;
  const value = isOne ? sql<SqlBool>`hit.value = ${only}` : isOneOf(sql.ref('hit.value'), values ?? []);
  return {
    from: sql`user_metadata as hit`,
    join: joinUsers(environmentId, null, sql`users.id = hit.user_id`),
    user: 'hit.user_id',
    where: [sql`hit.environment_id = ${environmentId}`, sql`hit.key = ${key}`, ...(values === null ? [] : [value])],
    columns: isOne || values === null ? ['hit.key', 'hit.value', 'hit.user_id'] : [],
    orders: isOne ? { CREATED_AT: ['hit.user_id'] } : {},
    exact: true,
    maxRows: values?.length === 0 ? 0 : null,
  };
}

function users(
  environmentId: EnvironmentId,
  index: string | null,
  where: readonly RawBuilder<SqlBool>[],
  { columns = [], orders = {}, exact = true, maxRows = null, ...others }: Partial<IndexScan>,
): IndexScan {
  return {
    from: sql`users ${along({ table: 'users', index })}`,
    join: null,
    user: 'users.id',
    where: [sql`users.environment_id = ${environmentId}`, ...where],
    columns,
    orders,
    exact,
    maxRows,
    ...others,
  };
}

/**
 * Joins the users of a scan. The nested join keeps the scan as the outer loop and looks up each user by this index.
 * Without it SQLite may take the index of another condition, and read all users in its range once for each row of the scan.
 */
export function joinUsers(
  environmentId: EnvironmentId,
  index: string | null,
  on: RawBuilder<SqlBool>,
): RawBuilder<unknown> {
  return sql`${nestedJoin} users ${along({ table: 'users', index })} on users.environment_id = ${environmentId} and ${on}`;
}
