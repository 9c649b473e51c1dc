import { InvalidInputError, NotFoundError } from '../errors.js';
import { builder, requires } from '../graphql/builder.js';
import { connect, connectionType, listSize, pageArgs, toPageRequest } from '../graphql/connection.js';
import { registerEntity } from '../graphql/federation/entity.js';
import { found } from '../graphql/found.js';
import { answer, MutationError, payloadType } from '../graphql/mutation-error.graphql.js';
import { Node, registerNode } from '../graphql/node.graphql.js';
import { isId } from '../ids.js';
import { User } from '../users/user.graphql.js';
import { UserNotFoundError } from '../users/user.js';
import { Application } from './application.graphql.js';
import {
  AuthorizedApplicationNotFoundError,
  type AuthorizedApplication as AuthorizedApplicationShape,
} from './authorized-application.js';
import type { Revoked } from './authorized-application.service.js';

const AuthorizedApplication = builder.objectRef<AuthorizedApplicationShape>('AuthorizedApplication').implement({
  description: 'A grant: the user allowed an application to act for them.',
  interfaces: [Node],
  fields: (t) => ({
    user: t.field({
      type: User,
      description: 'Who granted it.',
      resolve: ({ userId }, _, context) => found(context.loaders.users.byId.load(userId)),
    }),
    application: t.field({
      type: Application,
      description: 'What may act for the user.',
      resolve: ({ applicationId }, _, context) => found(context.loaders.applications.byId.load(applicationId)),
    }),
    grantedScopes: t.stringList({ description: 'What it may do.', resolve: ({ grantedScopes }) => grantedScopes }),
    resource: t.expose('resource', {
      type: 'URL',
      nullable: true,
      description: 'Resource indicator asked for in the grant, if any.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was granted.' }),
  }),
});

registerNode('authorized_connect_app', {
  typename: 'AuthorizedApplication',
  scope: 'users:read',
  load: (context, id) => context.loaders.applications.authorizationById.load(id),
});

registerEntity(AuthorizedApplication, 'users:read', {
  id: (context, id) =>
    isId('authorized_connect_app', id) ? context.loaders.applications.authorizationById.load(id) : null,
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
    description: 'Applications the user has granted access to, newest grant first.',
    args: pageArgs,
    resolve: async ({ id }, args, context) => {
      const loader = context.loaders.applications.authorizationsByUser;
      return connect(await loader.page(id, toPageRequest(args, listing.order)), listing, () => loader.count(id));
    },
  }),
);

builder.objectType(AuthorizedApplicationNotFoundError, {
  name: 'AuthorizedApplicationNotFoundError',
  description: 'The user has not granted this application access.',
  interfaces: [MutationError],
  fields: (t) => ({
    applicationId: t.exposeID('applicationId', { description: 'The id that was given.' }),
  }),
});

const AuthorizeApplicationInput = builder.inputType('AuthorizeApplicationInput', {
  description: 'What a user consented to.',
  fields: (t) => ({
    userId: t.id({ required: true, description: 'Who consented.' }),
    applicationId: t.id({ required: true, description: 'Application id or client id.' }),
    scopes: t.stringList({ required: true, description: 'What the application may do.' }),
    resource: t.field({ type: 'URL', description: 'Resource indicator (RFC 8707), if one was asked for.' }),
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
  description: 'Which grant to take back.',
  fields: (t) => ({
    userId: t.id({ required: true, description: 'Whose grant.' }),
    applicationId: t.id({ required: true, description: 'Application id, client id, or the id of the grant.' }),
  }),
});

const DeleteAuthorizedApplicationPayload = payloadType<Revoked>(
  'DeleteAuthorizedApplication',
  [UserNotFoundError, AuthorizedApplicationNotFoundError],
  (t) => ({
    user: t.field({
      type: User,
      nullable: true,
      description: 'The user, without the grant.',
      resolve: ({ result }) => result?.user,
    }),
    deletedAuthorizedApplicationId: t.id({
      nullable: true,
      description: 'Id of the grant that is gone; null when nothing was deleted.',
      resolve: ({ result }) => result?.grantId,
    }),
  }),
);

builder.mutationFields((t) => ({
  authorizeApplication: t.field({
    type: AuthorizeApplicationPayload,
    ...requires('applications:write'),
    description: 'Records that a user granted an application access: what a consent screen would do.',
    args: { input: t.arg({ type: AuthorizeApplicationInput, required: true, description: 'The consent.' }) },
    resolve: (_, { input }, context) =>
      answer(context, (viewer) => context.services.authorizedApplications.authorizeApplication(viewer, input)),
  }),
  deleteAuthorizedApplication: t.field({
    type: DeleteAuthorizedApplicationPayload,
    ...requires('users:write'),
    description: "Takes a user's grant back: the application may no longer act for them.",
    args: { input: t.arg({ type: DeleteAuthorizedApplicationInput, required: true, description: 'Which grant.' }) },
    resolve: (_, { input: { userId, applicationId } }, context) =>
      answer(context, (viewer) =>
        context.services.authorizedApplications.deleteAuthorizedApplication(viewer, userId, applicationId),
      ),
  }),
}));
