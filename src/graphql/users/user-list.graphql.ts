import { requireViewer } from '../../auth/viewer.js';
import { MAX_ROWS_COUNTED } from '../../db/totals.js';
import type { UserOrder, User as UserShape } from '../../users/user.js';
import { userLoaders } from '../../users/user.loaders.js';
import { parseUserFilter, type UserFilter } from '../../users/user-filter.js';
import {
  type Count as CountShape,
  MAX_COUNT,
  MAX_ROWS_EXAMINED,
  USER_ORDERS,
  type UserQuery,
} from '../../users/user-query.js';
import { parseSearch } from '../../users/user-search.js';
import { examines } from '../bounds/cost.js';
import { builder, requires } from '../builder/builder.js';
import { connect, connectionType, listSize, pageArgs, toPageRequest } from '../builder/connection.js';
import {
  DateTimeFilter,
  IDFilter,
  NullableDateTimeFilter,
  OrderDirection,
  StringFilter,
} from '../builder/filters.graphql.js';
import { reads, type StoredList } from '../builder/reads.js';
import { User } from './user.graphql.js';

const UserConnection = connectionType(User, 'users');

const UserOrderField = builder.enumType('UserOrderField', {
  description: 'Properties by which users can be ordered. Users with equal values are ordered by ID.',
  values: {
    CREATED_AT: { description: 'Order users by creation time. In a search, order them by when they were stored.' },
    UPDATED_AT: { description: 'Order users by the time of their last update.' },
    LAST_SIGN_IN_AT: {
      description: 'Order users by the time of their last sign-in. Users who never signed in sort before all others.',
    },
    EMAIL: { description: 'Order users by email address, ignoring case, with the domain in Unicode.' },
    NAME: { description: 'Order users by full name, ignoring case. Users without a name sort before all others.' },
  },
});

const UserOrderInput = builder.inputType('UserOrder', {
  description: 'Ordering options for user connections.',
  fields: (t) => ({
    field: t.field({ type: UserOrderField, required: true, description: 'The property to order users by.' }),
    direction: t.field({
      type: OrderDirection,
      required: true,
      defaultValue: 'ASC',
      description: 'The ordering direction.',
    }),
  }),
});

const MetadataFilter = builder.inputType('MetadataFilter', {
  description:
    'Filters by the metadata value of a key. Keys and values are case-sensitive. All given conditions must match.',
  fields: (t) => ({
    key: t.string({ required: true, description: 'The metadata key.' }),
    eq: t.string({ description: 'Matches this value.' }),
    in: t.stringList({ description: 'Matches any of these values. An empty list matches nothing.' }),
    exists: t.boolean({ description: 'If true, matches users that have the key; if false, users that do not.' }),
  }),
});

const UserFilterInput = builder.inputRef<UserFilter>('UserFilter').implement({
  description: 'Filters users. All given conditions must match. A condition that is null is ignored.',
  fields: (t) => ({
    and: t.field({ type: [UserFilterInput], description: 'Matches users that match all of these filters.' }),
    or: t.field({
      type: [UserFilterInput],
      description: 'Matches users that match at least one of these filters. An empty list matches nothing.',
    }),
    not: t.field({ type: UserFilterInput, description: 'Matches users that do not match this filter.' }),
    id: t.field({ type: IDFilter, description: 'Filters by ID.' }),
    email: t.field({
      type: StringFilter,
      description: [
        'Filters by email address. `eq` and `in` accept any spelling of the domain; `startsWith` and `contains`',
        'compare its Unicode form.',
      ].join(' '),
    }),
    emailDomain: t.field({
      type: StringFilter,
      description: [
        'Filters by the domain of the email address. `eq` and `in` accept any spelling; `startsWith` and',
        '`contains` compare its Unicode form.',
      ].join(' '),
    }),
    emailVerified: t.boolean({ description: 'Filters by whether the email address is verified.' }),
    firstName: t.field({ type: StringFilter, description: 'Filters by first name.' }),
    lastName: t.field({ type: StringFilter, description: 'Filters by last name.' }),
    name: t.field({ type: StringFilter, description: 'Filters by full name.' }),
    externalId: t.field({ type: StringFilter, description: 'Filters by the ID in your own system. Case-sensitive.' }),
    organizationId: t.field({
      type: IDFilter,
      description: 'Filters by the organizations that the user is a member of, with any membership status.',
    }),
    metadata: t.field({ type: [MetadataFilter], description: 'Filters by metadata. All of these filters must match.' }),
    createdAt: t.field({
      type: DateTimeFilter,
      description: 'Filters by the date and time when the user was created.',
    }),
    updatedAt: t.field({
      type: DateTimeFilter,
      description: 'Filters by the date and time when the user was last updated.',
    }),
    lastSignInAt: t.field({
      type: NullableDateTimeFilter,
      description: 'Filters by the date and time when the user last signed in.',
    }),
  }),
});

