import type { FieldMap } from '@pothos/core';
import { Application } from '../applications/application.graphql.js';
import type { Application as ApplicationShape } from '../applications/application.js';
import { builder, requires, type Types } from '../graphql/builder.js';
import { Organization } from '../organizations/organization.graphql.js';
import { User } from '../users/user.graphql.js';
import type { User as UserShape } from '../users/user.js';
import { changesOf, type FieldChange as FieldChangeShape, type LoggedEvent } from './event.js';

/** What fields of an event are made with. */
export type Fields = PothosSchemaTypes.ObjectFieldBuilder<Types, LoggedEvent>;

/** What the feature that wrote the event put into it; events of one name hold one kind of object. */
export function dataOf<T>({ data }: LoggedEvent): T {
  return data as T;
}

const UserSnapshot = builder.objectRef<UserShape>('UserSnapshot').implement({
  description:
    'A user as they were when the event was written; of a deletion, just before. Outlives the user, unless the server erases them from the log.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the user.' }),
    email: t.exposeString('email', {
      description: 'Address as given; `erased` where the user was erased after they were deleted.',
    }),
    emailVerified: t.exposeBoolean('emailVerified', { description: 'Whether the address was known to be theirs.' }),
    firstName: t.exposeString('firstName', { nullable: true, description: 'Given name.' }),
    lastName: t.exposeString('lastName', { nullable: true, description: 'Family name.' }),
    name: t.exposeString('name', { nullable: true, description: 'Full name.' }),
    locale: t.exposeString('locale', { nullable: true, description: 'BCP 47 language tag.' }),
    externalId: t.exposeString('externalId', { nullable: true, description: 'Id in your own system.' }),
    metadata: t.expose('metadata', { type: 'Metadata', description: 'Your own texts about the user.' }),
    version: t.exposeInt('version', { description: 'Version of the user.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the user was created.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When the user had last changed.' }),
  }),
});

const FieldChange = builder.objectRef<FieldChangeShape>('FieldChange').implement({
  description: 'A field that was changed.',
  fields: (t) => ({
    field: t.exposeString('field', { description: 'Name of the field; of one key of a map: metadata.plan.' }),
    previous: t.exposeString('previous', {
      nullable: true,
      description: 'What it was before, as text, a list as JSON; null when it was empty. Of a password always null.',
    }),
  }),
});

/** `snapshot`, of events of a user. */
export const snapshotField = (t: Fields): FieldMap => ({
  snapshot: t.field({
    type: UserSnapshot,
    description: 'The user as they were then.',
    resolve: (event) => dataOf<UserShape>(event),
  }),
});

/** `user`. */
export const userField = (t: Fields): FieldMap => ({
  user: t.field({
    type: User,
    nullable: true,
    ...requires('users:read'),
    description: 'The user as they are now; null when they were deleted.',
    resolve: ({ userId }, _, context) => userId && context.loaders.users.byId.load(userId),
  }),
});

/** `userId`. */
export const userIdField = (t: Fields): FieldMap => ({
  userId: t.id({ description: 'Id of the user.', resolve: ({ userId }) => userId ?? '' }),
});

/** `organization` and `organizationId`. */
export const organizationField = (t: Fields): FieldMap => ({
  organization: t.field({
    type: Organization,
    nullable: true,
    ...requires('organizations:read'),
    description: 'The organization as it is now; null when it was deleted.',
    resolve: ({ organizationId }, _, context) =>
      organizationId && context.loaders.organizations.byId.load(organizationId),
  }),
  organizationId: t.id({
    description: 'Id of the organization.',
    resolve: ({ organizationId }) => organizationId ?? '',
  }),
});

/** `application` and `applicationId`. */
export const applicationField = (t: Fields, idOf: (event: LoggedEvent) => ApplicationShape['id']): FieldMap => ({
  application: t.field({
    type: Application,
    nullable: true,
    ...requires('applications:read'),
    description: 'The application as it is now; null when it was deleted.',
    resolve: (event, _, context) => context.loaders.applications.byId.load(idOf(event)),
  }),
  applicationId: t.id({ description: 'Id of the application.', resolve: idOf }),
});

/** `changes`. */
export const changesField = (t: Fields): FieldMap => ({
  changes: t.field({
    type: [FieldChange],
    description: 'What was changed, with the values from before; empty unless something was updated.',
    resolve: (event) => changesOf(event),
  }),
});
