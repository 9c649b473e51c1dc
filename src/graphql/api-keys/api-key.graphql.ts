import type { ApiKey as ApiKeyShape, ApiKeyWithSecret } from '../../api-keys/api-key.js';
import { apiKeyLoaders } from '../../api-keys/api-key.loaders.js';
import { SCOPES, scopeNames } from '../../auth/scope.js';
import { requireViewer } from '../../auth/viewer.js';
import { InvalidInputError, NotFoundError } from '../../domain/errors.js';
import type { ApiKeyId } from '../../domain/ids.js';
import { builder, requires } from '../builder/builder.js';
import { connect, connectionType, listSize, pageArgs, toPageRequest } from '../builder/connection.js';
import { answer, payloadType } from '../builder/mutation-error.graphql.js';
import { Node, registerNode } from '../builder/node.graphql.js';

/** GraphQL type of an API key. */
export const ApiKey = builder.objectRef<ApiKeyShape>('ApiKey').implement({
  description:
    'An API key, with which a server calls this API. Its secret is returned only once, when the key is created.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of the key, which tells its purpose.' }),
    scopes: t.stringList({
      description: 'The scopes that the key grants. `*` grants all scopes, including those that later versions add.',
      resolve: ({ scopes }) => scopeNames(scopes),
    }),
    hint: t.exposeString('hint', { description: 'The first characters of the secret, to tell keys apart.' }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'The date and time when the key was last used, accurate to about one minute. Null if it was never used.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'The date and time when the key expires. Null if it does not expire.',
    }),
    revokedAt: t.expose('revokedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'The date and time when the key was revoked. Null if it is not revoked.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'The date and time when the key was created.' }),
  }),
});

registerNode('api_key', {
  typename: 'ApiKey',
  action: 'apiKeys.read',
  load: (context, id) => context.loaders.of(apiKeyLoaders).byId.load(id),
});

const ApiKeyConnection = connectionType(ApiKey, 'API keys');

const listing = { order: 'apiKeys:CREATED_AT:DESC', position: ({ id }: ApiKeyShape) => [id] as const };

builder.queryField('apiKeys', (t) =>
  t.field({
    type: ApiKeyConnection,
    ...requires('apiKeys.listApiKeys'),
    listSize,
    description: 'A list of the API keys of the environment, newest first. Includes expired and revoked keys.',
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
  description: 'Input for createApiKey.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'The name of the key, which tells its purpose.' }),
    scopes: t.stringList({
      required: true,
      description: [
        `The scopes that the key grants. The caller must have them. Valid scopes: ${Object.keys(SCOPES).join(', ')};`,
        `or \`*\` for all.`,
      ].join(' '),
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description:
        'The date and time when the key expires. It must be in the future. Without it the key does not expire.',
    }),
  }),
});

const CreateApiKeyPayload = payloadType<ApiKeyWithSecret>('CreateApiKey', [InvalidInputError], (t) => ({
  apiKey: t.field({
    type: ApiKey,
    nullable: true,
    description: 'The new API key.',
    resolve: ({ result }) => result?.apiKey,
  }),
  secret: t.string({
    nullable: true,
    description: [
      'The secret, to be sent as `Authorization: Bearer sk_…`. It is returned only once: the server stores only',
      'its hash.',
    ].join(' '),
    resolve: ({ result }) => result?.secret,
  }),
}));

const RevokeApiKeyInput = builder.inputType('RevokeApiKeyInput', {
  description: 'Input for revokeApiKey.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The ID of the API key: api_key_…' }) }),
});

const RevokeApiKeyPayload = payloadType<ApiKeyId>('RevokeApiKey', [NotFoundError], (t) => ({
  revokedApiKeyId: t.id({
    nullable: true,
    description: 'The ID of the revoked key, even if it was already revoked. Null if no key has this ID.',
    resolve: ({ result }) => result,
  }),
}));

builder.mutationFields((t) => ({
  createApiKey: t.field({
    type: CreateApiKeyPayload,
    ...requires('apiKeys.createApiKey'),
    description: 'Creates an API key in this environment. It cannot have scopes that the caller lacks.',
    args: { input: t.arg({ type: CreateApiKeyInput, required: true, description: 'Parameters for createApiKey.' }) },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.apiKeys.createApiKey(viewer, input)),
  }),
  revokeApiKey: t.field({
    type: RevokeApiKeyPayload,
    ...requires('apiKeys.revokeApiKey'),
    description: 'Revokes an API key. It stops working immediately. A key can revoke itself.',
    args: { input: t.arg({ type: RevokeApiKeyInput, required: true, description: 'Parameters for revokeApiKey.' }) },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.apiKeys.revokeApiKey(viewer, input.id)),
  }),
}));
