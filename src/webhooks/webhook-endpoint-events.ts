import { type EventKind, type EventsOf, noOrganization, snakeCase } from '../events/event-descriptor.js';
import type { WebhookEndpoint } from './webhook-endpoint.js';

declare module '../events/event-data.js' {
  interface EventData {
    'webhook_endpoint.created': WebhookEndpointEventData;
    'webhook_endpoint.deleted': WebhookEndpointEventData;
    'webhook_endpoint.disabled': WebhookEndpointEventData;
    'webhook_endpoint.updated': WebhookEndpointEventData;
  }
  interface SecretFields {
    'webhook_endpoint.updated': 'secret';
  }
}

/** The fields of an endpoint that its events contain. Secrets are not included. */
export type WebhookEndpointEventData = Pick<
  WebhookEndpoint,
  'id' | 'url' | 'types' | 'isEnabled' | 'createdAt' | 'updatedAt'
>;

/** Returns the event data of an endpoint. */
export function webhookEndpointEventData(endpoint: WebhookEndpoint): WebhookEndpointEventData {
  const { id, url, types, isEnabled, createdAt, updatedAt } = endpoint;
  return { id, url, types, isEnabled, createdAt, updatedAt };
}

const kind = {
  type: 'WebhookEndpointEvent',
  user: null,
  organizationId: noOrganization,
  endsAccess: false,
  webhookData: ({ url, types, isEnabled, ...rest }) => ({
    object: 'webhook_endpoint',
    ...snakeCase(rest),
    endpoint_url: url,
    events: types,
    status: isEnabled ? 'enabled' : 'disabled',
  }),
} as const satisfies EventKind<WebhookEndpointEventData>;

export const webhookEndpointEvents = {
  'webhook_endpoint.created': { ...kind, description: 'A webhook endpoint was created.' },
  'webhook_endpoint.deleted': { ...kind, description: 'A webhook endpoint was deleted.' },
  'webhook_endpoint.disabled': {
    ...kind,
    description: 'A webhook endpoint was disabled because all deliveries to it failed for three days.',
  },
  'webhook_endpoint.updated': { ...kind, description: 'A webhook endpoint was updated.' },
} as const satisfies EventsOf<'webhook_endpoint'>;
