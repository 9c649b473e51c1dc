import { requireViewer } from '../auth/viewer.js';
import { MAX_ROWS_COUNTED } from '../db/totals.js';
import { examines } from '../graphql/bounds/cost.js';
import { builder, requires } from '../graphql/builder.js';
import { connect, connectionType, listSize, pageArgs, toPageRequest } from '../graphql/connection.js';
import {
  DateTimeFilter,
  IDFilter,
  NullableDateTimeFilter,
  OrderDirection,
  StringFilter,
} from '../graphql/filters.graphql.js';
import { User } from './user.graphql.js';
import type { UserOrder, User as UserShape } from './user.js';
import { parseUserFilter, type UserFilter } from './user-filter.js';
import { type Count as CountShape, MAX_COUNT, MAX_ROWS_EXAMINED, type UserQuery } from './user-query.js';
import { parseSearch } from './user-search.js';

const UserConnection = connectionType(User, 'users');

const UserOrderField = builder.enumType('UserOrderField', {
  description: 'What users can be ordered by; the id decides between equals.',
  values: {
    CREATED_AT: { description: 'When the user was created; with a search, in the order they were written.' },
    UPDATED_AT: { description: 'When something about the user last changed.' },
    LAST_SIGN_IN_AT: { description: 'When they last signed in; never is before all others.' },
    EMAIL: { description: 'The address, letter case ignored, with its domain in Unicode.' },
    NAME: { description: 'The full name, letter case ignored; having none is before all others.' },
  },
});

const UserOrderInput = builder.inputType('UserOrder', {
  description: 'Order of a list of users.',
  fields: (t) => ({
    field: t.field({ type: UserOrderField, required: true, description: 'What to order by.' }),
    direction: t.field({ type: OrderDirection, required: true, defaultValue: 'ASC', description: 'Which end first.' }),
  }),
});

const MetadataFilter = builder.inputType('MetadataFilter', {
  description: 'Comparison of one metadata value. Keys and values are compared as they are; all given must hold.',
  fields: (t) => ({
    key: t.string({ required: true, description: 'The key.' }),
    eq: t.string({ description: 'The value is exactly this.' }),
    in: t.stringList({ description: 'The value is one of these.' }),
    exists: t.boolean({ description: 'Whether the key is there.' }),
  }),
});

const UserFilterInput = builder.inputRef<UserFilter>('UserFilter').implement({
  description: 'Conditions on users. All given ones must hold; one that is null or left out does not count.',
  fields: (t) => ({
    and: t.field({ type: [UserFilterInput], description: 'All of these hold.' }),
    or: t.field({ type: [UserFilterInput], description: 'One of these holds; of none of them, none does.' }),
    not: t.field({ type: UserFilterInput, description: 'This does not hold.' }),
    id: t.field({ type: IDFilter, description: 'The id.' }),
    email: t.field({
      type: StringFilter,
      description: 'The address; `eq` and `in` in any spelling of its domain, parts in Unicode.',
    }),
    emailDomain: t.field({
      type: StringFilter,
      description: 'What follows the @ of the address, in any spelling; parts in Unicode.',
    }),
    emailVerified: t.boolean({ description: 'Whether the address is verified.' }),
    firstName: t.field({ type: StringFilter, description: 'Given name.' }),
    lastName: t.field({ type: StringFilter, description: 'Family name.' }),
    name: t.field({ type: StringFilter, description: 'Full name.' }),
    externalId: t.field({ type: StringFilter, description: 'Id in your own system; letter case counts.' }),
    organizationId: t.field({
      type: IDFilter,
      description: 'An organization the user is a member of, whatever the status of the membership.',
    }),
    metadata: t.field({ type: [MetadataFilter], description: 'Metadata values; all of these hold.' }),
    createdAt: t.field({ type: DateTimeFilter, description: 'When the user was created.' }),
    updatedAt: t.field({ type: DateTimeFilter, description: 'When something about the user last changed.' }),
    lastSignInAt: t.field({ type: NullableDateTimeFilter, description: 'When they last signed in.' }),
  }),
});

const Count = builder.objectRef<CountShape>('Count').implement({
  description: 'A count and whether it is exact.',
  fields: (t) => ({
    value: t.exposeInt('value', { description: 'How many were counted.' }),
    isExact: t.exposeBoolean('isExact', {
      description: 'False when counting stopped before the end: there may be more.',
    }),
  }),
});

const queryArgs = builder.args((t) => ({
  filter: t.field({ type: UserFilterInput, description: 'Only users for whom all of this holds.' }),
  search: t.string({
    description:
      'Words or beginnings of words looked for in names, email and external id; accents and case are ignored.',
  }),
}));

function toQuery(args: { filter?: UserFilter | null | undefined; search?: string | null | undefined }): UserQuery {
  return { condition: parseUserFilter(args.filter), search: parseSearch(args.search) };
}

/** How many values a position has: columns that are not unique are followed by the id. */
const POSITION_LENGTH = { CREATED_AT: 1, EMAIL: 1, UPDATED_AT: 2, LAST_SIGN_IN_AT: 2, NAME: 2 };

builder.queryFields((t) => ({
  users: t.field({
    type: UserConnection,
    ...requires('users:read'),
    listSize,
    extensions: examines({
      args: ['filter', 'search'],
      rows: MAX_ROWS_EXAMINED,
      rowsOfTotal: MAX_ROWS_COUNTED,
    }),
    description: 'Users of the environment, newest first unless ordered otherwise. A page has at most 100.',
    args: {
      ...queryArgs,
      orderBy: t.arg({
        type: UserOrderInput,
        defaultValue: { field: 'CREATED_AT', direction: 'DESC' },
        description: 'Order of the list; cursors are good for one order only.',
      }),
      ...pageArgs,
    },
    resolve: async (_, args, context) => {
      const order: UserOrder = args.orderBy ?? { field: 'CREATED_AT', direction: 'DESC' };
      const query = toQuery(args);
      // A search has an order of creation of its own.
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
    ...requires('users:read'),
    cost: 5,
    extensions: examines({ args: ['filter', 'search'], rows: MAX_ROWS_COUNTED }),
    description: 'How many users match. Counting stops at limit, so it is cheap however many there are.',
    args: {
      ...queryArgs,
      limit: t.arg.int({ defaultValue: MAX_COUNT, description: `Where to stop: 1 to ${MAX_COUNT}.` }),
    },
    resolve: (_, args, context) => {
      const viewer = requireViewer(context.viewer);
      return context.services.users.countUsersUpTo(viewer, toQuery(args), args.limit ?? MAX_COUNT);
    },
  }),
}));
