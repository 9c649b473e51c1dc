import { InvalidInputError, NotFoundError } from '../errors.js';
import { EventType } from '../events/event.graphql.js';
import { positionAt } from '../events/event-position.js';
import { builder, requires, type Types } from '../graphql/builder.js';
import { answer, type Payload, payloadType } from '../graphql/mutation-error.graphql.js';
import type { WebhookEndpointId } from '../ids.js';
import { WebhookEndpoint } from './webhook-endpoint.graphql.js';
import {
  type EndpointWithSecret,
  MAX_SECRET_OVERLAP_SECONDS,
  SECRET_OVERLAP_SECONDS,
  type WebhookEndpoint as WebhookEndpointShape,
} from './webhook-endpoint.js';
import { MAX_QUEUED_COUNT } from './webhook-endpoint.service.js';

const SECRET = 'What its signatures are made with: whsec_…. Shown this once.';
const ID = 'Id of the endpoint: we_…';

/** Whoever sends events to an address of their choice reads them. */
const scopes = requires('webhooks:write', 'events:read');

/** The fields of what was made or got another secret. */
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
  description: 'A new webhook endpoint.',
  fields: (t) => ({
    url: t.field({ type: 'URL', required: true, description: 'The address: https://…' }),
    types: t.field({ type: [EventType], required: true, description: 'Events to be sent, at least one.' }),
  }),
});

const CreateWebhookEndpointPayload = payloadType<EndpointWithSecret>(
  'CreateWebhookEndpoint',
  [InvalidInputError],
  withSecret('The new endpoint.'),
);

const UpdateWebhookEndpointInput = builder.inputType('UpdateWebhookEndpointInput', {
  description: 'A change of a webhook endpoint. What is left out stays.',
  fields: (t) => ({
    id: t.id({ required: true, description: ID }),
    url: t.field({ type: 'URL', description: 'The address: https://…' }),
    types: t.field({ type: [EventType], description: 'Events to be sent, all of them.' }),
    enabled: t.boolean({ description: 'Whether anything is sent. Enabled again, it goes on where it stopped.' }),
  }),
});

const UpdateWebhookEndpointPayload = payloadType<WebhookEndpointShape>(
  'UpdateWebhookEndpoint',
  [NotFoundError, InvalidInputError],
  (t) => ({
    webhookEndpoint: t.field({
      type: WebhookEndpoint,
      nullable: true,
      description: 'The endpoint after the change.',
      resolve: ({ result }) => result,
    }),
  }),
);

const RotateWebhookEndpointSecretInput = builder.inputType('RotateWebhookEndpointSecretInput', {
  description: 'Which endpoint gets another secret.',
  fields: (t) => ({
    id: t.id({ required: true, description: ID }),
    overlapSeconds: t.int({
      required: true,
      defaultValue: SECRET_OVERLAP_SECONDS,
      description: `How long the secret before signs too, up to ${MAX_SECRET_OVERLAP_SECONDS}; 0 ends it at once.`,
    }),
  }),
});

const RotateWebhookEndpointSecretPayload = payloadType<EndpointWithSecret>(
  'RotateWebhookEndpointSecret',
  [NotFoundError, InvalidInputError],
  withSecret('The endpoint with its new secret.'),
);

const ReplayWebhookEndpointInput = builder.inputType('ReplayWebhookEndpointInput', {
  description: 'What to send to which endpoint.',
  fields: (t) => ({
    id: t.id({ required: true, description: ID }),
    after: t.string({
      required: true,
      description:
        'Cursor of the log, from `events`: what is behind it is sent, again or at all, in order. One further on skips.',
    }),
  }),
});

type Replay = { readonly endpoint: WebhookEndpointShape; readonly queued: number };

const ReplayWebhookEndpointPayload = payloadType<Replay>('ReplayWebhookEndpoint', [NotFoundError], (t) => ({
  webhookEndpoint: t.field({
    type: WebhookEndpoint,
    nullable: true,
    description: 'The endpoint.',
    resolve: ({ result }) => result?.endpoint,
  }),
  queuedCount: t.int({
    nullable: true,
    description: `Events that are sent now, as far as they are there already; ${MAX_QUEUED_COUNT} stands for more, too.`,
    resolve: ({ result }: Payload<Replay>) => result?.queued,
  }),
}));

const DeleteWebhookEndpointInput = builder.inputType('DeleteWebhookEndpointInput', {
  description: 'Which webhook endpoint to delete.',
  fields: (t) => ({ id: t.id({ required: true, description: ID }) }),
});

const DeleteWebhookEndpointPayload = payloadType<WebhookEndpointId>('DeleteWebhookEndpoint', [NotFoundError], (t) => ({
  deletedWebhookEndpointId: t.id({
    nullable: true,
    description: 'Id of the endpoint that is gone; null when nothing was deleted.',
    resolve: ({ result }) => result,
  }),
}));

builder.mutationFields((t) => ({
  createWebhookEndpoint: t.field({
    type: CreateWebhookEndpointPayload,
    ...scopes,
    description: 'Creates a webhook endpoint, which is sent what happens from now on.',
    args: { input: t.arg({ type: CreateWebhookEndpointInput, required: true, description: 'The new endpoint.' }) },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.webhookEndpoints.createWebhookEndpoint(viewer, input)),
  }),
  updateWebhookEndpoint: t.field({
    type: UpdateWebhookEndpointPayload,
    ...scopes,
    description: 'Changes a webhook endpoint, and tries again at once what it did not take.',
    args: { input: t.arg({ type: UpdateWebhookEndpointInput, required: true, description: 'The change.' }) },
    resolve: (_, { input: { id, ...patch } }, context) =>
      answer(context, (viewer) => context.services.webhookEndpoints.updateWebhookEndpoint(viewer, id, patch)),
  }),
  rotateWebhookEndpointSecret: t.field({
    type: RotateWebhookEndpointSecretPayload,
    ...scopes,
    description: [
      'Gives a webhook endpoint another secret; the one before signs too for a while. `webhook-signature` has both',
      'signatures then. `WorkOS-Signature`, which has place for one, is of the secret before, and of the new one when',
      'that was refused.',
    ].join(' '),
    args: { input: t.arg({ type: RotateWebhookEndpointSecretInput, required: true, description: 'Which endpoint.' }) },
    resolve: (_, { input: { id, overlapSeconds } }, context) =>
      answer(context, (viewer) => context.services.webhookEndpoints.rotateSecret(viewer, id, overlapSeconds)),
  }),
  replayWebhookEndpoint: t.field({
    type: ReplayWebhookEndpointPayload,
    ...scopes,
    description: 'Sends to a webhook endpoint what is behind a place in the log, also if it was sent before.',
    args: { input: t.arg({ type: ReplayWebhookEndpointInput, required: true, description: 'From where on.' }) },
    resolve: (_, { input: { id, after } }, context) => {
      const position = positionAt(after);
      return answer(context, (viewer) => context.services.webhookEndpoints.replay(viewer, id, position));
    },
  }),
  deleteWebhookEndpoint: t.field({
    type: DeleteWebhookEndpointPayload,
    ...requires('webhooks:write'),
    description: 'Deletes a webhook endpoint with its history: nothing is sent to it any more. Cannot be undone.',
    args: { input: t.arg({ type: DeleteWebhookEndpointInput, required: true, description: 'Which endpoint.' }) },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.webhookEndpoints.deleteWebhookEndpoint(viewer, input.id)),
  }),
}));
