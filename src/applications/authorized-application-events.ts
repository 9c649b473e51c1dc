import { asObject, type EventKind, type EventsOf, KEPT, noOrganization } from '../events/event-descriptor.js';
import type { AuthorizedApplication } from './authorized-application.js';

declare module '../events/event-data.js' {
  interface EventData {
    'authorized_application.created': AuthorizedApplication;
    'authorized_application.deleted': AuthorizedApplication;
    'authorized_application.updated': AuthorizedApplication;
  }
}

const kind = {
  type: 'AuthorizedApplicationEvent',
  user: {
    idOf: ({ userId }) => userId,
    erasure: {
      id: KEPT,
      userId: KEPT,
      applicationId: KEPT,
      grantedScopes: KEPT,
      resource: null,
      createdAt: KEPT,
    },
  },
  organizationId: noOrganization,
  endsAccess: false,
  webhookData: asObject('authorized_connect_application'),
} as const satisfies EventKind<AuthorizedApplication>;

export const authorizedApplicationEvents = {
  'authorized_application.created': { ...kind, description: 'A user granted an application access.' },
  'authorized_application.deleted': { ...kind, description: "A user's grant to an application was revoked." },
  'authorized_application.updated': { ...kind, description: "A user's grant to an application was updated." },
} as const satisfies EventsOf<'authorized_application'>;