const Count = builder.objectRef<CountShape>('Count').implement({
  description: 'A number of items, which is a lower bound when counting stopped at a limit.',
  fields: (t) => ({
    value: t.exposeInt('value', { description: 'The number of items counted.' }),
    isExact: t.exposeBoolean('isExact', {
      description: 'Whether the count is exact. If false, counting stopped early and there may be more items.',
    }),
  }),
});

const queryArgs = builder.args((t) => ({
  filter: t.field({ type: UserFilterInput, description: 'Returns only users that match this filter.' }),
  search: t.string({
    description: [
      'Returns only users whose names, email address or external ID contain these words or prefixes of words. Case',
      'and accents are ignored.',
    ].join(' '),
  }),
}));

function toQuery(args: { filter?: UserFilter | null | undefined; search?: string | null | undefined }): UserQuery {
  return { condition: parseUserFilter(args.filter), search: parseSearch(args.search) };
}

/** Number of values in a position of each order. An order by a column that is not unique also has the id. */
const POSITION_LENGTH = { CREATED_AT: 1, EMAIL: 1, UPDATED_AT: 2, LAST_SIGN_IN_AT: 2, NAME: 2 };

/** The index in the order of the list, when all users are listed. */
function listOf({ filter, search, orderBy }: Readonly<Record<string, unknown>>): StoredList | null {
  if (filter != null || search != null) return null;
  const { field, direction } = (orderBy ?? NEWEST_FIRST) as UserOrder; // coerced to the input type
  const { columns, index } = USER_ORDERS[field];
  return { name: `users:${field}:${direction}`, order: { columns, descending: direction === 'DESC' }, index };
}

const NEWEST_FIRST: UserOrder = { field: 'CREATED_AT', direction: 'DESC' };

builder.queryFields((t) => ({
  users: t.field({
    type: UserConnection,
    ...requires('users.listUsers'),
    listSize,
    extensions: {
      ...examines({ args: ['filter', 'search'], rows: MAX_ROWS_EXAMINED, rowsOfTotal: MAX_ROWS_COUNTED }),
      ...reads({ kind: 'list', action: 'users.listUsers', mapping: userLoaders.mapping, listOf }),
    },
    description: 'A list of the users of the environment, newest first by default.',
    args: {
      ...queryArgs,
      orderBy: t.arg({
        type: UserOrderInput,
        defaultValue: { ...NEWEST_FIRST },
        description:
          'Ordering options for the returned users. A cursor is valid only for the order that it comes from.',
      }),
      ...pageArgs,
    },
    resolve: async (_, args, context) => {
      const order: UserOrder = args.orderBy ?? NEWEST_FIRST;
      const query = toQuery(args);
      // A search orders by insertion, so its cursors differ from those of the list.
      const list = query.search && order.field === 'CREATED_AT' ? 'users:search' : 'users';
      const name = `${list}:${order.field}:${order.direction}`;
      const request = toPageRequest(args, name, POSITION_LENGTH[order.field]);
      const viewer = requireViewer(context.viewer);
      const page = await context.services.users.listUsers(viewer, query, order, request);
      const position = (user: UserShape) => page.positions.get(user.id) ?? ([user.id] as const);
      return connect(page, { order: name, position }, () => context.services.users.countUsers(viewer, query));
    },
  }),
  usersCount: t.field({
    type: Count,
    ...requires('users.countUsersUpTo'),
    cost: 5,
    extensions: examines({ args: ['filter', 'search'], rows: MAX_ROWS_COUNTED }),
    description: 'The number of users that match. Counting stops at the limit, so the cost is bounded.',
    args: {
      ...queryArgs,
      limit: t.arg.int({
        defaultValue: MAX_COUNT,
        description: `The number at which counting stops: 1 to ${MAX_COUNT}.`,
      }),
    },
    resolve: (_, args, context) => {
      const viewer = requireViewer(context.viewer);
      return context.services.users.countUsersUpTo(viewer, toQuery(args), args.limit ?? MAX_COUNT);
    },
  }),
}));
