import type { FieldMap } from '@pothos/core';
import { applicationLoaders } from '../../applications/application.loaders.js';
import type { ApplicationId } from '../../domain/ids.js';
import { forEachField, PROFILE_FIELDS } from '../../domain/profile-fields.js';
import type { EventOf } from '../../event-catalog/event-catalog.js';
import { changesOf, type FieldChange as FieldChangeShape, type LoggedEvent } from '../../events/event.js';
import { organizationLoaders } from '../../organizations/organization.loaders.js';
import type { User as UserShape } from '../../users/user.js';
import { userLoaders } from '../../users/user.loaders.js';
import { Application } from '../applications/application.graphql.js';
import { builder, requires, type Types } from '../builder/builder.js';
import { Organization } from '../organizations/organization.graphql.js';
import { User } from '../users/user.graphql.js';

/** Field builder of the GraphQL type that represents these events. */
export type Fields<Event extends LoggedEvent> = PothosSchemaTypes.ObjectFieldBuilder<Types, Event>;

type UserEvent = EventOf<'UserCreatedEvent' | 'UserUpdatedEvent' | 'UserDeletedEvent'>;

const UserSnapshot = builder.objectRef<UserShape>('UserSnapshot').implement({
  description: [
    'The state of a user when the event was written. For a deletion, the state just before it. It remains after',
    'the user is deleted, unless the server erases deleted users from the event log.',
  ].join(' '),
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The ID of the user.' }),
    email: t.exposeString('email', {
      description: 'The email address. It is `erased` if the user was deleted and erased from the event log.',
    }),
    emailVerified: t.exposeBoolean('emailVerified', { description: 'Whether the email address was verified.' }),
    ...forEachField((field) =>
      t.exposeString(field, { nullable: true, description: PROFILE_FIELDS[field].description }),
    ),
    locale: t.exposeString('locale', { nullable: true, description: 'The locale, as a BCP 47 language tag.' }),
    externalId: t.exposeString('externalId', { nullable: true, description: 'The ID of the user in your own system.' }),
    metadata: t.expose('metadata', { type: 'Metadata', description: 'The metadata of the user.' }),
    version: t.exposeInt('version', { description: 'The version of the user.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'The date and time when the user was created.' }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      description: 'The date and time when the user was last updated.',
    }),
  }),
});

const FieldChange = builder.objectRef<FieldChangeShape>('FieldChange').implement({
  description: 'A change of one field.',
  fields: (t) => ({
    field: t.exposeString('field', {
      description: 'The name of the field, e.g. email. For a key of a map it is a path, e.g. metadata.plan.',
    }),
    previous: t.exposeString('previous', {
      nullable: true,
      description:
        'The previous value as a string; lists are JSON. Null if the field had no value. Always null for a password.',
    }),
  }),
});

/** The field `snapshot`, for events about a user. */
export const snapshotField = <Event extends UserEvent>(t: Fields<Event>): FieldMap => ({
  snapshot: t.field({
    type: UserSnapshot,
    description: 'The state of the user when the event was written.',
    resolve: ({ data }) => data,
  }),
});

/** The field `user`. */
export const userField = <Event extends LoggedEvent>(t: Fields<Event>): FieldMap => ({
  user: t.field({
    type: User,
    nullable: true,
    ...requires('users.read'),
    description: 'The current state of the user. Null if the user was deleted.',
    resolve: ({ userId }, _, context) => userId && context.loaders.of(userLoaders).byId.load(userId),
  }),
});

/** The field `userId`. */
export const userIdField = <Event extends LoggedEvent>(t: Fields<Event>): FieldMap => ({
  userId: t.id({ description: 'The ID of the user.', resolve: ({ userId }) => userId ?? '' }),
});

/** The fields `organization` and `organizationId`. */
export const organizationField = <Event extends LoggedEvent>(t: Fields<Event>): FieldMap => ({
  organization: t.field({
    type: Organization,
    nullable: true,
    ...requires('organizations.read'),
    description: 'The current state of the organization. Null if it was deleted.',
    resolve: ({ organizationId }, _, context) =>
      organizationId && context.loaders.of(organizationLoaders).byId.load(organizationId),
  }),
  organizationId: t.id({
    description: 'The ID of the organization.',
    resolve: ({ organizationId }) => organizationId ?? '',
  }),
});

/** The fields `application` and `applicationId`. */
export const applicationField = <Event extends LoggedEvent>(
  t: Fields<Event>,
  idOf: (event: Event) => ApplicationId,
): FieldMap => ({
  application: t.field({
    type: Application,
    nullable: true,
    ...requires('applications.read'),
    description: 'The current state of the application. Null if it was deleted.',
    // Linked: a person may read the application that their event refers to.
    resolve: (event, _, context) => context.loaders.linked(applicationLoaders).byId.load(idOf(event)),
  }),
  applicationId: t.id({ description: 'The ID of the application.', resolve: idOf }),
});

/** The field `changes`. */
export const changesField = <Event extends LoggedEvent>(t: Fields<Event>): FieldMap => ({
  changes: t.field({
    type: [FieldChange],
    description: 'The changed fields with their previous values. Empty unless the event is an update.',
    resolve: (event) => changesOf(event),
  }),
});
