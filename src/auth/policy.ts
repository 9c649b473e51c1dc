import { RequestError } from '../domain/errors.js';
import type { UserId } from '../domain/ids.js';
import { OWN_PROFILE_FIELDS } from '../domain/profile-fields.js';
import { includesScope, type Scope } from './scope.js';
import { personOf, requireScope, requireViewer, type Viewer } from './viewer.js';

/** Who may perform an action. */
interface Rule {
  /** The required scopes; the viewer needs all of them. An empty list permits every viewer. */
  readonly scopes: readonly Scope[];
  /**
   * What a person may do whose access token has no scopes. `own`: perform the action on their own objects. `linked`:
   * read objects that their own objects refer to, but not look them up. Undefined: nothing.
   */
  readonly person?: 'own' | 'linked';
  /** The input fields a person may set, or for a read the fields a person may see. Undefined: all. */
  readonly fields?: readonly string[];
  /** Only the operator may perform it, on the command line. */
  readonly isOperators?: true;
}

const needs = (...scopes: readonly Scope[]) => ({ scopes }) satisfies Rule;
const orOwn = (...scopes: readonly Scope[]) => ({ scopes, person: 'own' }) satisfies Rule;
const operators = { scopes: [], isOperators: true } as const satisfies Rule;

/**
 * The authorization policy. An action is a use case, named by service and method, or a read by loaders, named `….read`.
 * A request cannot perform an action that is missing here. The directives of the schema are generated from this table.
 */
export const POLICY = {
  'users.read': orOwn('users:read'),
  'users.listUsers': needs('users:read'),
  'users.countUsers': needs('users:read'),
  'users.countUsersUpTo': needs('users:read'),
  'users.createUser': needs('users:write'),
  'users.createUsers': needs('users:write'),
  'users.updateUser': { ...orOwn('users:write'), fields: [...OWN_PROFILE_FIELDS, 'locale'] },
  'users.deleteUser': needs('users:write'),
  'userExports.pages': operators,

  'emailVerifications.read': orOwn('users:read'),
  'emailVerifications.codeOf': needs('email_verifications:read_code'),
  'emailVerifications.sendVerificationEmail': orOwn('users:write'),
  'emailVerifications.verifyEmail': orOwn('users:write'),
  'emailChanges.sendEmailChange': orOwn('users:write'),
  'emailChanges.confirmEmailChange': orOwn('users:write'),
  'mails.read': { ...orOwn('users:read'), fields: ['state', 'sentAt'] },

  'sessions.listSessions': orOwn('users:read'),
  'sessions.revokeSession': orOwn('users:write'),
  'sessions.revokeOwn': orOwn(),
  'signIn.changePassword': orOwn(),

  'authorizedApplications.read': orOwn('users:read'),
  'authorizedApplications.authorizeApplication': needs('applications:write'),
  'authorizedApplications.deleteAuthorizedApplication': orOwn('users:write'),

  // A consent screen shows these fields. The OAuth settings of an application do not concern its users.
  'applications.read': {
    scopes: ['applications:read'],
    person: 'linked',
    fields: ['id', 'clientId', 'name', 'description', 'kind', 'isFirstParty'],
  },
  'applications.listApplications': needs('applications:read'),
  'applications.countApplications': needs('applications:read'),
  'applications.createApplication': needs('applications:write'),
  'applications.updateApplication': needs('applications:write'),
  'applications.deleteApplication': needs('applications:write'),

  'organizations.read': { scopes: ['organizations:read'], person: 'linked', fields: ['id', 'name'] },
  'organizations.listOrganizations': needs('organizations:read'),
  'organizations.countOrganizations': needs('organizations:read'),
  'organizations.createOrganization': needs('organizations:write'),
  'organizations.updateOrganization': needs('organizations:write'),
  'organizations.deleteOrganization': needs('organizations:write'),

  'memberships.read': orOwn('users:read'),
  // Members are users, so a viewer that may not read users may not list members either.
  'members.read': needs('users:read'),
  'memberships.listMemberships': orOwn('users:read'),
  'memberships.createMembership': needs('organizations:write'),
  'memberships.updateMembership': needs('organizations:write'),
  'memberships.deactivateMembership': needs('organizations:write'),
  'memberships.reactivateMembership': needs('organizations:write'),
  'memberships.deleteMembership': needs('organizations:write'),

  // A person does not see the actor of an event: it can name an API key or another user.
  'events.read': {
    ...orOwn('events:read'),
    fields: ['id', 'sequence', 'name', 'userId', 'organizationId', 'api', 'data', 'previous', 'createdAt'],
  },
  'events.listEvents': needs('events:read'),
  'events.positionOf': needs('events:read'),
  'eventStreams.follow': needs('events:read'),

  'webhookEndpoints.read': needs('webhooks:read'),
  'webhookEndpoints.listWebhookEndpoints': needs('webhooks:read'),
  'webhookEndpoints.countWebhookEndpoints': needs('webhooks:read'),
  // Who directs events to an address may read them there.
  'webhookEndpoints.createWebhookEndpoint': needs('webhooks:write', 'events:read'),
  'webhookEndpoints.updateWebhookEndpoint': needs('webhooks:write', 'events:read'),
  'webhookEndpoints.rotateSecret': needs('webhooks:write', 'events:read'),
  'webhookEndpoints.replay': needs('webhooks:write', 'events:read'),
  'webhookEndpoints.deleteWebhookEndpoint': needs('webhooks:write'),

  'apiKeys.read': needs('api_keys:read'),
  'apiKeys.listApiKeys': needs('api_keys:read'),
  'apiKeys.countApiKeys': needs('api_keys:read'),
  'apiKeys.createApiKey': needs('api_keys:write'),
  'apiKeys.revokeApiKey': needs('api_keys:write'),

  'environments.read': { scopes: [], person: 'linked', fields: ['id', 'name', 'kind'] },
  'schema.read': needs('schema:read'),
} as const satisfies Readonly<Record<string, Rule>>;

