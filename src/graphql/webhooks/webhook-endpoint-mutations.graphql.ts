import { InvalidInputError, NotFoundError } from '../../domain/errors.js';
import type { WebhookEndpointId } from '../../domain/ids.js';
import { positionAt } from '../../events/event-position.js';
import {
  type EndpointWithSecret,
  MAX_SECRET_OVERLAP_SECONDS,
  SECRET_OVERLAP_SECONDS,
  type WebhookEndpoint as WebhookEndpointShape,
} from '../../webhooks/webhook-endpoint.js';
import { MAX_QUEUED_COUNT } from '../../webhooks/webhook-endpoint.service.js';
import { builder, requires, type Types } from '../builder/builder.js';
import { answer, type Payload, payloadType } from '../builder/mutation-error.graphql.js';
import { EventType } from '../events/event.graphql.js';
import { WebhookEndpoint } from './webhook-endpoint.graphql.js';

const SECRET = 'The signing secret: whsec_…. It is returned only once.';
const ID = 'The ID of the webhook endpoint: we_…';

/** Payload fields of the mutations that return a new secret. */
const withSecret =
  (description: string) => (t: PothosSchemaTypes.ObjectFieldBuilder<Types, Payload<EndpointWithSecret>>) => ({
    webhookEndpoint: t.field({
      type: WebhookEndpoint,
      nullable: true,
      description,
      resolve: ({ result }) => result?.endpoint,
    }),
    secret: t.string({ nullable: true, description: SECRET, resolve: ({ result }) => result?.secret }),
  });

const CreateWebhookEndpointInput = builder.inputType('CreateWebhookEndpointInput', {
  description: 'Input for createWebhookEndpoint.',
  fields: (t) => ({
    url: t.field({ type: 'URL', required: true, description: 'The URL that receives events: https://…' }),
    types: t.field({ type: [EventType], required: true, description: 'The types of events to send, at least one.' }),
  }),
});

const CreateWebhookEndpointPayload = payloadType<EndpointWithSecret>(
  'CreateWebhookEndpoint',
  [InvalidInputError],
  withSecret('The new webhook endpoint.'),
);

const UpdateWebhookEndpointInput = builder.inputType('UpdateWebhookEndpointInput', {
  description: 'Input for updateWebhookEndpoint. Omitted fields keep their values.',
  fields: (t) => ({
    id: t.id({ required: true, description: ID }),
    url: t.field({ type: 'URL', description: 'The URL that receives events: https://…' }),
    types: t.field({ type: [EventType], description: 'The complete list of the types of events to send.' }),
    enabled: t.boolean({
      description: 'Whether events are sent. An endpoint that is enabled again resumes where it stopped.',
    }),
  }),
});

const UpdateWebhookEndpointPayload = payloadType<WebhookEndpointShape>(
  'UpdateWebhookEndpoint',
  [NotFoundError, InvalidInputError],
  (t) => ({
    webhookEndpoint: t.field({
      type: WebhookEndpoint,
      nullable: true,
      description: 'The updated webhook endpoint.',
      resolve: ({ result }) => result,
    }),
  }),
);

const RotateWebhookEndpointSecretInput = builder.inputType('RotateWebhookEndpointSecretInput', {
  description: 'Input for rotateWebhookEndpointSecret.',
  fields: (t) => ({
    id: t.id({ required: true, description: ID }),
    overlapSeconds: t.int({
      required: true,
      defaultValue: SECRET_OVERLAP_SECONDS,
      description: [
        `The number of seconds for which the previous secret stays valid, at most ${MAX_SECRET_OVERLAP_SECONDS}. 0`,
        'revokes it immediately.',
      ].join(' '),
    }),
  }),
});

const RotateWebhookEndpointSecretPayload = payloadType<EndpointWithSecret>(
  'RotateWebhookEndpointSecret',
  [NotFoundError, InvalidInputError],
  withSecret('The webhook endpoint.'),
);

const ReplayWebhookEndpointInput = builder.inputType('ReplayWebhookEndpointInput', {
  description: 'Input for replayWebhookEndpoint.',
  fields: (t) => ({
    id: t.id({ required: true, description: ID }),
    after: t.string({
      required: true,
      description: [
        'A cursor of the query `events`. All events after it are sent in order, even if they were sent before. A',
        'later cursor than the current position skips events.',
      ].join(' '),
    }),
  }),
});

type Replay = { readonly endpoint: WebhookEndpointShape; readonly queued: number };

