import { authorize } from '../../auth/policy.js';
import { requireViewer } from '../../auth/viewer.js';
import { isId } from '../../domain/ids.js';
import { EVENTS, typenameOf } from '../../event-catalog/event-catalog.js';
import { type EventFilter, type LoggedEvent, MAX_EVENTS_EXAMINED } from '../../events/event.js';
import { eventLoaders } from '../../events/event.loaders.js';
import type { EventPage } from '../../events/event.service.js';
import type { EventName } from '../../events/event-data.js';
import { cursorAt, EVENT_ORDER, EVENT_POSITION_LENGTH, positionAt, positionOf } from '../../events/event-position.js';
import { EMPTY_PAGE } from '../../paging/paging.js';
import { type Instant, toSortable } from '../../runtime/clock.js';
import { examines } from '../bounds/cost.js';
import { builder, requires } from '../builder/builder.js';
import { connect, feedTypes, listSize, pageArgs, toPageRequest } from '../builder/connection.js';
import { DateTimeFilter, OrderDirection } from '../builder/filters.graphql.js';
import { Node, registerNode } from '../builder/node.graphql.js';
import { User } from '../users/user.graphql.js';

/** GraphQL enum of event names: the value `USER_CREATED` stands for the name `user.created`. */
export const EventType = builder.enumType('EventType', {
  description: 'The types of events. New values may be added.',
  values: Object.fromEntries(
    Object.entries(EVENTS).map(([name, { description }]) => [
      name.toUpperCase().replaceAll('.', '_'),
      { value: name, description },
    ]),
  ) as Record<string, { value: EventName; description: string }>, // fromEntries loses the type of the values
});

const ActorSource = builder.enumType('ActorSource', {
  description: 'The kinds of actors. New values may be added.',
  values: {
    API: { description: 'A client that authenticated with an API key.' },
    PERSON: { description: 'A user who signed in.' },
    IMPORT: { description: 'A data import.' },
    SYSTEM: { description: 'The server itself, or a command of its operator.' },
  },
});

const ApiName = builder.enumType('ApiName', {
  description: 'The APIs of the server. New values may be added.',
  values: {
    GRAPHQL: { description: 'The GraphQL API.' },
    REST: { description: 'The REST API.' },
  },
});

const Actor = builder.objectRef<LoggedEvent['actor']>('Actor').implement({
  description: 'The actor that caused an event.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The ID of the API key or the user, or the name of the command.' }),
    name: t.exposeString('name', { nullable: true, description: 'The name of the actor when the event was written.' }),
    source: t.expose('source', { type: ActorSource, description: 'The kind of actor.' }),
  }),
});

/** Interface of events. The types that implement it are in `event-types.graphql.ts`. */
export const Event = builder.interfaceRef<LoggedEvent>('Event').implement({
  description: [
    'An entry of the append-only event log, written in the same transaction as the change that it describes. New',
    'implementations may be added.',
  ].join(' '),
  interfaces: [Node],
  resolveType: typenameOf,
  fields: (t) => ({
    type: t.field({ type: EventType, description: 'The type of the event.', resolve: ({ name }) => name }),
    name: t.exposeString('name', {
      description: 'The type of the event as a dotted name, as in webhooks, e.g. user.created.',
    }),
    actor: t.field({
      type: Actor,
      nullable: true,
      description: 'The actor that caused the event.',
      resolve: ({ actor }) => actor,
    }),
    requestId: t.exposeString('requestId', {
      description:
        'The ID of the request that caused the event, as in the server log. For a command, the name of the command.',
    }),
    api: t.expose('api', {
      type: ApiName,
      nullable: true,
      description: 'The API that the request was sent to. Null for a command, and for what the server does by itself.',
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      description:
        'The date and time when the event was written. It is never earlier than that of the preceding event.',
    }),
  }),
});

registerNode('event', {
  typename: typenameOf,
  action: 'events.read',
  load: (context, id) => context.loaders.of(eventLoaders).byId.load(id),
});