export type Action = keyof typeof POLICY;

/** The rule of an action. */
export function ruleOf(action: Action): Rule {
  return POLICY[action];
}

/**
 * Checks that the policy permits an action. Every use case calls it first. It does not check who owns an object: reads
 * do that with `isVisibleTo`, and to a person the objects of other users do not exist.
 *
 * @param input the input of a mutation, when the policy restricts the fields that a person may set
 * @throws {RequestError} UNAUTHENTICATED without a viewer; FORBIDDEN with the name of the missing scope or fields
 */
export function authorize(viewer: Viewer | null, action: Action, input?: object): asserts viewer is Viewer {
  const rule: Rule = POLICY[action];
  const asking = requireViewer(viewer);
  if (rule.isOperators && asking.actor.source !== 'SYSTEM' && asking.actor.source !== 'IMPORT') {
    throw new RequestError('FORBIDDEN', 'Only the operator may do this. Use the command line.');
  }
  if (confinedTo(asking) === null) {
    for (const scope of rule.scopes) requireScope(asking, scope);
  } else if (rule.person !== 'own') {
    refusePerson(asking, rule);
  } else if (input !== undefined && rule.fields !== undefined) {
    requireFields(action, input, rule.fields);
  }
}

/**
 * Whether a lookup by the viewer can return an object. False, instead of an error, for a person who may not look up
 * objects of this kind.
 *
 * @throws {RequestError} as `authorize`, for every other viewer
 */
export function mayFind(viewer: Viewer | null, action: Action): boolean {
  if (viewer && confinedTo(viewer) !== null && ruleOf(action).person !== 'own') return false;
  authorize(viewer, action);
  return true;
}

/**
 * Checks that the viewer may follow a reference from an object it can see, e.g. from a membership to its organization.
 * An API key may follow every reference, whatever its scopes. A person may follow those that the policy permits.
 *
 * @throws {RequestError} UNAUTHENTICATED, or FORBIDDEN for a person
 */
export function authorizeLink(viewer: Viewer | null, action: Action): asserts viewer is Viewer {
  const asking = requireViewer(viewer);
  const rule = ruleOf(action);
  if (rule.person === undefined && confinedTo(asking) !== null) refusePerson(asking, rule);
}

/** Whether the viewer has all scopes that an action requires. */
export function isAllowed({ scopes }: Viewer, action: Action): boolean {
  return ruleOf(action).scopes.every((scope) => includesScope(scopes, scope));
}

/** The user whose objects are the only ones the viewer may see: a person whose token has no scopes. Otherwise null. */
export function confinedTo(viewer: Viewer): UserId | null {
  return viewer.scopes.length === 0 ? personOf(viewer) : null;
}

/** Whether the viewer may see objects that belong to this user. */
export function isVisibleTo(viewer: Viewer, userId: string | null): boolean {
  const person = confinedTo(viewer);
  return person === null || person === userId;
}

/** Whether an object is this user or belongs to this user. */
export function isOf(user: UserId, object: unknown): boolean {
  if (typeof object !== 'object' || object === null) return false;
  if ('userId' in object) return object.userId === user;
  return 'id' in object && object.id === user;
}

function refusePerson(viewer: Viewer, { scopes }: Rule): never {
  for (const scope of scopes) requireScope(viewer, scope);
  throw new RequestError('FORBIDDEN', 'This requires an API key, or an access token with scopes.');
}

function requireFields(action: Action, input: object, fields: readonly string[]): void {
  const others = Object.entries(input).filter(([name, value]) => value !== undefined && !fields.includes(name));
  if (others.length === 0) return;
  const method = action.slice(action.indexOf('.') + 1);
  const given = others.map(([name]) => name).join(', ');
  throw new RequestError('FORBIDDEN', `A person may not set ${given} with ${method}: only ${fields.join(', ')}.`);
}
