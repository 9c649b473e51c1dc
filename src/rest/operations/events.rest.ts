import { z } from 'zod';
import { pointsOf } from '../../auth/prices.js';
import { isId } from '../../domain/ids.js';
import { EVENTS, isEventName } from '../../event-catalog/event-catalog.js';
import { MAX_EVENTS_EXAMINED } from '../../events/event.js';
import type { EventPage } from '../../events/event.service.js';
import { toEventObject } from '../../events/event-object.js';
import type { PageRequest, Position } from '../../paging/paging.js';
import { type Instant, parseInstant, toSortable } from '../../runtime/clock.js';
import { dateTime } from '../objects/common.js';
import { failed, invalid } from '../protocol/failure.js';
import { LIST_PARAMETERS, priceOfList } from '../protocol/lists.js';
import { operation, type RestContext } from '../protocol/operation.js';

const EventObject = z
  .object({
    object: z.literal('event'),
    id: z.string(),
    event: z.string().meta({ description: 'The name of the event, e.g. user.created.' }),
    data: z
      .record(z.string(), z.unknown())
      .meta({ description: 'The object after the change, or before its deletion.' }),
    created_at: dateTime(),
    context: z
      .record(z.string(), z.unknown())
      .meta({ description: 'Who caused the event, and what an update replaced.' }),
  })
  .meta({ id: 'Event', description: 'An entry of the event log.' });

const EventList = z.object({
  object: z.literal('list'),
  data: z.array(EventObject),
  list_metadata: z.object({ after: z.string().nullable() }),
});

const instant = (description: string) => z.string().optional().meta({ format: 'date-time', description });

/** Events are listed oldest first unless the caller asks for another order: a consumer stores the last ID. */
const EVENT_PARAMETERS = {
  ...LIST_PARAMETERS,
  order: z
    .enum(['normal', 'desc', 'asc'])
    .default('asc')
    .meta({ description: 'asc: oldest first. desc: newest first.' }),
};

function instantOf(name: string, text: string | undefined): Instant | undefined {
  if (text === undefined) return undefined;
  const parsed = parseInstant(text);
  if (parsed === null) throw invalid(`${name} must be a date and time (RFC 3339), e.g. 2026-01-15T12:00:00Z.`, name);
  return toSortable(parsed);
}

/** The position of an event that a caller names. @throws {RestFailure} 400 when the log does not have it */
async function positionOf({ services, viewer }: RestContext, name: string, id: string | undefined) {
  if (id === undefined) return null;
  const position = isId('event', id) ? await services.events.positionOf(viewer, id) : null;
  if (position) return position;
  throw failed([400, 'invalid_cursor'], `${name} is not the ID of an event in the log.`);
}

/** The ID of the event at a position: where a page stopped before its end. */
async function idAt({ services, viewer }: RestContext, [epoch, sequence]: Position, descending: boolean) {
  const before: Position = [epoch, String(Number(sequence) + (descending ? 1 : -1))];
  const request: PageRequest = { direction: 'forward', limit: 1, after: before, before: null };
  const { page } = await services.events.listEvents(viewer, {}, descending, request);
  return page.items[0]?.id ?? null;
}

async function afterOf(context: RestContext, { page }: EventPage, descending: boolean): Promise<string | null> {
  if (!page.hasNextPage) return null;
  return page.stop?.end === 'end' ? idAt(context, page.stop.position, descending) : (page.items.at(-1)?.id ?? null);
}

export const eventOperations = [
  operation(
    {
      id: 'listEvents',
      method: 'GET',
      path: '/events',
      tag: 'Events',
      summary: 'List events',
      description:
        'The event log. With several conditions a page can have fewer events than requested, or none, while ' +
        'list_metadata.after is not null.',
      query: z.object({
        ...EVENT_PARAMETERS,
        events: z.array(z.string()).optional().meta({ description: 'Only events with one of these names.' }),
        range_start: instant('Only events at this time or later.'),
        range_end: instant('Only events before this time.'),
        organization_id: z.string().optional().meta({ description: 'Only events about this organization.' }),
      }),
      errors: [400, 422],
      namesFields: true,
      success: { status: 200, body: EventList },
      price: (query) => {
        const rows = query.organization_id === undefined ? 0 : MAX_EVENTS_EXAMINED;
        return { points: priceOfList(query).points + pointsOf(rows), rows };
      },
    },
    async (context, { query }) => {
      const { events, organization_id: organizationId, limit } = query;
      // Names that usergraph does not know are names of events that it does not have.
      const names = events?.filter(isEventName);
      const after = await positionOf(context, 'after', query.after);
      const before = await positionOf(context, 'before', query.before);
      const [gte, lt] = [instantOf('range_start', query.range_start), instantOf('range_end', query.range_end)];
      const isBackward = before !== null && after === null;
      // No event is about what is not the ID of an organization.
      const isOrganization = organizationId === undefined || isId('org', organizationId);
      const filter = {
        names: isOrganization ? names : [],
        organizationId: isOrganization ? organizationId : undefined,
        createdAt: gte === undefined && lt === undefined ? undefined : { gte, lt },
      };
      const descending = query.order !== 'asc';
      const request: PageRequest = { direction: isBackward ? 'backward' : 'forward', limit, after, before };
      const listed = await context.services.events.listEvents(context.viewer, filter, descending, request);
      return {
        object: 'list',
        data: listed.page.items.map((event) => toEventObject(EVENTS, event)),
        list_metadata: { after: await afterOf(context, listed, descending) },
      };
    },
  ),
];
