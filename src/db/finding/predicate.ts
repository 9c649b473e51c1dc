import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { type EnvironmentId, firstIdAt } from '../../domain/ids.js';
import type { UserOrderField } from '../../users/user.js';
import {
  type Condition,
  endOfPrefix,
  type TextCondition,
  type TextField,
  type TimeCondition,
} from '../../users/user-condition.js';
import { contains, hasMember, isOneOf, withoutIndex } from '../syntax.js';

/*
 * The columns of predicates use no index: a scan names its own terms, and a second term on its column can make SQLite's
 * planner drop the range of the scan and read all users.
 */

const column = (name: string) => withoutIndex<string>(`users.${name}`);

/** The columns in which texts are compared; a missing text is empty, not null. */
const COMPARED: Record<TextField, RawBuilder<string>> = {
  email: column('email_normal'),
  emailDomain: column('email_domain'),
  firstName: column('first_name_normal'),
  lastName: column('last_name_normal'),
  name: column('name_normal'),
  externalId: sql`coalesce(users.external_id, '')`,
};

const ALWAYS = sql<SqlBool>`true`;

/** Whether a user has a value in the field. */
const HAS_VALUE: Record<(Condition & { kind: 'given' })['field'], RawBuilder<SqlBool>> = {
  email: ALWAYS,
  emailDomain: ALWAYS,
  firstName: sql`users.first_name is not null`,
  lastName: sql`users.last_name is not null`,
  name: sql`users.name is not null`,
  externalId: sql`users.external_id is not null`,
  createdAt: ALWAYS,
  updatedAt: ALWAYS,
  lastSignInAt: sql`${column('last_sign_in_order')} <> ''`,
};

/** A condition as a predicate on a row of `users`. It is never null, so that `not` is its exact opposite. */
export function toPredicate(environmentId: EnvironmentId, condition: Condition): RawBuilder<SqlBool> {
  const part = (inner: Condition) => toPredicate(environmentId, inner);
  switch (condition.kind) {
    case 'all':
      return condition.of.length === 0 ? ALWAYS : sql`(${sql.join(condition.of.map(part), sql` and `)})`;
    case 'any':
      return condition.of.length === 0 ? sql`false` : sql`(${sql.join(condition.of.map(part), sql` or `)})`;
    case 'not':
      return sql`not ${part(condition.of)}`;
    case 'id':
      return isOneOf(column('id'), condition.ids);
    case 'member':
      return sql`exists (select 1 from organization_memberships as member
        where member.environment_id = ${environmentId} and ${isOneOf(sql.ref('member.organization_id'), condition.ids)}
          and member.user_id = users.id)`;
    case 'verified':
      return sql`${column('email_verified')} = ${condition.value ? 1 : 0}`;
    case 'text':
      return sql`(${textPredicate(condition)})`;
    case 'given':
      return sql`(${HAS_VALUE[condition.field]})`;
    case 'time':
      return sql`(${timePredicate(condition)})`;
    case 'metadata':
      // From the row's own JSON: the index of pairs cannot look up a key of one user.
      return condition.values === null
        ? hasMember('users.metadata', condition.key)
        : sql`exists (select 1 from user_metadata as pair
            where pair.environment_id = ${environmentId} and pair.key = ${condition.key}
              and ${isOneOf(sql.ref('pair.value'), condition.values)} and pair.user_id = users.id)`;
  }
}

function textPredicate({ field, test, values }: TextCondition): RawBuilder<SqlBool> {
  const compared = COMPARED[field];
  const [value = ''] = values;
  if (test === 'in') {
    const texts = values.filter((text) => text !== '');
    const isOne = isOneOf(compared, texts);
    // An empty text is a value; a missing one is not.
    return texts.length === values.length ? isOne : sql`${isOne} or (${compared} = '' and ${HAS_VALUE[field]})`;
  }
  if (value === '') return HAS_VALUE[field];
  if (test === 'startsWith') return within(compared, value, endOfPrefix(value));
  return sql.join(
    values.map((part) => contains(compared, part)),
    sql` or `,
  );
}

function timePredicate({ field, from, before }: TimeCondition): RawBuilder<SqlBool> {
  const bounds = timeBounds(field, from, before);
  return within(column(bounds.column), bounds.from, bounds.before);
}

/** A time condition as bounds on a column. Ids contain the time of creation; the empty text stands for "never". */
export function timeBounds(
  field: TimeCondition['field'],
  from: TimeCondition['from'],
  before: TimeCondition['before'],
) {
  switch (field) {
    case 'createdAt':
      return {
        column: 'id',
        from: from === null ? '' : firstIdAt('user', from),
        before: before === null ? null : firstIdAt('user', before),
      };
    case 'updatedAt':
      return { column: 'updated_at', from: from ?? '', before };
    case 'lastSignInAt':
      // Every instant sorts behind "-", and the empty text for "never" before it.
      return { column: 'last_sign_in_order', from: from ?? '-', before };
  }
}

/** A condition on the first column of the order, as an interval: the scan starts and ends there, so it is not checked. */
export function rangeOf(condition: Condition, field: UserOrderField): { from: string; before: string | null } | null {
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

/** Whether a column is in an interval: from a text on, and before another. An empty or null end is open. */
export function within(column: RawBuilder<unknown>, from: string, before: string | null): RawBuilder<SqlBool> {
  const bounds = [
    ...(from === '' ? [] : [sql<SqlBool>`${column} >= ${from}`]),
    ...(before === null ? [] : [sql<SqlBool>`${column} < ${before}`]),
  ];
  return bounds.length === 0 ? ALWAYS : sql`${sql.join(bounds, sql` and `)}`;
}
