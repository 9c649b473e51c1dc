import { apiKeyEvents } from '../api-keys/api-key-events.js';
import { applicationEvents } from '../applications/application-events.js';
import { authorizedApplicationEvents } from '../applications/authorized-application-events.js';
import { emailVerificationEvents } from '../email-verification/email-verification-events.js';
import { environmentEvents } from '../environments/environment-events.js';
import type { LoggedEvent } from '../events/event.js';
import type { EventName } from '../events/event-data.js';
import type { EventDescriptors } from '../events/event-descriptor.js';
import { organizationEvents } from '../organizations/organization-events.js';
import { organizationMembershipEvents } from '../organizations/organization-membership-events.js';
import { authenticationEvents } from '../sessions/authentication-events.js';
import { sessionEvents } from '../sessions/session-events.js';
import { staffGrantEvents } from '../staff/staff-grant-events.js';
import { issuerEvents } from '../tokens/issuer-events.js';
import { signingKeyEvents } from '../tokens/signing-key-events.js';
import { userEvents } from '../users/user-events.js';
import { webhookEndpointEvents } from '../webhooks/webhook-endpoint-events.js';

/**
 * The descriptor of every event, by its dotted name (WorkOS contract, section 4; some events are not in that contract).
 * The descriptors are declared beside their noun. The type check fails when an event has no descriptor.
 */
export const EVENTS = {
  ...apiKeyEvents,
  ...applicationEvents,
  ...authenticationEvents,
  ...authorizedApplicationEvents,
  ...emailVerificationEvents,
  ...environmentEvents,
  ...issuerEvents,
  ...organizationEvents,
  ...organizationMembershipEvents,
  ...sessionEvents,
  ...signingKeyEvents,
  ...staffGrantEvents,
  ...userEvents,
  ...webhookEndpointEvents,
} as const satisfies EventDescriptors;

/** The names of the GraphQL types that represent events. */
export type EventTypename = (typeof EVENTS)[EventName]['type'];

/** The events that a GraphQL type represents. */
export type EventOf<Typename extends EventTypename> = LoggedEvent<
  { [Name in EventName]: (typeof EVENTS)[Name]['type'] extends Typename ? Name : never }[EventName]
>;

/** The GraphQL type that represents an event. */
export function typenameOf({ name }: LoggedEvent): EventTypename {
  return EVENTS[name].type;
}

/** The names of all events, in alphabetical order. */
export const EVENT_NAMES = Object.keys(EVENTS) as readonly EventName[]; // EVENTS has exactly these keys

/** Whether a text is the name of an event. */
export function isEventName(text: string): text is EventName {
  return Object.hasOwn(EVENTS, text);
}
