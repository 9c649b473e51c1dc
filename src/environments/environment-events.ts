import { asObject, type EventKind, type EventsOf, noOrganization } from '../events/event-descriptor.js';
import type { Environment } from './environment.js';

declare module '../events/event-data.js' {
  interface EventData {
    'environment.updated': Environment;
  }
}

const kind = {
  type: 'EnvironmentEvent',
  user: null,
  organizationId: noOrganization,
  endsAccess: false,
  webhookData: asObject('environment'),
} as const satisfies EventKind<Environment>;

export const environmentEvents = {
  'environment.updated': { ...kind, description: 'The operator enabled or disabled password sign-in.' },
} as const satisfies EventsOf<'environment'>;
