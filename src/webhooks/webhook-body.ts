import type { Application } from '../applications/application.js';
import { EVENTS, type EventTypename, type LoggedEvent } from '../events/event.js';
import type { OrganizationMembership } from '../organizations/organization-membership.js';

type Json = Readonly<Record<string, unknown>>;

/**
 * An event as WorkOS's API and webhooks have it (WorkOS contract, section 4): what a receiver parses, and what is signed,
 * byte for byte. Kinds that WorkOS does not have are put the same way.
 */
export function toWebhookBody(event: LoggedEvent): string {
  const { id, name, actor, previous, createdAt } = event;
  return JSON.stringify({
    object: 'event',
    id,
    event: name,
    data: DATA[EVENTS[name].type](event),
    created_at: createdAt,
    context: {
      actor: { id: actor.id, source: SOURCES[actor.source], name: actor.name },
      ...(previous ? { previous_attributes: snakeCase(previous) } : {}),
    },
  });
}

/** The contract's list is closed: a person's id tells that it is one. */
const SOURCES = { API: 'api', PERSON: 'api', IMPORT: 'system', SYSTEM: 'system' } as const;

const asIs =
  (object: string) =>
  ({ data }: LoggedEvent): Json => ({ object, ...snakeCase(data) });

/** What stands in `data` for each type of event. */
const DATA: Record<EventTypename, (event: LoggedEvent) => Json> = {
  UserCreatedEvent: asIs('user'),
  UserUpdatedEvent: asIs('user'),
  UserDeletedEvent: asIs('user'),
  OrganizationEvent: ({ data }) => ({ object: 'organization', domains: [], ...snakeCase(data) }),
  OrganizationMembershipEvent: ({ data }) => {
    const { status, roles, ...rest } = data as unknown as OrganizationMembership; // what its feature wrote
    const slugs = roles.map((slug) => ({ slug }));
    return {
      object: 'organization_membership',
      ...snakeCase(rest),
      status: status.toLowerCase(),
      role: slugs[0],
      roles: slugs,
      directory_managed: false,
      custom_attributes: {},
    };
  },
  EmailVerificationCreatedEvent: ({ data }) => ({
    object: 'email_verification',
    ...snakeCase(data),
    updated_at: data.createdAt,
  }),
  AuthenticationEvent: ({ data }) => ({
    ...snakeCase(data),
    ...(data.status === 'failed' ? { error: { code: 'invalid_credentials', message: 'The password is wrong.' } } : {}),
  }),
  SessionEvent: ({ data }) => ({
    object: 'session',
    ...snakeCase(data),
    auth_method: 'password',
    status: data.revokedAt === null ? 'active' : 'revoked',
    ended_at: data.revokedAt,
    ip_address: null,
    user_agent: null,
    updated_at: data.revokedAt ?? data.createdAt,
  }),
  AuthorizedApplicationEvent: asIs('authorized_connect_application'),
  ApplicationEvent: ({ data }) => {
    const { kind, redirectUris, ...rest } = data as unknown as Application; // what its feature wrote
    return {
      object: 'connect_application',
      ...snakeCase(rest),
      application_type: kind.toLowerCase(),
      redirect_uris: redirectUris.map(({ uri, isDefault }) => ({ uri, default: isDefault })),
    };
  },
  ApiKeyEvent: asIs('api_key'),
  EnvironmentEvent: asIs('environment'),
  IssuerEvent: asIs('issuer'),
  SigningKeyEvent: asIs('signing_key'),
  StaffGrantEvent: asIs('staff_grant'),
  WebhookEndpointEvent: ({ data }) => {
    const { url, types, isEnabled, ...rest } = data;
    return {
      object: 'webhook_endpoint',
      ...snakeCase(rest),
      endpoint_url: url,
      events: types,
      status: isEnabled === true ? 'enabled' : 'disabled',
    };
  },
};

/** Names of fields as REST has them. What is in a field stays as it is: keys of metadata are the callers'. */
function snakeCase(fields: object): Json {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}
