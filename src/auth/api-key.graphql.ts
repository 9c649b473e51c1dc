import { InvalidInputError, NotFoundError } from '../errors.js';
import { builder, requires } from '../graphql/builder.js';
import { connect, connectionType, listSize, pageArgs, toPageRequest } from '../graphql/connection.js';
import { answer, payloadType } from '../graphql/mutation-error.graphql.js';
import { Node, registerNode } from '../graphql/node.graphql.js';
import type { ApiKeyId } from '../ids.js';
import type { ApiKey as ApiKeyShape, MadeApiKey } from './api-key.js';
import { SCOPES, scopeNames } from './scope.js';
import { requireViewer } from './viewer.js';

/** A key of a program. */
export const ApiKey = builder.objectRef<ApiKeyShape>('ApiKey').implement({
  description: 'A key of a program. Its secret is shown once, when it is created.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What it is for.' }),
    scopes: t.stringList({
      description: 'What it may do; `*` is everything, also what later versions add.',
      resolve: ({ scopes }) => scopeNames(scopes),
    }),
    hint: t.exposeString('hint', { description: 'The first characters of the secret, to tell keys apart.' }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last used, give or take a minute; null when it never was.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'It works until then; null when it does not end by itself.',
    }),
    revokedAt: t.expose('revokedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was revoked; null when it was not.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
  }),
});

registerNode('api_key', {
  typename: 'ApiKey',
  scope: 'api_keys:read',
  load: (context, id) => context.loaders.apiKeys.byId.load(id),
});

const ApiKeyConnection = connectionType(ApiKey, 'API keys');

const listing = { order: 'apiKeys:CREATED_AT:DESC', position: ({ id }: ApiKeyShape) => [id] as const };

builder.queryField('apiKeys', (t) =>
  t.field({
    type: ApiKeyConnection,
    ...requires('api_keys:read'),
    listSize,
    description: 'API keys of the environment, newest first; those that have ended too.',
    args: pageArgs,
    resolve: async (_, args, context) => {
      const { apiKeys } = context.services;
      const viewer = requireViewer(context.viewer);
      const page = await apiKeys.listApiKeys(viewer, toPageRequest(args, listing.order));
      return connect(page, listing, () => apiKeys.countApiKeys(viewer));
    },
  }),
);

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  description: 'A new API key.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'What it is for.' }),
    scopes: t.stringList({
      required: true,
      description: `What it may do, no more than you may: ${Object.keys(SCOPES).join(', ')}; or \`*\` for everything.`,
    }),
    expiresAt: t.field({ type: 'DateTime', description: 'When it ends, in the future; left out, it does not.' }),
  }),
});

const CreateApiKeyPayload = payloadType<MadeApiKey>('CreateApiKey', [InvalidInputError], (t) => ({
  apiKey: t.field({
    type: ApiKey,
    nullable: true,
    description: 'The new key.',
    resolve: ({ result }) => result?.apiKey,
  }),
  secret: t.string({
    nullable: true,
    description: 'What to send as `Authorization: Bearer sk_…`. Shown this once; only a hash of it is stored.',
    resolve: ({ result }) => result?.secret,
  }),
}));

const RevokeApiKeyInput = builder.inputType('RevokeApiKeyInput', {
  description: 'Which key to revoke.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Id of the key: api_key_…' }) }),
});

const RevokeApiKeyPayload = payloadType<ApiKeyId>('RevokeApiKey', [NotFoundError], (t) => ({
  revokedApiKeyId: t.id({
    nullable: true,
    description: 'Id of the key that is revoked, also if it was before; null when there is none.',
    resolve: ({ result }) => result,
  }),
}));

builder.mutationFields((t) => ({
  createApiKey: t.field({
    type: CreateApiKeyPayload,
    ...requires('api_keys:write'),
    description: 'Creates an API key of this environment. It may do no more than the key that creates it.',
    args: { input: t.arg({ type: CreateApiKeyInput, required: true, description: 'The new key.' }) },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.apiKeys.createApiKey(viewer, input)),
  }),
  revokeApiKey: t.field({
    type: RevokeApiKeyPayload,
    ...requires('api_keys:write'),
    description: 'Ends an API key at once, everywhere; also the one that asks.',
    args: { input: t.arg({ type: RevokeApiKeyInput, required: true, description: 'Which key.' }) },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.apiKeys.revokeApiKey(viewer, input.id)),
  }),
}));
