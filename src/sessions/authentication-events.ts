import type { UserId } from '../domain/ids.js';
import { ERASED, type EventKind, type EventsOf, KEPT, noOrganization, snakeCase } from '../events/event-descriptor.js';
import type { User } from '../users/user.js';
import type { Origin } from './sign-in.js';

declare module '../events/event-data.js' {
  interface EventData {
    'authentication.password_failed': AuthenticationEventData;
    'authentication.password_succeeded': AuthenticationEventData;
  }
}

/** The data of an event of a sign-in attempt (WorkOS contract, section 4). */
export interface AuthenticationEventData {
  readonly type: 'password';
  readonly status: 'succeeded' | 'failed';
  readonly userId: UserId;
  readonly email: string;
  /** Null when the server cannot determine it. */
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** Returns the event data of a sign-in attempt. */
export function authenticationEventData(
  status: AuthenticationEventData['status'],
  user: User,
  { networkAddress: ipAddress, userAgent }: Origin,
): AuthenticationEventData {
  return { type: 'password', status, userId: user.id, email: user.email, ipAddress, userAgent };
}

const kind = {
  type: 'AuthenticationEvent',
  user: {
    idOf: ({ userId }) => userId,
    erasure: { type: KEPT, status: KEPT, userId: KEPT, email: ERASED, ipAddress: null, userAgent: null },
  },
  organizationId: noOrganization,
  endsAccess: false,
  webhookData: (data) => ({
    ...snakeCase(data),
    ...(data.status === 'failed' ? { error: { code: 'invalid_credentials', message: 'The password is wrong.' } } : {}),
  }),
} as const satisfies EventKind<AuthenticationEventData>;

export const authenticationEvents = {
  'authentication.password_failed': { ...kind, description: 'A sign-in attempt with a wrong password failed.' },
  'authentication.password_succeeded': { ...kind, description: 'A user signed in with a password.' },
} as const satisfies EventsOf<'authentication'>;
