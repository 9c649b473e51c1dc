import type { LoggedEvent } from '../events/event.js';
import type { EventName } from '../events/event-data.js';
import { type EventDescriptors, snakeCase } from '../events/event-descriptor.js';

/**
 * Serializes an event in the format of WorkOS webhooks (WorkOS contract, section 4). The signature covers these bytes.
 * Events that WorkOS does not define use the same envelope.
 */
export function toWebhookBody<Name extends EventName>(descriptors: EventDescriptors, event: LoggedEvent<Name>): string {
  const { id, name, actor, data, previous, createdAt } = event;
  return JSON.stringify({
    object: 'event',
    id,
    event: name,
    data: descriptors[name].webhookData(data),
    created_at: createdAt,
    context: {
      actor: { id: actor.id, source: SOURCES[actor.source], name: actor.name },
      ...(previous ? { previous_attributes: snakeCase(previous) } : {}),
    },
  });
}

/** Values of `context.actor.source`. The contract has no value for a signed-in user, so PERSON maps to `api`. */
const SOURCES = { API: 'api', PERSON: 'api', IMPORT: 'system', SYSTEM: 'system' } as const;
