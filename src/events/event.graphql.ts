import { requireScope, requireViewer } from '../auth/viewer.js';
import { type Instant, toSortable } from '../clock.js';
import { examines } from '../graphql/bounds/cost.js';
import { builder, requires } from '../graphql/builder.js';
import { connect, feedTypes, listSize, pageArgs, toPageRequest } from '../graphql/connection.js';
import { DateTimeFilter, OrderDirection } from '../graphql/filters.graphql.js';
import { Node, registerNode } from '../graphql/node.graphql.js';
import { isId } from '../ids.js';
import { EMPTY_PAGE } from '../paging.js';
import { User } from '../users/user.graphql.js';
import { EVENTS, type EventFilter, type EventName, type LoggedEvent, MAX_EVENTS_EXAMINED } from './event.js';
import type { EventPage } from './event.service.js';
import { cursorAt, EVENT_ORDER, EVENT_POSITION_LENGTH, positionAt, positionOf } from './event-position.js';

/** `USER_CREATED` of `user.created`: the enum's values are made from the log's names, and are them inside the server. */
export const EventType = builder.enumType('EventType', {
  description: 'What happened. More may come.',
  values: Object.fromEntries(
    Object.entries(EVENTS).map(([name, { description }]) => [
      name.toUpperCase().replaceAll('.', '_'),
      { value: name, description },
    ]),
  ) as Record<string, { value: EventName; description: string }>, // fromEntries forgets what the values are
});

const ActorSource = builder.enumType('ActorSource', {
  description: 'What kind of actor caused an event. More may come.',
  values: {
    API: { description: 'A program with its API key.' },
    PERSON: { description: 'A person who signed in.' },
    IMPORT: { description: 'An import of data.' },
    SYSTEM: { description: 'The server itself, on a command of its operator.' },
  },
});

const Actor = builder.objectRef<LoggedEvent['actor']>('Actor').implement({
  description: 'Who caused an event.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the API key or user, or the name of the command.' }),
    name: t.exposeString('name', { nullable: true, description: 'Their name at the time.' }),
    source: t.expose('source', { type: ActorSource, description: 'What kind of actor it is.' }),
  }),
});

/** One entry of the log. `event-types.graphql.ts` has the types that implement it. */
export const Event = builder.interfaceRef<LoggedEvent>('Event').implement({
  description:
    'One entry of the append-only log; written in the transaction that made the change. More kinds may come.',
  interfaces: [Node],
  resolveType: ({ name }) => EVENTS[name].type,
  fields: (t) => ({
    type: t.field({ type: EventType, description: 'What happened, to switch on.', resolve: ({ name }) => name }),
    name: t.exposeString('name', { description: 'The same as a dotted name, as webhooks carry it: user.created.' }),
    actor: t.field({ type: Actor, nullable: true, description: 'Who caused it.', resolve: ({ actor }) => actor }),
    requestId: t.exposeString('requestId', {
      description: 'Id of the request that caused it, as in the log of the server; of a command its name.',
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'When it was written; never before the event before it in the log.',
    }),
  }),
});

registerNode('event', {
  typename: ({ name }: LoggedEvent) => EVENTS[name].type,
  scope: 'events:read',
  load: (context, id) => context.loaders.events.byId.load(id),
});

const { connection: EventConnection, edge: EventEdge } = feedTypes(Event, 'events');

function listingOf(epoch: string) {
  return { order: EVENT_ORDER, position: ({ sequence }: LoggedEvent) => positionOf(epoch, sequence) };
}

function toConnection({ page, epoch }: EventPage) {
  return connect(page, listingOf(epoch));
}

const EventFilterInput = builder.inputType('EventFilter', {
  description: 'Conditions on events. All given ones must hold; one that is null or left out does not count.',
  fields: (t) => ({
    types: t.field({ type: [EventType], description: 'One of these happened; of an empty list nothing did.' }),
    userId: t.id({ description: 'It happened to this user.' }),
    organizationId: t.id({ description: 'It happened to this organization, or in it.' }),
    createdAt: t.field({ type: DateTimeFilter, description: 'When it was written.' }),
  }),
});

