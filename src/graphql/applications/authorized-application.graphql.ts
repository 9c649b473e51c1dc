import { applicationLoaders } from '../../applications/application.loaders.js';
import {
  AuthorizedApplicationNotFoundError,
  type AuthorizedApplication as AuthorizedApplicationShape,
} from '../../applications/authorized-application.js';
import { authorizedApplicationLoaders } from '../../applications/authorized-application.loaders.js';
import type { Revoked } from '../../applications/authorized-application.service.js';
import { InvalidInputError, NotFoundError } from '../../domain/errors.js';
import { isId } from '../../domain/ids.js';
import { UserNotFoundError } from '../../users/user.js';
import { userLoaders } from '../../users/user.loaders.js';
import { builder, requires } from '../builder/builder.js';
import { connect, connectionType, listSize, pageArgs, toPageRequest } from '../builder/connection.js';
import { requireLoaded } from '../builder/found.js';
import { answer, MutationError, payloadType } from '../builder/mutation-error.graphql.js';
import { Node, registerNode } from '../builder/node.graphql.js';
import { reads } from '../builder/reads.js';
import { registerEntity } from '../federation/entity.js';
import { User } from '../users/user.graphql.js';
import { Application } from './application.graphql.js';

const AuthorizedApplication = builder.objectRef<AuthorizedApplicationShape>('AuthorizedApplication').implement({
  description: 'A grant that allows an application to act on behalf of a user.',
  interfaces: [Node],
  fields: (t) => ({
    user: t.field({
      type: User,
      extensions: reads({ kind: 'link', loaders: userLoaders, property: 'userId' }),
      description: 'The user who granted access.',
      resolve: ({ userId }, _, context) => requireLoaded(context.loaders.linked(userLoaders).byId.load(userId)),
    }),
    application: t.field({
      type: Application,
      extensions: reads({ kind: 'link', loaders: applicationLoaders, property: 'applicationId' }),
      description: 'The application that has access.',
      resolve: ({ applicationId }, _, context) =>
        requireLoaded(context.loaders.linked(applicationLoaders).byId.load(applicationId)),
    }),
    grantedScopes: t.exposeStringList('grantedScopes', { description: 'The scopes that the user granted.' }),
    resource: t.expose('resource', {
      type: 'URL',
      nullable: true,
      description: 'The resource indicator (RFC 8707) of the grant, if any.',
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'The date and time when the grant was created.',
    }),
  }),
});

registerNode('authorized_connect_app', {
  typename: 'AuthorizedApplication',
  action: 'authorizedApplications.read',
  stored: authorizedApplicationLoaders,
  load: (context, id) => context.loaders.of(authorizedApplicationLoaders).byId.load(id),
});

registerEntity(AuthorizedApplication, 'authorizedApplications.read', {
  id: (context, id) =>
    isId('authorized_connect_app', id) ? context.loaders.of(authorizedApplicationLoaders).byId.load(id) : null,
});

const AuthorizedApplicationConnection = connectionType(AuthorizedApplication, 'authorized applications');

const listing = {
  order: 'authorizedApplications:CREATED_AT:DESC',
  position: (grant: AuthorizedApplicationShape) => [grant.id] as const,
};

builder.objectField(User, 'authorizedApplications', (t) =>
  t.field({
    type: AuthorizedApplicationConnection,
    listSize,
    extensions: reads({
      kind: 'nested',
      loaders: authorizedApplicationLoaders,
      list: authorizedApplicationLoaders.lists.byUser,
      name: listing.order,
    }),
    description: 'A list of the applications that the user granted access to, newest grant first.',
    args: pageArgs,
    resolve: async ({ id }, args, context) => {
      const loader = context.loaders.linked(authorizedApplicationLoaders).byUser;
      return connect(await loader.page(id, toPageRequest(args, listing.order)), listing, () => loader.count(id));
    },
  }),
);

builder.objectType(AuthorizedApplicationNotFoundError, {
  name: 'AuthorizedApplicationNotFoundError',
  description: 'The user has not granted access to this application.',
  interfaces: [MutationError],
  fields: (t) => ({
    applicationId: t.exposeID('applicationId', { description: 'The ID that was given.' }),
  }),
});

const AuthorizeApplicationInput = builder.inputType('AuthorizeApplicationInput', {
  description: 'Input for authorizeApplication.',
  fields: (t) => ({
    userId: t.id({ required: true, description: 'The ID of the user who consented.' }),
    applicationId: t.id({ required: true, description: 'The ID or the client ID of the application.' }),
    scopes: t.stringList({ required: true, description: 'The scopes that the user grants.' }),
    resource: t.field({ type: 'URL', description: 'The resource indicator (RFC 8707), if one was requested.' }),
  }),
});

const AuthorizeApplicationPayload = payloadType<AuthorizedApplicationShape>(
  'AuthorizeApplication',
  [UserNotFoundError, NotFoundError, InvalidInputError],
  (t) => ({
    authorizedApplication: t.field({
      type: AuthorizedApplication,
      nullable: true,
      description: 'The grant.',
      resolve: ({ result }) => result,
    }),
  }),
);

const DeleteAuthorizedApplicationInput = builder.inputType('DeleteAuthorizedApplicationInput', {
  description: 'Input for deleteAuthorizedApplication.',
  fields: (t) => ({
    userId: t.id({ required: true, description: 'The ID of the user.' }),
    applicationId: t.id({
      required: true,
      description: 'The ID or the client ID of the application, or the ID of the grant.',
    }),
  }),
});

const DeleteAuthorizedApplicationPayload = payloadType<Revoked>(
  'DeleteAuthorizedApplication',
  [UserNotFoundError, AuthorizedApplicationNotFoundError],
  (t) => ({
    user: t.field({
      type: User,
      nullable: true,
      description: 'The user whose grant was revoked.',
      resolve: ({ result }) => result?.user,
    }),
    deletedAuthorizedApplicationId: t.id({
      nullable: true,
      description: 'The ID of the deleted grant. Null if nothing was deleted.',
      resolve: ({ result }) => result?.grantId,
    }),
  }),
);

builder.mutationFields((t) => ({
  authorizeApplication: t.field({
    type: AuthorizeApplicationPayload,
    ...requires('authorizedApplications.authorizeApplication'),
    description: 'Records that a user granted access to an application, as a consent screen does.',
    args: {
      input: t.arg({
        type: AuthorizeApplicationInput,
        required: true,
        description: 'Parameters for authorizeApplication.',
      }),
    },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.authorizedApplications.authorizeApplication(viewer, input)),
  }),
  deleteAuthorizedApplication: t.field({
    type: DeleteAuthorizedApplicationPayload,
    ...requires('authorizedApplications.deleteAuthorizedApplication'),
    description: 'Revokes the grant of a user. The application can no longer act on their behalf.',
    args: {
      input: t.arg({
        type: DeleteAuthorizedApplicationInput,
        required: true,
        description: 'Parameters for deleteAuthorizedApplication.',
      }),
    },
    resolve: (_, { input: { userId, applicationId } }, context) =>
      answer(context, (viewer) =>
        context.services.authorizedApplications.deleteAuthorizedApplication(viewer, userId, applicationId),
      ),
  }),
}));