const ReplayWebhookEndpointPayload = payloadType<Replay>('ReplayWebhookEndpoint', [NotFoundError], (t) => ({
  webhookEndpoint: t.field({
    type: WebhookEndpoint,
    nullable: true,
    description: 'The webhook endpoint.',
    resolve: ({ result }) => result?.endpoint,
  }),
  queuedCount: t.int({
    nullable: true,
    description: `The number of existing events that will be sent. ${MAX_QUEUED_COUNT} means that number or more.`,
    resolve: ({ result }: Payload<Replay>) => result?.queued,
  }),
}));

const DeleteWebhookEndpointInput = builder.inputType('DeleteWebhookEndpointInput', {
  description: 'Input for deleteWebhookEndpoint.',
  fields: (t) => ({ id: t.id({ required: true, description: ID }) }),
});

const DeleteWebhookEndpointPayload = payloadType<WebhookEndpointId>('DeleteWebhookEndpoint', [NotFoundError], (t) => ({
  deletedWebhookEndpointId: t.id({
    nullable: true,
    description: 'The ID of the deleted webhook endpoint. Null if nothing was deleted.',
    resolve: ({ result }) => result,
  }),
}));

builder.mutationFields((t) => ({
  createWebhookEndpoint: t.field({
    type: CreateWebhookEndpointPayload,
    ...requires('webhookEndpoints.createWebhookEndpoint'),
    description: 'Creates a webhook endpoint. It receives the events that occur from now on.',
    args: {
      input: t.arg({
        type: CreateWebhookEndpointInput,
        required: true,
        description: 'Parameters for createWebhookEndpoint.',
      }),
    },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.webhookEndpoints.createWebhookEndpoint(viewer, input)),
  }),
  updateWebhookEndpoint: t.field({
    type: UpdateWebhookEndpointPayload,
    ...requires('webhookEndpoints.updateWebhookEndpoint'),
    description: 'Updates a webhook endpoint, and immediately retries the event that it failed to receive.',
    args: {
      input: t.arg({
        type: UpdateWebhookEndpointInput,
        required: true,
        description: 'Parameters for updateWebhookEndpoint.',
      }),
    },
    resolve: (_, { input: { id, ...patch } }, context) =>
      answer(context, (viewer) => context.services.webhookEndpoints.updateWebhookEndpoint(viewer, id, patch)),
  }),
  rotateWebhookEndpointSecret: t.field({
    type: RotateWebhookEndpointSecretPayload,
    ...requires('webhookEndpoints.rotateSecret'),
    description: [
      'Replaces the signing secret of a webhook endpoint. While the previous secret is still valid, the header',
      '`webhook-signature` has a signature of each secret. The header `WorkOS-Signature` has only one signature: the',
      'first attempt for an event uses the previous secret, and each retry uses the other secret than the attempt',
      'before it.',
    ].join(' '),
    args: {
      input: t.arg({
        type: RotateWebhookEndpointSecretInput,
        required: true,
        description: 'Parameters for rotateWebhookEndpointSecret.',
      }),
    },
    resolve: (_, { input: { id, overlapSeconds } }, context) =>
      answer(context, (viewer) => context.services.webhookEndpoints.rotateSecret(viewer, id, overlapSeconds)),
  }),
  replayWebhookEndpoint: t.field({
    type: ReplayWebhookEndpointPayload,
    ...requires('webhookEndpoints.replay'),
    description: 'Sends the events after a cursor to a webhook endpoint, even if they were sent before.',
    args: {
      input: t.arg({
        type: ReplayWebhookEndpointInput,
        required: true,
        description: 'Parameters for replayWebhookEndpoint.',
      }),
    },
    resolve: (_, { input: { id, after } }, context) => {
      const position = positionAt(after);
      return answer(context, (viewer) => context.services.webhookEndpoints.replay(viewer, id, position));
    },
  }),
  deleteWebhookEndpoint: t.field({
    type: DeleteWebhookEndpointPayload,
    ...requires('webhookEndpoints.deleteWebhookEndpoint'),
    description: 'Deletes a webhook endpoint with its deliveries. No more events are sent to it. Cannot be undone.',
    args: {
      input: t.arg({
        type: DeleteWebhookEndpointInput,
        required: true,
        description: 'Parameters for deleteWebhookEndpoint.',
      }),
    },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.webhookEndpoints.deleteWebhookEndpoint(viewer, input.id)),
  }),
}));
