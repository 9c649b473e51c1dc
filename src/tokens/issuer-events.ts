import { asObject, type EventKind, type EventsOf, noOrganization } from '../events/event-descriptor.js';
import type { Issuer } from './issuer.js';

declare module '../events/event-data.js' {
  interface EventData {
    'issuer.created': IssuerEventData;
    'issuer.deleted': IssuerEventData;
  }
}

/** The fields of an issuer that its events contain: the URL of its keys, but no public key. */
export type IssuerEventData = Pick<
  Issuer,
  'id' | 'issuer' | 'audience' | 'jwksUrl' | 'algorithms' | 'subject' | 'scopes' | 'scopesClaim' | 'createdAt'
>;

/** Returns the event data of an issuer. */
export function issuerEventData(entry: Issuer): IssuerEventData {
  const { id, issuer, audience, jwksUrl, algorithms, subject, scopes, scopesClaim, createdAt } = entry;
  return { id, issuer, audience, jwksUrl, algorithms, subject, scopes, scopesClaim, createdAt };
}

const kind = {
  type: 'IssuerEvent',
  user: null,
  organizationId: noOrganization,
  endsAccess: false,
  webhookData: asObject('issuer'),
} as const satisfies EventKind<IssuerEventData>;

export const issuerEvents = {
  'issuer.created': { ...kind, description: 'The operator added an issuer of access tokens.' },
  'issuer.deleted': { ...kind, description: 'The operator removed an issuer of access tokens.' },
} as const satisfies EventsOf<'issuer'>;
