/** The scopes of API keys and access tokens, with their meanings. `@requiresScopes` in the schema refers to them. */
export const SCOPES = {
  'users:read': 'Read users, and their authorized applications and memberships.',
  'users:write':
    'Create, update and delete users, verify their email addresses, and revoke their authorized applications.',
  'applications:read': 'Read applications.',
  'applications:write': 'Create, update and delete applications, and record that a user authorized an application.',
  'organizations:read': 'Read organizations.',
  'organizations:write': 'Create, update and delete organizations and memberships.',
  'api_keys:read': 'Read the API keys of the environment, without their secrets.',
  'api_keys:write': 'Create API keys with scopes that the creating key has, and revoke any API key.',
  'events:read': 'Read the event log, including the data of users at the time of each event.',
  'webhooks:read': 'Read webhook endpoints and their deliveries.',
  'webhooks:write': 'Create, update, replay and delete webhook endpoints. All but deletion also require events:read.',
  'schema:read': 'Introspect the schema in production, and read it as SDL.',
  'email_verifications:read_code': 'Read the one-time codes of email verifications, to send the mails yourself.',
} as const;

export type Scope = keyof typeof SCOPES;

/** All scopes, including scopes that later versions add. A key that is created without a list of scopes has it. */
export const ALL_SCOPES = '*';

export type GrantedScopes = readonly Scope[] | typeof ALL_SCOPES;

export function isScope(text: string): text is Scope {
  return Object.hasOwn(SCOPES, text);
}

export function includesScope(granted: GrantedScopes, wanted: Scope): boolean {
  return granted === ALL_SCOPES || granted.includes(wanted);
}

/** The names of the scopes for display; `*` stands for all scopes. */
export function scopeNames(granted: GrantedScopes): readonly string[] {
  return granted === ALL_SCOPES ? [ALL_SCOPES] : granted;
}
