import { expect, test } from 'vitest';
import { EVENT_NAMES, EVENTS, type EventOf, isEventName, typenameOf } from '../../src/event-catalog/event-catalog.js';
import { withoutPerson } from '../../src/events/erasure.js';
import type { LoggedEvent, NewEvent } from '../../src/events/event.js';
import type { EventDescriptors, EventsOf } from '../../src/events/event-descriptor.js';
import { EVENT_ACCESS } from '../../src/graphql/persons/event-access.js';
import { createSchema } from '../../src/graphql/schema.js';
import { toInstant } from '../../src/runtime/clock.js';
import type { StaffGrant } from '../../src/staff/staff-grant.js';

const grant: StaffGrant = { userId: 'user_1', scopes: ['users:read'], createdAt: toInstant(0) };

const logged = {
  id: 'event_1',
  sequence: 1,
  userId: 'user_1',
  organizationId: null,
  actor: { source: 'SYSTEM', id: 'test', name: 'test' },
  requestId: 'test',
  api: null,
  previous: null,
  createdAt: grant.createdAt,
} as const;

/** Never called. No line compiles. If one does, `tsc` reports the comment above it. */
const refusedByTheCompiler = (event: LoggedEvent<'session.created'>, shown: EventOf<'StaffGrantEvent'>) => [
  // @ts-expect-error the name is unknown
  { name: 'staff_grant.renamed', data: grant } satisfies NewEvent,
  // @ts-expect-error the data belongs to another event
  { name: 'user.created', data: grant } satisfies NewEvent,
  // @ts-expect-error an update requires `previous`
  { name: 'staff_grant.updated', data: grant } satisfies NewEvent,
  // @ts-expect-error only an update has `previous`
  { name: 'staff_grant.created', data: grant, previous: {} } satisfies NewEvent,
  // @ts-expect-error the event has no secret field
  { name: 'staff_grant.updated', data: grant, previous: { password: null } } satisfies NewEvent,
  // @ts-expect-error an event of the noun has no descriptor
  { 'session.created': EVENTS['session.created'] } satisfies EventsOf<'session'>,
  // @ts-expect-error most events have no descriptor
  { ...EVENTS, 'user.created': undefined } satisfies EventDescriptors,
  // @ts-expect-error the data of a session has no roles
  event.data.roles,
  // @ts-expect-error the data of a grant has no email address
  shown.data.email,
];

test('wrong data and an event without a descriptor do not compile', () => {
  expect(refusedByTheCompiler).toBeTypeOf('function');
});

test('the event names are those of the descriptors, in alphabetical order', () => {
  expect(EVENT_NAMES).toEqual([...EVENT_NAMES].sort());
  expect(EVENT_NAMES.every(isEventName)).toBe(true);
  expect(isEventName('toString')).toBe(false);
});

test('the GraphQL type of each event exists and implements Event', () => {
  const schema = createSchema();
  const event = schema.getType('Event');
  const typenames = new Set(Object.values(EVENTS).map(({ type }) => type));
  for (const typename of typenames) {
    const type = schema.getType(typename);
    expect(type && 'getInterfaces' in type ? type.getInterfaces() : []).toContain(event);
  }
  expect(typenameOf({ ...logged, name: 'staff_grant.created', data: grant })).toBe('StaffGrantEvent');
});

test('signed-in users read only events about users', () => {
  const ofUsers = Object.values(EVENTS).flatMap(({ type, user }) => (user ? [type] : []));
  expect(Object.keys(EVENT_ACCESS).filter((typename) => !ofUsers.some((type) => type === typename))).toEqual([]);
});

test('exactly these events make open streams check access again', () => {
  const ending = EVENT_NAMES.filter((name) => EVENTS[name].endsAccess);
  expect(ending).toEqual(['api_key.revoked', 'api_key.updated', 'session.revoked', 'user.deleted']);
});

test('erasure keeps the fields that the descriptor keeps, and sets unknown fields to null', () => {
  const data = {
    type: 'password',
    status: 'failed',
    userId: 'user_1',
    email: 'ada@example.com',
    ipAddress: '192.0.2.1',
    userAgent: 'Firefox',
    // A later version may write a field that this one does not know.
    city: 'London',
  } as const;
  expect(withoutPerson(EVENTS, { ...logged, name: 'authentication.password_failed', data })).toEqual({
    data: {
      type: 'password',
      status: 'failed',
      userId: 'user_1',
      email: 'erased',
      ipAddress: null,
      userAgent: null,
      city: null,
    },
    previous: null,
  });
  const previous = { scopes: [], city: 'Paris' };
  expect(withoutPerson(EVENTS, { ...logged, name: 'staff_grant.updated', data: grant, previous })).toEqual({
    data: grant,
    previous: { scopes: [], city: null },
  });
});
