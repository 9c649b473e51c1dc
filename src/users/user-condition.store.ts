import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { listOf } from '../db/lists.js';
import { type EnvironmentId, firstIdAt } from '../ids.js';
import {
  type Condition,
  endOfPrefix,
  type TextCondition,
  type TextField,
  type TimeCondition,
} from './user-condition.js';

/** Columns texts are compared in; empty, not null, where there is no text. */
const COMPARED: Record<TextField, RawBuilder<string>> = {
  email: sql`users.email_normal`,
  emailDomain: sql`users.email_domain`,
  firstName: sql`users.first_name_normal`,
  lastName: sql`users.last_name_normal`,
  name: sql`users.name_normal`,
  externalId: sql`coalesce(users.external_id, '')`,
};

const ALWAYS = sql<SqlBool>`1`;

/** Whether a user has the value at all. */
const GIVEN: Record<(Condition & { kind: 'given' })['field'], RawBuilder<SqlBool>> = {
  email: ALWAYS,
  emailDomain: ALWAYS,
  firstName: sql`users.first_name is not null`,
  lastName: sql`users.last_name is not null`,
  name: sql`users.name is not null`,
  externalId: sql`users.external_id is not null`,
  createdAt: ALWAYS,
  updatedAt: ALWAYS,
  lastSignInAt: sql`users.last_sign_in_order <> ''`,
};

/** The condition on a row of `users`. It is never null, so that `not` is the exact opposite. */
export function holds(environmentId: EnvironmentId, condition: Condition): RawBuilder<SqlBool> {
  const part = (inner: Condition) => holds(environmentId, inner);
  switch (condition.kind) {
    case 'all':
      return condition.of.length === 0 ? ALWAYS : sql`(${sql.join(condition.of.map(part), sql` and `)})`;
    case 'any':
      return condition.of.length === 0 ? sql`0` : sql`(${sql.join(condition.of.map(part), sql` or `)})`;
    case 'not':
      return sql`not ${part(condition.of)}`;
    case 'id':
      return sql`users.id in ${listOf(condition.ids)}`;
    case 'member':
      return sql`exists (select 1 from organization_memberships as member
        where member.environment_id = ${environmentId} and member.organization_id in ${listOf(condition.ids)}
          and member.user_id = users.id)`;
    case 'verified':
      return sql`users.email_verified = ${condition.value ? 1 : 0}`;
    case 'text':
      return sql`(${textHolds(condition)})`;
    case 'given':
      return sql`(${GIVEN[condition.field]})`;
    case 'time':
      return sql`(${timeHolds(condition)})`;
    case 'metadata':
      // By the row's own map: the index of pairs has no quick way from a user to a key.
      return condition.values === null
        ? sql`exists (select 1 from json_each(users.metadata) as pair where pair.key = ${condition.key})`
        : sql`exists (select 1 from user_metadata as pair
            where pair.environment_id = ${environmentId} and pair.key = ${condition.key}
              and pair.value in ${listOf(condition.values)} and pair.user_id = users.id)`;
  }
}

function textHolds({ field, test, values }: TextCondition): RawBuilder<SqlBool> {
  const column = COMPARED[field];
  const [value = ''] = values;
  if (test === 'in') {
    const texts = values.filter((text) => text !== '');
    const isOne = sql<SqlBool>`${column} in ${listOf(texts)}`;
    // An empty text is a value, which having none is not.
    return texts.length === values.length ? isOne : sql`${isOne} or (${column} = '' and ${GIVEN[field]})`;
  }
  if (value === '') return GIVEN[field];
  if (test === 'startsWith') return within(column, value, endOfPrefix(value));
  return sql.join(
    values.map((part) => sql`instr(${column}, ${part}) > 0`),
    sql` or `,
  );
}

function timeHolds({ field, from, before }: TimeCondition): RawBuilder<SqlBool> {
  const bounds = timeBounds(field, from, before);
  return within(bounds.column, bounds.from, bounds.before);
}

/** The same interval as bounds on a column. Ids carry the instant of creation; the empty text is for "never". */
export function timeBounds(
  field: TimeCondition['field'],
  from: TimeCondition['from'],
  before: TimeCondition['before'],
) {
  switch (field) {
    case 'createdAt':
      return {
        column: sql`users.id`,
        from: from === null ? '' : firstIdAt('user', from),
        before: before === null ? null : firstIdAt('user', before),
      };
    case 'updatedAt':
      return { column: sql`users.updated_at`, from: from ?? '', before };
    case 'lastSignInAt':
      // Every instant is behind this one sign, and "never" before it.
      return { column: sql`users.last_sign_in_order`, from: from ?? '-', before };
  }
}

/** From a text on, and before another; an end that is empty or null is open. */
export function within(column: RawBuilder<unknown>, from: string, before: string | null): RawBuilder<SqlBool> {
  const bounds = [
    ...(from === '' ? [] : [sql<SqlBool>`${column} >= ${from}`]),
    ...(before === null ? [] : [sql<SqlBool>`${column} < ${before}`]),
  ];
  return bounds.length === 0 ? ALWAYS : sql`${sql.join(bounds, sql` and `)}`;
}
