import { type EventKind, type EventsOf, KEPT, noOrganization, snakeCase } from '../events/event-descriptor.js';
import type { Session } from './session.js';

declare module '../events/event-data.js' {
  interface EventData {
    'session.created': SessionEventData;
    'session.revoked': SessionEventData;
  }
}

/** The fields of a session that its events contain. The refresh token cannot be derived from them. */
export type SessionEventData = Pick<Session, 'id' | 'userId' | 'scopes' | 'createdAt' | 'expiresAt' | 'revokedAt'>;

/** Returns the event data of a session. */
export function sessionEventData(session: Session): SessionEventData {
  const { id, userId, scopes, createdAt, expiresAt, revokedAt } = session;
  return { id, userId, scopes, createdAt, expiresAt, revokedAt };
}

const kind = {
  type: 'SessionEvent',
  user: {
    idOf: ({ userId }) => userId,
    erasure: { id: KEPT, userId: KEPT, scopes: KEPT, createdAt: KEPT, expiresAt: KEPT, revokedAt: KEPT },
  },
  organizationId: noOrganization,
  webhookData: (data) => ({
    object: 'session',
    ...snakeCase(data),
    auth_method: 'password',
    status: data.revokedAt === null ? 'active' : 'revoked',
    ended_at: data.revokedAt,
    ip_address: null,
    user_agent: null,
    updated_at: data.revokedAt ?? data.createdAt,
  }),
} as const satisfies Omit<EventKind<SessionEventData>, 'endsAccess'>;

export const sessionEvents = {
  'session.created': { ...kind, endsAccess: false, description: 'A session was created.' },
  'session.revoked': { ...kind, endsAccess: true, description: 'A session was revoked.' },
} as const satisfies EventsOf<'session'>;