/** The conditions, or null when one can hold for nothing: an id that is none. */
function toFilter({
  types,
  userId,
  organizationId,
  createdAt,
}: typeof EventFilterInput.$inferInput): EventFilter | null {
  if (userId != null && !isId('user', userId)) return null;
  if (organizationId != null && !isId('org', organizationId)) return null;
  const { gte, gt, lte, lt } = createdAt ?? {};
  const bound = (instant: Instant | null | undefined) => (instant == null ? undefined : toSortable(instant));
  return {
    names: types ? [...new Set(types)] : undefined,
    userId: userId ?? undefined,
    organizationId: organizationId ?? undefined,
    createdAt: createdAt ? { gte: bound(gte), gt: bound(gt), lte: bound(lte), lt: bound(lt) } : undefined,
  };
}

const EventOrder = builder.inputType('EventOrder', {
  description: 'Order of a list of events.',
  fields: (t) => ({
    direction: t.field({
      type: OrderDirection,
      required: true,
      defaultValue: 'ASC',
      description: 'ASC is the order of the log, oldest first.',
    }),
  }),
});

builder.queryField('events', (t) =>
  t.field({
    type: EventConnection,
    ...requires('events:read'),
    listSize,
    extensions: examines({ args: ['filter'], rows: MAX_EVENTS_EXAMINED }),
    description: [
      'The event log, oldest first: read it as a feed and keep the last cursor; it is good for every list of events.',
      'A page with several conditions may hold fewer events than asked for, or none, and go on: hasNextPage tells.',
    ].join(' '),
    args: {
      filter: t.arg({ type: EventFilterInput, description: 'Only events for which all of this holds.' }),
      orderBy: t.arg({ type: EventOrder, defaultValue: { direction: 'ASC' }, description: 'Order of the list.' }),
      ...pageArgs,
    },
    resolve: async (_, args, context) => {
      const request = toPageRequest(args, EVENT_ORDER, EVENT_POSITION_LENGTH);
      const filter = toFilter(args.filter ?? {});
      if (!filter) return toConnection({ page: EMPTY_PAGE, epoch: '' });
      const descending = args.orderBy?.direction === 'DESC';
      const { events } = context.services;
      return toConnection(await events.listEvents(requireViewer(context.viewer), filter, descending, request));
    },
  }),
);

builder.objectField(User, 'events', (t) =>
  t.field({
    type: EventConnection,
    ...requires('events:read'),
    listSize,
    description: 'What happened to the user, newest first.',
    args: pageArgs,
    resolve: async ({ id }, args, context) =>
      toConnection(await context.loaders.events.byUser(id, toPageRequest(args, EVENT_ORDER, EVENT_POSITION_LENGTH))),
  }),
);

builder.subscriptionField('events', (t) =>
  t.field({
    type: EventEdge,
    ...requires('events:read'),
    description: [
      'Events as they are committed, in the order of the log. Give the last cursor you have dealt with, and everything',
      'behind it comes first; without it the stream begins now. Each event comes at least once, and none is left out.',
      'Over server-sent events the cursor is the id of the message too, so that an EventSource goes on by itself.',
    ].join(' '),
    args: {
      after: t.arg.string({ description: 'Cursor of the last event you have dealt with, from here or from a list.' }),
      filter: t.arg({ type: EventFilterInput, description: 'Only events for which all of this holds.' }),
    },
    subscribe: async (_, args, context) => {
      const after = context.lastEventId ?? args.after ?? null;
      const position = after === null ? null : positionAt(after);
      const filter = toFilter(args.filter ?? {}) ?? { names: [] };
      const assertAccess = async () => requireScope(await context.renewViewer(), 'events:read');
      return context.services.eventStreams.follow(requireViewer(context.viewer), filter, position, assertAccess);
    },
    resolve: ({ event, epoch }, _, context) => {
      // What the event before has loaded is the past.
      context.loaders.clear();
      context.eventId = cursorAt(epoch, event.sequence);
      return { connection: connect({ ...EMPTY_PAGE, items: [event] }, listingOf(epoch)), item: event };
    },
  }),
);
