/**
 * The data type of every event, by the dotted name that webhooks use. Each `*-events.ts` adds the events of its noun by
 * declaration merging, so that this folder does not depend on the nouns.
 *
 * The data is the state of the object after the change, or before it for a deletion. It never contains codes, passwords
 * or hashes.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the nouns add its members.
export interface EventData {}

/**
 * Secret fields by event name. The data does not contain them, but an update lists them as changed. Each `*-events.ts`
 * adds its own.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the nouns add its members.
export interface SecretFields {}

/** The dotted name of an event, e.g. `user.created`. */
export type EventName = keyof EventData;

/** The old values of the fields that an update changed. The value of a secret field is null. */
export type Previous<Name extends EventName> = Partial<EventData[Name]> &
  (Name extends keyof SecretFields ? { readonly [Field in SecretFields[Name]]?: null } : unknown);
