import { asObject, type EventKind, type EventsOf, noOrganization } from '../events/event-descriptor.js';
import type { SigningKey } from './signing-key.js';

declare module '../events/event-data.js' {
  interface EventData {
    'signing_key.created': SigningKeyEventData;
  }
}

/** The fields of a signing key that its events contain: neither the public nor the private key. */
export type SigningKeyEventData = Pick<SigningKey, 'id' | 'algorithm' | 'createdAt'>;

const kind = {
  type: 'SigningKeyEvent',
  user: null,
  organizationId: noOrganization,
  endsAccess: false,
  webhookData: asObject('signing_key'),
} as const satisfies EventKind<SigningKeyEventData>;

export const signingKeyEvents = {
  'signing_key.created': { ...kind, description: 'A key for signing access tokens was created.' },
} as const satisfies EventsOf<'signing_key'>;
