import type { OrganizationId, UserId } from '../domain/ids.js';
import type { EventData, EventName } from './event-data.js';

/** Marks a field that stays when a user is erased, because it does not tell who they were. */
export const KEPT: unique symbol = Symbol('kept');

/** Replaces a text that must not be null. */
export const ERASED = 'erased';

/** What becomes of each field when the user is erased: it is kept, or this value replaces it. */
export type Erasure<Data> = { readonly [Field in keyof Data]-?: typeof KEPT | Data[Field] };

/** How an event refers to a user. */
export interface UserSubject<Data> {
  readonly idOf: (data: Data) => UserId;
  readonly erasure: Erasure<Data>;
}

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** What events with one type of data have in common. */
export interface EventKind<Data> {
  /** The GraphQL type that represents the event. */
  readonly type: `${string}Event`;
  /** The user the event happened to; null for events that happen to no user. */
  readonly user: UserSubject<Data> | null;
  /** The organization the event happened to, or in which it happened. */
  readonly organizationId: (data: Data) => OrganizationId | null;
  /** Whether the event can end somebody's access to the event log. Open streams check access again after it. */
  readonly endsAccess: boolean;
  /** Renders `data` of the webhook body (WorkOS contract, section 4). */
  readonly webhookData: (data: Data) => Json;
}

/** Everything the server needs to know of an event at runtime. */
export interface EventDescriptor<Data> extends EventKind<Data> {
  /** What happened: the description of the value of the enum EventType. */
  readonly description: string;
}

/** A descriptor for every event. */
export type EventDescriptors = { readonly [Name in EventName]: EventDescriptor<EventData[Name]> };

/** The descriptors of the events of one noun, e.g. `user`. */
export type EventsOf<Noun extends string> = Pick<EventDescriptors, Extract<EventName, `${Noun}.${string}`>>;

/** For events that belong to no organization. */
export const noOrganization = () => null;

/** The names of fields as REST writes them. Their values stay as they are: the keys of metadata are the callers'. */
export function snakeCase(fields: object): Json {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}

/** Renders the data as an object of this kind, without further changes. */
export function asObject(object: string) {
  return (data: object): Json => ({ object, ...snakeCase(data) });
}
