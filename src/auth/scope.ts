/** What an API key may be allowed, each with its meaning; `@requiresScopes` in the schema names them. */
export const SCOPES = {
  'users:read': 'Read users with their authorized applications and memberships.',
  'users:write': 'Create, change and delete users, verify their addresses, revoke their authorized applications.',
  'applications:read': 'Read applications.',
  'applications:write': 'Create, change and delete applications, and record that a user authorized one.',
  'organizations:read': 'Read organizations.',
  'organizations:write': 'Create, change and delete organizations and memberships.',
  'api_keys:read': 'Read the API keys of the environment, without their secrets.',
  'api_keys:write': 'Create API keys that may do no more than the key that creates them, and revoke any.',
  'events:read': 'Read the event log, with users as they were when an event was written.',
  'webhooks:read': 'Read webhook endpoints and what became of their deliveries.',
  'webhooks:write': 'Create, change, replay and delete webhook endpoints; together with events:read.',
  'schema:read': 'Introspect the schema in production, and read it as SDL.',
  'email_verifications:read_code': 'Read one-time codes of verifications: for those who send the mail themselves.',
} as const;

export type Scope = keyof typeof SCOPES;

/** A key made without a list of scopes has all, those of later versions too. */
export const ALL_SCOPES = '*';

export type GrantedScopes = readonly Scope[] | typeof ALL_SCOPES;

export function isScope(text: string): text is Scope {
  return Object.hasOwn(SCOPES, text);
}

export function includesScope(granted: GrantedScopes, wanted: Scope): boolean {
  return granted === ALL_SCOPES || granted.includes(wanted);
}

/** What the scopes are called where they are shown: `*` for all of them, those of later versions too. */
export function scopeNames(granted: GrantedScopes): readonly string[] {
  return granted === ALL_SCOPES ? [ALL_SCOPES] : granted;
}
