import { type EventKind, type EventsOf, snakeCase } from '../events/event-descriptor.js';
import type { Application } from './application.js';

declare module '../events/event-data.js' {
  interface EventData {
    'application.created': Application;
    'application.deleted': Application;
    'application.updated': Application;
  }
}

const kind = {
  type: 'ApplicationEvent',
  user: null,
  organizationId: ({ organizationId }) => organizationId,
  endsAccess: false,
  webhookData: ({ kind, redirectUris, ...rest }) => ({
    object: 'connect_application',
    ...snakeCase(rest),
    application_type: kind.toLowerCase(),
    redirect_uris: redirectUris.map(({ uri, isDefault }) => ({ uri, default: isDefault })),
  }),
} as const satisfies EventKind<Application>;

export const applicationEvents = {
  'application.created': { ...kind, description: 'An application was created.' },
  'application.deleted': { ...kind, description: 'An application was deleted.' },
  'application.updated': { ...kind, description: 'An application was changed.' },
} as const satisfies EventsOf<'application'>;
