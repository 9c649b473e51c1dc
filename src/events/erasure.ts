import type { LoggedEvent } from './event.js';
import type { EventName } from './event-data.js';
import { type EventDescriptors, KEPT } from './event-descriptor.js';

/** The erased data of an event. */
interface Erased {
  readonly data: object;
  readonly previous: object | null;
}

/**
 * Removes personal data from an event of a user. An update still lists the changed fields. A field that is not in the
 * descriptor, e.g. because another version wrote it, becomes null.
 */
export function withoutPerson<Name extends EventName>(
  descriptors: EventDescriptors,
  { name, data, previous }: LoggedEvent<Name>,
): Erased {
  const fields = new Map<string, unknown>(Object.entries(descriptors[name].user?.erasure ?? {}));
  const erase = (values: object, replace: (field: string) => unknown) =>
    Object.fromEntries(
      Object.entries(values).map(([field, value]) => [field, fields.get(field) === KEPT ? value : replace(field)]),
    );
  return {
    data: erase(data, (field) => fields.get(field) ?? null),
    previous: previous && erase(previous, () => null),
  };
}
