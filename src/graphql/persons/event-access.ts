import type { EventTypename } from '../../event-catalog/event-catalog.js';
import type { Access } from './person-fields.js';

const EVENT = ['id', 'type', 'name', 'createdAt'];

/**
 * The fields that a person may read of events about themselves, in addition to those of every event. Null means that
 * they may not read the type. The actor is excluded, because it reveals the names of API keys and of staff.
 */
const FIELDS = {
  UserCreatedEvent: ['snapshot', 'user'],
  UserUpdatedEvent: ['snapshot', 'user', 'changes'],
  UserDeletedEvent: null,
  EmailVerificationCreatedEvent: ['userId', 'user', 'emailVerificationId', 'email'],
  AuthorizedApplicationEvent: [
    'userId',
    'user',
    'application',
    'applicationId',
    'changes',
    'authorizedApplicationId',
    'grantedScopes',
  ],
  OrganizationMembershipEvent: ['userId', 'user', 'organizationId', 'changes', 'membershipId', 'status', 'roles'],
  AuthenticationEvent: ['userId', 'user', 'ipAddress', 'userAgent'],
  SessionEvent: ['userId', 'user', 'sessionId'],
  StaffGrantEvent: ['userId', 'user', 'changes', 'scopes'],
  ApiKeyEvent: null,
  ApplicationEvent: null,
  EnvironmentEvent: null,
  IssuerEvent: null,
  OrganizationEvent: null,
  SigningKeyEvent: null,
  WebhookEndpointEvent: null,
} as const satisfies Record<EventTypename, readonly string[] | null>;

/** Access of persons to the types of events. */
export const EVENT_ACCESS: Readonly<Record<string, Access>> = Object.fromEntries(
  Object.entries(FIELDS).flatMap(([typename, fields]) =>
    fields ? [[typename, { fields: [...EVENT, ...fields], isOwned: true }]] : [],
  ),
);
