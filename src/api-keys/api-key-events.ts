import { scopeNames } from '../auth/scope.js';
import { asObject, type EventKind, type EventsOf, noOrganization } from '../events/event-descriptor.js';
import type { ApiKey } from './api-key.js';

declare module '../events/event-data.js' {
  interface EventData {
    'api_key.created': ApiKeyEventData;
    'api_key.revoked': ApiKeyEventData;
    'api_key.updated': ApiKeyEventData;
  }
}

/** The fields of an API key that its events contain. Neither the secret nor the hint is included. */
export interface ApiKeyEventData extends Pick<ApiKey, 'id' | 'name' | 'createdAt' | 'expiresAt' | 'revokedAt'> {
  /** Scope names; `*` means all scopes. */
  readonly scopes: readonly string[];
}

/** Returns the event data of an API key. */
export function apiKeyEventData({ id, name, scopes, createdAt, expiresAt, revokedAt }: ApiKey): ApiKeyEventData {
  return { id, name, scopes: scopeNames(scopes), createdAt, expiresAt, revokedAt };
}

const kind = {
  type: 'ApiKeyEvent',
  user: null,
  organizationId: noOrganization,
  webhookData: asObject('api_key'),
} as const satisfies Omit<EventKind<ApiKeyEventData>, 'endsAccess'>;

export const apiKeyEvents = {
  'api_key.created': { ...kind, endsAccess: false, description: 'An API key was created.' },
  'api_key.revoked': { ...kind, endsAccess: true, description: 'An API key was revoked.' },
  'api_key.updated': {
    ...kind,
    endsAccess: true,
    description: 'An API key was replaced by another one and will expire.',
  },
} as const satisfies EventsOf<'api_key'>;
