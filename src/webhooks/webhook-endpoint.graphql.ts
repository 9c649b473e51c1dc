import { requireViewer } from '../auth/viewer.js';
import { Event, EventType } from '../events/event.graphql.js';
import { builder, requires } from '../graphql/builder.js';
import { connect, connectionType, feedTypes, listSize, pageArgs, toPageRequest } from '../graphql/connection.js';
import { Node, registerNode } from '../graphql/node.graphql.js';
import { isId } from '../ids.js';
import type { WebhookDelivery as WebhookDeliveryShape } from './webhook-delivery.js';
import type { WebhookEndpoint as WebhookEndpointShape } from './webhook-endpoint.js';

const WebhookDelivery = builder.objectRef<WebhookDeliveryShape>('WebhookDelivery').implement({
  description: 'One attempt to send an event to an endpoint. It is kept as long as the event.',
  interfaces: [Node],
  fields: (t) => ({
    eventId: t.exposeID('eventId', { description: 'Id of the event; webhook-id of what was sent.' }),
    event: t.field({
      type: Event,
      nullable: true,
      ...requires('events:read'),
      description: 'The event; null when the log no longer has it.',
      resolve: ({ eventId }, _, context) => context.loaders.events.byId.load(eventId),
    }),
    attempt: t.exposeInt('attempt', { description: 'Its number, of those at this event.' }),
    succeeded: t.boolean({
      description: 'Whether the receiver took the event, with a status from 200 to 299.',
      resolve: ({ error }) => error === null,
    }),
    statusCode: t.exposeInt('statusCode', { nullable: true, description: 'What it answered; null when it did not.' }),
    error: t.exposeString('error', {
      nullable: true,
      description: 'Why it failed: HTTP_500, TIMEOUT, CONNECTION_REFUSED, NAME_NOT_FOUND, ADDRESS_REFUSED and others.',
    }),
    durationMs: t.exposeInt('durationMs', { description: 'Milliseconds it took.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

/** Where events are sent to. */
export const WebhookEndpoint = builder.objectRef<WebhookEndpointShape>('WebhookEndpoint').implement({
  description: [
    'Where events are sent to, by POST, in the order of the log. An event that is not taken is tried again for three days',
    'while those behind it wait; then the endpoint is disabled.',
  ].join(' '),
  interfaces: [Node],
  fields: (t) => ({
    url: t.expose('url', { type: 'URL', description: 'The address.' }),
    types: t.field({ type: [EventType], description: 'Events that are sent.', resolve: ({ types }) => types }),
    enabled: t.boolean({
      description: 'Whether anything is sent; false when it was switched off, or has failed for three days.',
      resolve: ({ isEnabled }) => isEnabled,
    }),
    failingSince: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Since when it takes nothing; null when it took the last event it was sent.',
      resolve: ({ progress }) => progress.failingSince,
    }),
    nextAttemptAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the event that it did not take is tried again; null when there is none, or it is disabled.',
      resolve: ({ isEnabled, progress }) =>
        isEnabled && progress.failingSince !== null ? progress.nextAttemptAt : null,
    }),
    previousSecretUntil: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Until when the secret before this one signs too, or has; null when there is none.',
      resolve: ({ previousSecret }) => previousSecret?.until,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it last changed.' }),
  }),
});

registerNode('we', {
  typename: 'WebhookEndpoint',
  scope: 'webhooks:read',
  load: (context, id) => context.loaders.webhookEndpoints.byId.load(id),
});

registerNode('webhook_delivery', {
  typename: 'WebhookDelivery',
  scope: 'webhooks:read',
  load: (context, id) => context.loaders.webhookEndpoints.deliveryById.load(id),
});

const { connection: WebhookDeliveryConnection } = feedTypes(WebhookDelivery, 'deliveries');
const deliveryListing = {
  order: 'webhookDeliveries:CREATED_AT:DESC',
  position: ({ id }: WebhookDeliveryShape) => [id] as const,
};

builder.objectField(WebhookEndpoint, 'deliveries', (t) =>
  t.field({
    type: WebhookDeliveryConnection,
    listSize,
    description: 'Attempts to send events to it, newest first.',
    args: pageArgs,
    resolve: async ({ id }, args, context) => {
      const request = toPageRequest(args, deliveryListing.order);
      return connect(await context.loaders.webhookEndpoints.deliveries(id, request), deliveryListing);
    },
  }),
);

const WebhookEndpointConnection = connectionType(WebhookEndpoint, 'webhook endpoints');
const listing = {
  order: 'webhookEndpoints:CREATED_AT:DESC',
  position: ({ id }: WebhookEndpointShape) => [id] as const,
};

builder.queryFields((t) => ({
  webhookEndpoint: t.field({
    type: WebhookEndpoint,
    nullable: true,
    ...requires('webhooks:read'),
    description: 'One webhook endpoint by id; null when there is none.',
    args: { id: t.arg.id({ required: true, description: 'Id of the endpoint: we_…' }) },
    resolve: (_, { id }, context) => (isId('we', id) ? context.loaders.webhookEndpoints.byId.load(id) : null),
  }),
  webhookEndpoints: t.field({
    type: WebhookEndpointConnection,
    ...requires('webhooks:read'),
    listSize,
    description: 'Webhook endpoints of the environment, newest first.',
    args: pageArgs,
    resolve: async (_, args, context) => {
      const { webhookEndpoints } = context.services;
      const viewer = requireViewer(context.viewer);
      const page = await webhookEndpoints.listWebhookEndpoints(viewer, toPageRequest(args, listing.order));
      return connect(page, listing, () => webhookEndpoints.countWebhookEndpoints(viewer));
    },
  }),
}));
