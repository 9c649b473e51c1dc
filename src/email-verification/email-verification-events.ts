import { ERASED, type EventKind, type EventsOf, KEPT, noOrganization, snakeCase } from '../events/event-descriptor.js';
import type { EmailVerification } from './email-verification.js';

declare module '../events/event-data.js' {
  interface EventData {
    'email_verification.created': EmailVerification;
  }
}

const kind = {
  type: 'EmailVerificationCreatedEvent',
  user: {
    idOf: ({ userId }) => userId,
    erasure: { id: KEPT, userId: KEPT, email: ERASED, expiresAt: KEPT, createdAt: KEPT },
  },
  organizationId: noOrganization,
  endsAccess: false,
  webhookData: (data) => ({
    object: 'email_verification',
    ...snakeCase(data),
    updated_at: data.createdAt,
  }),
} as const satisfies EventKind<EmailVerification>;

export const emailVerificationEvents = {
  'email_verification.created': { ...kind, description: 'A verification code was issued for a user.' },
} as const satisfies EventsOf<'email_verification'>;