const { connection: EventConnection, edge: EventEdge } = feedTypes(Event, 'events');

function listingOf(epoch: string) {
  return { order: EVENT_ORDER, position: ({ sequence }: LoggedEvent) => positionOf(epoch, sequence) };
}

function toConnection({ page, epoch }: EventPage) {
  return connect(page, listingOf(epoch));
}

const EventFilterInput = builder.inputType('EventFilter', {
  description: 'Filters events. All given conditions must match. A condition that is null is ignored.',
  fields: (t) => ({
    types: t.field({
      type: [EventType],
      description: 'Matches events of any of these types. An empty list matches nothing.',
    }),
    userId: t.id({ description: 'Matches events about this user.' }),
    organizationId: t.id({
      description: 'Matches events about this organization, its memberships and its applications.',
    }),
    createdAt: t.field({
      type: DateTimeFilter,
      description: 'Filters by the date and time when the event was written.',
    }),
  }),
});

/** Returns the parsed conditions, or null when one has a malformed id and so matches nothing. */
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
  description: 'Ordering options for event connections.',
  fields: (t) => ({
    direction: t.field({
      type: OrderDirection,
      required: true,
      defaultValue: 'ASC',
      description: 'The ordering direction. ASC is the order of the log, oldest first.',
    }),
  }),
});

builder.queryField('events', (t) =>
  t.field({
    type: EventConnection,
    ...requires('events.listEvents'),
    listSize,
    extensions: examines({ args: ['filter'], rows: MAX_EVENTS_EXAMINED }),
    description: [
      'The event log, oldest first. To read it as a feed, store the last cursor. A cursor is valid for all lists of',
      'events. With several conditions, a page can have fewer events than requested, or none, while hasNextPage is',
      'true.',
    ].join(' '),
    args: {
      filter: t.arg({ type: EventFilterInput, description: 'Returns only events that match this filter.' }),
      orderBy: t.arg({
        type: EventOrder,
        defaultValue: { direction: 'ASC' },
        description: 'Ordering options for the returned events.',
      }),
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
    ...requires('events.read'),
    listSize,
    description: 'A list of the events about the user, newest first.',
    args: pageArgs,
    resolve: async ({ id }, args, context) =>
      toConnection(
        await context.loaders.of(eventLoaders).byUser(id, toPageRequest(args, EVENT_ORDER, EVENT_POSITION_LENGTH)),
      ),
  }),
);

builder.subscriptionField('events', (t) =>
  t.field({
    type: EventEdge,
    ...requires('eventStreams.follow'),
    description: [
      'Streams events as they are committed, in the order of the log. With `after`, the events after this cursor come',
      'first; without it, the stream starts with the next event. Every event is delivered at least once. Over',
      'server-sent events, the ID of a message is its cursor, so that an EventSource resumes automatically.',
    ].join(' '),
    args: {
      after: t.arg.string({
        description: 'The cursor of the last processed event, from this subscription or from a list of events.',
      }),
      filter: t.arg({ type: EventFilterInput, description: 'Returns only events that match this filter.' }),
    },
    subscribe: async (_, args, context) => {
      const after = context.lastEventId ?? args.after ?? null;
      const position = after === null ? null : positionAt(after);
      const filter = toFilter(args.filter ?? {}) ?? { names: [] };
      const assertAccess = async () => authorize(await context.renewViewer(), 'eventStreams.follow');
      return context.services.eventStreams.follow(requireViewer(context.viewer), filter, position, assertAccess);
    },
    resolve: ({ event, epoch }, _, context) => {
      // Objects that were loaded for the previous event may be out of date.
      context.loaders.clear();
      context.eventId = cursorAt(epoch, event.sequence);
      return { connection: connect({ ...EMPTY_PAGE, items: [event] }, listingOf(epoch)), item: event };
    },
  }),
);
