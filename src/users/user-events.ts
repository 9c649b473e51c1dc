import { forEachField } from '../domain/profile-fields.js';
import { asObject, ERASED, type EventKind, type EventsOf, KEPT, noOrganization } from '../events/event-descriptor.js';
import type { User } from './user.js';

declare module '../events/event-data.js' {
  interface EventData {
    'user.created': User;
    'user.deleted': User;
    'user.updated': User;
  }
  interface SecretFields {
    'user.updated': 'password';
  }
}

const kind = {
  user: {
    idOf: ({ id }) => id,
    erasure: {
      id: KEPT,
      email: ERASED,
      emailVerified: KEPT,
      ...forEachField(() => null),
      profilePictureUrl: null,
      locale: null,
      lastSignInAt: null,
      externalId: null,
      metadata: {},
      version: KEPT,
      createdAt: KEPT,
      updatedAt: KEPT,
    },
  },
  organizationId: noOrganization,
  webhookData: asObject('user'),
} as const satisfies Omit<EventKind<User>, 'type' | 'endsAccess'>;

export const userEvents = {
  'user.created': { ...kind, type: 'UserCreatedEvent', endsAccess: false, description: 'A user was created.' },
  'user.deleted': { ...kind, type: 'UserDeletedEvent', endsAccess: true, description: 'A user was deleted.' },
  'user.updated': { ...kind, type: 'UserUpdatedEvent', endsAccess: false, description: 'A user was changed.' },
} as const satisfies EventsOf<'user'>;
