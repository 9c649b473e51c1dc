import { type EventKind, type EventsOf, snakeCase } from '../events/event-descriptor.js';
import type { Organization } from './organization.js';

declare module '../events/event-data.js' {
  interface EventData {
    'organization.created': Organization;
    'organization.deleted': Organization;
    'organization.updated': Organization;
  }
}

const kind = {
  type: 'OrganizationEvent',
  user: null,
  organizationId: ({ id }) => id,
  endsAccess: false,
  webhookData: (data) => ({ object: 'organization', domains: [], ...snakeCase(data) }),
} as const satisfies EventKind<Organization>;

export const organizationEvents = {
  'organization.created': { ...kind, description: 'An organization was created.' },
  'organization.deleted': { ...kind, description: 'An organization was deleted.' },
  'organization.updated': { ...kind, description: 'An organization was changed.' },
} as const satisfies EventsOf<'organization'>;
