import { Viewer } from '../auth/viewer.graphql.js';
import { personOf } from '../auth/viewer.js';
import { builder, requires } from '../graphql/builder.js';
import type { GraphQLContext } from '../graphql/context.js';
import { registerEntity } from '../graphql/federation/entity.js';
import { Node, registerNode } from '../graphql/node.graphql.js';
import { isId } from '../ids.js';
import type { User as UserShape } from './user.js';

/** A person known to the application. Other features add their fields to it. */
export const User = builder.objectRef<UserShape>('User').implement({
  description: 'A person known to your application.',
  interfaces: [Node],
  fields: (t) => ({
    email: t.exposeString('email', {
      description:
        'Address as given; unique in the environment, whatever the letter case and the spelling of its domain.',
    }),
    emailVerified: t.exposeBoolean('emailVerified', { description: 'Whether the address is known to be theirs.' }),
    firstName: t.exposeString('firstName', { nullable: true, description: 'Given name.' }),
    lastName: t.exposeString('lastName', { nullable: true, description: 'Family name.' }),
    name: t.exposeString('name', { nullable: true, description: 'Full name; kept apart from first and last name.' }),
    profilePictureUrl: t.expose('profilePictureUrl', {
      type: 'URL',
      nullable: true,
      description: 'Their picture; set by the server only.',
    }),
    locale: t.exposeString('locale', { nullable: true, description: 'BCP 47 language tag, e.g. en-US.' }),
    lastSignInAt: t.expose('lastSignInAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When they last signed in.',
    }),
    externalId: t.exposeString('externalId', {
      nullable: true,
      description: 'Id in your own system; unique in the environment, at most 128 ASCII characters.',
    }),
    metadata: t.expose('metadata', { type: 'Metadata', description: 'Your own texts about the user.' }),
    metadataValue: t.string({
      nullable: true,
      description: 'One metadata value, without the rest of the map; null when there is no such key.',
      args: { key: t.arg.string({ required: true, description: 'The key to look up.' }) },
      resolve: ({ metadata }, { key }) => (Object.hasOwn(metadata, key) ? (metadata[key] ?? null) : null),
    }),
    version: t.exposeInt('version', { description: 'Starts at 1 and goes up by one with each change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the user was created.' }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      description: 'When something about the user last changed; signing in is no change.',
    }),
  }),
});

builder.objectField(Viewer, 'user', (t) =>
  t.field({
    type: User,
    nullable: true,
    description: 'The person who signed in; null when a program asks with an API key.',
    resolve: (viewer, _, context) => {
      const id = personOf(viewer);
      return id && context.loaders.users.byId.load(id);
    },
  }),
);

registerNode('user', {
  typename: 'User',
  scope: 'users:read',
  load: (context, id) => context.loaders.users.byId.load(id),
});

registerEntity(User, 'users:read', { id: loadUser, externalId: loadByExternalId, email: loadByEmail });

async function loadUser(context: GraphQLContext, id: string): Promise<UserShape | null> {
  return isId('user', id) ? context.loaders.users.byId.load(id) : null;
}

function loadByExternalId(context: GraphQLContext, externalId: string): Promise<UserShape | null> {
  return context.loaders.users.byExternalId.load(externalId);
}

function loadByEmail(context: GraphQLContext, email: string): Promise<UserShape | null> {
  return context.loaders.users.byEmail.load(email);
}

builder.queryFields((t) => ({
  user: t.field({
    type: User,
    nullable: true,
    ...requires('users:read'),
    description: 'One user by id; null when there is none.',
    args: { id: t.arg.id({ required: true, description: 'Id of the user: user_…' }) },
    resolve: (_, { id }, context) => loadUser(context, id),
  }),
  userByExternalId: t.field({
    type: User,
    nullable: true,
    ...requires('users:read'),
    description: 'One user by the id your own system gave them; null when there is none.',
    args: { externalId: t.arg.string({ required: true, description: 'Id in your own system.' }) },
    resolve: (_, { externalId }, context) => loadByExternalId(context, externalId),
  }),
  userByEmail: t.field({
    type: User,
    nullable: true,
    ...requires('users:read'),
    description: 'One user by address, in any letter case and spelling of its domain; null when there is none.',
    args: { email: t.arg.string({ required: true, description: 'The address.' }) },
    resolve: (_, { email }, context) => loadByEmail(context, email),
  }),
}));
