import { asObject, type EventKind, type EventsOf, KEPT, noOrganization } from '../events/event-descriptor.js';
import type { StaffGrant } from './staff-grant.js';

declare module '../events/event-data.js' {
  interface EventData {
    'staff_grant.created': StaffGrant;
    'staff_grant.deleted': StaffGrant;
    'staff_grant.updated': StaffGrant;
  }
}

const kind = {
  type: 'StaffGrantEvent',
  user: {
    idOf: ({ userId }) => userId,
    erasure: { userId: KEPT, scopes: KEPT, createdAt: KEPT },
  },
  organizationId: noOrganization,
  endsAccess: false,
  webhookData: asObject('staff_grant'),
} as const satisfies EventKind<StaffGrant>;

export const staffGrantEvents = {
  'staff_grant.created': { ...kind, description: 'The operator granted scopes to a user.' },
  'staff_grant.deleted': { ...kind, description: 'The scopes granted to a user were revoked.' },
  'staff_grant.updated': { ...kind, description: 'The scopes granted to a user were changed.' },
} as const satisfies EventsOf<'staff_grant'>;
