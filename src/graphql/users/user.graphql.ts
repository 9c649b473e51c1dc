import { personOf } from '../../auth/viewer.js';
import { isId } from '../../domain/ids.js';
import { forEachField, PROFILE_FIELDS } from '../../domain/profile-fields.js';
import type { User as UserShape } from '../../users/user.js';
import { userLoaders } from '../../users/user.loaders.js';
import { builder, requires } from '../builder/builder.js';
import type { GraphQLContext } from '../builder/context.js';
import { Node, registerNode } from '../builder/node.graphql.js';
import { reads } from '../builder/reads.js';
import { registerEntity } from '../federation/entity.js';
import { Viewer } from '../viewer/viewer.graphql.js';

/** GraphQL type of a user. Other modules add fields to it. */
export const User = builder.objectRef<UserShape>('User').implement({
  description: 'A user of your application.',
  interfaces: [Node],
  fields: (t) => ({
    email: t.exposeString('email', {
      description: [
        'The email address as it was given. It is unique in the environment, ignoring case and the spelling of the',
        'domain.',
      ].join(' '),
    }),
    emailVerified: t.exposeBoolean('emailVerified', { description: 'Whether the email address is verified.' }),
    ...forEachField((field) =>
      t.exposeString(field, { nullable: true, description: PROFILE_FIELDS[field].description }),
    ),
    profilePictureUrl: t.expose('profilePictureUrl', {
      type: 'URL',
      nullable: true,
      description: 'The URL of the profile picture. Read-only.',
    }),
    locale: t.exposeString('locale', {
      nullable: true,
      description: 'The locale as a BCP 47 language tag, e.g. en-US.',
    }),
    lastSignInAt: t.expose('lastSignInAt', {
      type: 'DateTime',
      nullable: true,
      description: 'The date and time when the user last signed in.',
    }),
    externalId: t.exposeString('externalId', {
      nullable: true,
      description: [
        'The ID of the user in your own system. It is unique among the users of the environment and has at most',
        '128 ASCII characters.',
      ].join(' '),
    }),
    metadata: t.expose('metadata', {
      type: 'Metadata',
      description: 'Arbitrary strings that you store with the user.',
    }),
    metadataValue: t.string({
      nullable: true,
      description: 'The metadata value of a key. Null if the metadata does not have the key.',
      args: { key: t.arg.string({ required: true, description: 'The metadata key.' }) },
      resolve: ({ metadata }, { key }) => (Object.hasOwn(metadata, key) ? (metadata[key] ?? null) : null),
    }),
    version: t.exposeInt('version', {
      description: 'The version of the user. It starts at 1 and increases by 1 with each update.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'The date and time when the user was created.' }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      description: 'The date and time when the user was last updated. Signing in is not an update.',
    }),
  }),
});

builder.objectField(Viewer, 'user', (t) =>
  t.field({
    type: User,
    nullable: true,
    description: 'The signed-in user. Null if the request is authenticated with an API key.',
    resolve: (viewer, _, context) => {
      const id = personOf(viewer);
      return id && context.loaders.linked(userLoaders).byId.load(id);
    },
  }),
);

registerNode('user', {
  typename: 'User',
  action: 'users.read',
  stored: userLoaders,
  load: (context, id) => context.loaders.of(userLoaders).byId.load(id),
});

registerEntity(User, 'users.read', { id: loadUser, externalId: loadByExternalId, email: loadByEmail });

async function loadUser(context: GraphQLContext, id: string): Promise<UserShape | null> {
  return isId('user', id) ? context.loaders.of(userLoaders).byId.load(id) : null;
}

function loadByExternalId(context: GraphQLContext, externalId: string): Promise<UserShape | null> {
  return context.loaders.of(userLoaders).byExternalId.load(externalId);
}

function loadByEmail(context: GraphQLContext, email: string): Promise<UserShape | null> {
  return context.loaders.of(userLoaders).byEmail.load(email);
}

builder.queryFields((t) => ({
  user: t.field({
    type: User,
    nullable: true,
    ...requires('users.read'),
    extensions: reads({
      kind: 'key',
      loaders: userLoaders,
      argument: 'id',
      property: 'id',
      index: null,
      accepts: (id) => isId('user', id),
    }),
    description: 'Look up a user by their ID. Returns null if no user has this ID.',
    args: { id: t.arg.id({ required: true, description: 'The ID of the user: user_…' }) },
    resolve: (_, { id }, context) => loadUser(context, id),
  }),
  userByExternalId: t.field({
    type: User,
    nullable: true,
    ...requires('users.read'),
    extensions: reads({
      kind: 'key',
      loaders: userLoaders,
      argument: 'externalId',
      property: 'externalId',
      index: 'users_external_id_unique',
    }),
    description: 'Look up a user by their external ID. Returns null if no user has this external ID.',
    args: { externalId: t.arg.string({ required: true, description: 'The ID of the user in your own system.' }) },
    resolve: (_, { externalId }, context) => loadByExternalId(context, externalId),
  }),
  userByEmail: t.field({
    type: User,
    nullable: true,
    ...requires('users.read'),
    description: [
      'Look up a user by their email address, ignoring case and the spelling of the domain. Returns null if no',
      'user has this address.',
    ].join(' '),
    args: { email: t.arg.string({ required: true, description: 'The email address.' }) },
    resolve: (_, { email }, context) => loadByEmail(context, email),
  }),
}));
