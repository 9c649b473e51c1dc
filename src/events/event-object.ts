import type { LoggedEvent } from './event.js';
import type { EventName } from './event-data.js';
import { type EventDescriptors, snakeCase } from './event-descriptor.js';

/**
 * An event in the format of WorkOS (WorkOS contract, section 4), in webhooks and in REST. Events that WorkOS does not
 * define use the same envelope.
 */
export function toEventObject<Name extends EventName>(descriptors: EventDescriptors, event: LoggedEvent<Name>) {
  const { id, name, actor, data, previous, createdAt } = event;
  return {
    object: 'event',
    id,
    event: name,
    data: descriptors[name].webhookData(data),
    created_at: createdAt,
    context: {
      actor: { id: actor.id, source: SOURCES[actor.source], name: actor.name },
      ...(previous ? { previous_attributes: snakeCase(previous) } : {}),
    },
  };
}

/** Values of `context.actor.source`. The contract has no value for a signed-in user, so PERSON maps to `api`. */
const SOURCES = { API: 'api', PERSON: 'api', IMPORT: 'system', SYSTEM: 'system' } as const;
