import { requireViewer } from '../../auth/viewer.js';
import { isId } from '../../domain/ids.js';
import { eventLoaders } from '../../events/event.loaders.js';
import type { WebhookDelivery as WebhookDeliveryShape } from '../../webhooks/webhook-delivery.js';
import type { WebhookEndpoint as WebhookEndpointShape } from '../../webhooks/webhook-endpoint.js';
import { webhookEndpointLoaders } from '../../webhooks/webhook-endpoint.loaders.js';
import { builder, requires } from '../builder/builder.js';
import { connect, connectionType, feedTypes, listSize, pageArgs, toPageRequest } from '../builder/connection.js';
import { Node, registerNode } from '../builder/node.graphql.js';
import { Event, EventType } from '../events/event.graphql.js';

const WebhookDelivery = builder.objectRef<WebhookDeliveryShape>('WebhookDelivery').implement({
  description: 'An attempt to send an event to a webhook endpoint. It is stored as long as the event.',
  interfaces: [Node],
  fields: (t) => ({
    eventId: t.exposeID('eventId', {
      description: 'The ID of the event, which is the header `webhook-id` of the request.',
    }),
    event: t.field({
      type: Event,
      nullable: true,
      ...requires('events.read'),
      description: 'The event. Null if it is no longer in the event log.',
      resolve: ({ eventId }, _, context) => context.loaders.of(eventLoaders).byId.load(eventId),
    }),
    attempt: t.exposeInt('attempt', { description: 'The number of this attempt among those for the event.' }),
    succeeded: t.boolean({
      description: 'Whether the endpoint accepted the event, with a status from 200 to 299.',
      resolve: ({ error }) => error === null,
    }),
    statusCode: t.exposeInt('statusCode', {
      nullable: true,
      description: 'The HTTP status code of the response. Null if there was no response.',
    }),
    error: t.exposeString('error', {
      nullable: true,
      description: [
        'Why the attempt failed, e.g. HTTP_500, TIMEOUT, CONNECTION_REFUSED, NAME_NOT_FOUND or ADDRESS_REFUSED.',
        'Null if it succeeded.',
      ].join(' '),
    }),
    durationMs: t.exposeInt('durationMs', { description: 'The duration of the attempt in milliseconds.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'The date and time of the attempt.' }),
  }),
});

/** GraphQL type of a webhook endpoint. */
export const WebhookEndpoint = builder.objectRef<WebhookEndpointShape>('WebhookEndpoint').implement({
  description: [
    'A URL that receives events as POST requests, in the order of the log. If the endpoint does not accept an event,',
    'the server retries it for three days and holds back later events. Then the endpoint is disabled.',
  ].join(' '),
  interfaces: [Node],
  fields: (t) => ({
    url: t.expose('url', { type: 'URL', description: 'The URL that receives events.' }),
    types: t.field({
      type: [EventType],
      description: 'The types of events that are sent.',
      resolve: ({ types }) => types,
    }),
    enabled: t.boolean({
      description:
        'Whether events are sent. False if the endpoint was disabled by an update, or after failing for three days.',
      resolve: ({ isEnabled }) => isEnabled,
    }),
    failingSince: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'The date and time since when deliveries have failed. Null if the last delivery succeeded.',
      resolve: ({ progress }) => progress.failingSince,
    }),
    nextAttemptAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'The date and time of the next attempt after a failure. Null if the endpoint is not failing or is disabled.',
      resolve: ({ isEnabled, progress }) =>
        isEnabled && progress.failingSince !== null ? progress.nextAttemptAt : null,
    }),
    previousSecretUntil: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'The date and time when the previous secret expires or expired. Null if there is no previous secret.',
      resolve: ({ previousSecret }) => previousSecret?.until,
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'The date and time when the webhook endpoint was created.',
    }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      description: 'The date and time when the webhook endpoint was last updated.',
    }),
  }),
});

registerNode('we', {
  typename: 'WebhookEndpoint',
  action: 'webhookEndpoints.read',
  load: (context, id) => context.loaders.of(webhookEndpointLoaders).byId.load(id),
});

registerNode('webhook_delivery', {
  typename: 'WebhookDelivery',
  action: 'webhookEndpoints.read',
  load: (context, id) => context.loaders.of(webhookEndpointLoaders).deliveryById.load(id),
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
    description: 'A list of the attempts to send events to this endpoint, newest first.',
    args: pageArgs,
    resolve: async ({ id }, args, context) => {
      const request = toPageRequest(args, deliveryListing.order);
      return connect(await context.loaders.linked(webhookEndpointLoaders).deliveries(id, request), deliveryListing);
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
    ...requires('webhookEndpoints.read'),
    description: 'Look up a webhook endpoint by its ID. Returns null if no webhook endpoint has this ID.',
    args: { id: t.arg.id({ required: true, description: 'The ID of the webhook endpoint: we_…' }) },
    resolve: (_, { id }, context) => (isId('we', id) ? context.loaders.of(webhookEndpointLoaders).byId.load(id) : null),
  }),
  webhookEndpoints: t.field({
    type: WebhookEndpointConnection,
    ...requires('webhookEndpoints.listWebhookEndpoints'),
    listSize,
    description: 'A list of the webhook endpoints of the environment, newest first.',
    args: pageArgs,
    resolve: async (_, args, context) => {
      const { webhookEndpoints } = context.services;
      const viewer = requireViewer(context.viewer);
      const page = await webhookEndpoints.listWebhookEndpoints(viewer, toPageRequest(args, listing.order));
      return connect(page, listing, () => webhookEndpoints.countWebhookEndpoints(viewer));
    },
  }),
}));
