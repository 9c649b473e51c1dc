import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { encodeCursor } from '../../../src/paging/cursor.js';
import type { Read } from './reads.js';

/** Every order of a list of users. */
export const USER_ORDERS = ['CREATED_AT', 'UPDATED_AT', 'LAST_SIGN_IN_AT', 'EMAIL', 'NAME'].flatMap((field) =>
  ['ASC', 'DESC'].map((direction) => ({ field, direction })),
);

/** A value for an operator of a filter, by the type it takes; few users of the crowd have one, or most do. */
function valuesOf(type: GraphQLInputType, field: string, ids: Readonly<Record<string, string>>): unknown[] {
  if (isNonNullType(type)) return valuesOf(type.ofType, field, ids);
  if (isListType(type)) return valuesOf(type.ofType, field, ids).map((value) => [value, value]);
  const { name } = getNamedType(type);
  if (name === 'Boolean') return [true, false];
  if (name === 'DateTime') return ['2024-01-01T00:01:00Z'];
  if (name === 'ID') return [ids[field] ?? ''];
  const texts: Record<string, [string, string]> = {
    email: ['ada.', 'nobody@example.com'],
    emailDomain: ['initech.example', 'example.com'],
    externalId: ['customer-1', 'customer-77'],
  };
  return texts[field] ?? ['Ada', 'Ada Albe', ''];
}

/** Every field of the filter with every operator, from the schema: one that is added is in it. */
export function singleFilters(
  schema: GraphQLSchema,
  ids: { readonly id: string; readonly organizationId: string },
): Record<string, unknown>[] {
  const type = schema.getType('UserFilter');
  if (!isInputObjectType(type)) throw new Error('UserFilter is an input.');
  return Object.values(type.getFields()).flatMap((field): Record<string, unknown>[] => {
    const inner = getNamedType(field.type);
    if (['and', 'or', 'not'].includes(field.name)) return [];
    if (!isInputObjectType(inner))
      return valuesOf(field.type, field.name, ids).map((value) => ({ [field.name]: value }));
    const operators = Object.values(inner.getFields()).filter(({ name }) => name !== 'key');
    return operators.flatMap((operator) =>
      valuesOf(operator.type, field.name, ids).map((value) => {
        const test = { [operator.name]: value };
        return { [field.name]: field.name === 'metadata' ? [{ key: 'plan', ...test }] : test };
      }),
    );
  });
}

const LIST = `query ($filter: UserFilter, $search: String, $orderBy: UserOrder, $first: Int, $last: Int, $after: String) {
  users(filter: $filter, search: $search, orderBy: $orderBy, first: $first, last: $last, after: $after) { nodes { id } }
}`;

function cursorOf({ field, direction }: { readonly field: string; readonly direction: string }, id: string): string {
  return encodeCursor(`users:${field}:${direction}`, field === 'CREATED_AT' ? [id] : ['', id]);
}
const TOTAL = 'query ($filter: UserFilter, $search: String) { users(filter: $filter, search: $search) { totalCount } }';
const COUNT = 'query ($filter: UserFilter, $search: String) { usersCount(filter: $filter, search: $search) { value } }';

/** Lists of users in every order, and with every condition and some searches; their totals and counts. */
export function userReads(
  schema: GraphQLSchema,
  ids: { readonly id: string; readonly organizationId: string },
): Read[] {
  const orders = USER_ORDERS.flatMap((orderBy) =>
    ['first', 'last'].map((size) => ({
      name: `users, ${orderBy.field} ${orderBy.direction}, ${size}`,
      query: LIST,
      variables: { orderBy, [size]: 50 },
    })),
  );
  const questions = [
    ...singleFilters(schema, ids).map((filter) => ({
      name: JSON.stringify(filter).slice(1, -1),
      variables: { filter },
    })),
    { name: 'not a time', variables: { filter: { not: { createdAt: { gt: '2024-01-01T00:01:00Z' } } } } },
    { name: 'or', variables: { filter: { or: [{ lastName: { eq: 'Albebe' } }, { name: { startsWith: 'Kofi P' } }] } } },
    ...['ada', 'ada alb', 'example', 'customer 77', 'nobody'].map((search) => ({
      name: `search ${search}`,
      variables: { search },
    })),
  ];
  // A cursor beside a condition on the column of the order, and one in a list whose rows have one value there.
  const pages = [
    { filter: { createdAt: { gte: '2023-01-01T00:00:00Z' } }, orderBy: { field: 'CREATED_AT', direction: 'ASC' } },
    { filter: { lastSignInAt: { isNull: true } }, orderBy: { field: 'LAST_SIGN_IN_AT', direction: 'ASC' } },
  ].map(({ filter, orderBy }) => ({
    name: `users, ${JSON.stringify(filter).slice(1, -1)}, after a cursor`,
    query: LIST,
    variables: { filter, orderBy, first: 50, after: cursorOf(orderBy, ids.id) },
  }));
  return [
    ...orders,
    ...pages,
    ...questions.flatMap(({ name, variables }) => [
      { name: `users, ${name}`, query: LIST, variables: { ...variables, first: 50 } },
      {
        name: `users, ${name}, by name`,
        query: LIST,
        variables: { ...variables, orderBy: { field: 'NAME' }, first: 50 },
      },
      { name: `users, ${name}, total`, query: TOTAL, variables },
      { name: `usersCount, ${name}`, query: COUNT, variables },
    ]),
  ];
}
