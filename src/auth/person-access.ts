import { RequestError } from '../errors.js';
import type { UserId } from '../ids.js';
import { personOf, type Viewer } from './viewer.js';

/** What a person may read of a type. */
interface Access {
  /** Fields they may read; `all` for types that hold nothing themselves, e.g. a page or a payload. */
  readonly fields: readonly string[] | 'all';
  /** Only of objects that are theirs. */
  readonly isOwned?: true;
  /** Its fields look something up: a person finds what is theirs by them, and else nothing. Not so `viewer`. */
  readonly findsOwn?: true;
}

const EVENT = ['id', 'type', 'name', 'createdAt'];
const owned = (...fields: readonly string[]): Access => ({ fields, isOwned: true });
const open = (...fields: readonly string[]): Access => ({ fields });
const ALL: Access = { fields: 'all' };

/**
 * What a person who signed in may do with a token that carries no scopes: the fields of the graph that are theirs to
 * use, and of whom. What is not in here is refused, also what a later version adds. `npm run docs` prints it into the
 * README; the schema is checked against it when it is built.
 */
export const PERSON_ACCESS: Readonly<Record<string, Access>> = {
  Query: {
    fields: ['viewer', 'node', 'nodes', 'user', 'userByEmail', 'userByExternalId', 'emailVerification', '_entities'],
    findsOwn: true,
  },
  Mutation: open(
    'updateUser',
    'sendVerificationEmail',
    'verifyEmail',
    'sendEmailChange',
    'confirmEmailChange',
    'deleteAuthorizedApplication',
    'changePassword',
    'authenticateWithPassword',
    'refreshSession',
    'revokeSession',
  ),
  Viewer: open('user', 'environment', 'apiKey', 'scopes', 'rateLimit'),
  Environment: open('id', 'name', 'kind'),
  RateLimit: ALL,
  User: owned(
    'id',
    'email',
    'emailVerified',
    'firstName',
    'lastName',
    'name',
    'profilePictureUrl',
    'locale',
    'lastSignInAt',
    'externalId',
    'metadata',
    'metadataValue',
    'version',
    'createdAt',
    'updatedAt',
    'authorizedApplications',
    'organizationMemberships',
    'events',
  ),
  AuthorizedApplicationConnection: ALL,
  AuthorizedApplicationEdge: ALL,
  AuthorizedApplication: owned('id', 'user', 'application', 'grantedScopes', 'resource', 'createdAt'),
  // What a screen of consents shows; how the application signs in is its own affair.
  Application: open('id', 'clientId', 'name', 'description', 'kind', 'isFirstParty'),
  OrganizationMembershipConnection: ALL,
  OrganizationMembershipEdge: ALL,
  OrganizationMembership: owned('id', 'user', 'organization', 'status', 'roles', 'createdAt', 'updatedAt'),
  Organization: open('id', 'name'),
  EmailVerification: owned('id', 'user', 'email', 'delivery', 'expiresAt', 'createdAt'),
  MailDelivery: open('state', 'sentAt'),
  PageInfo: ALL,
  EventConnection: ALL,
  EventEdge: ALL,
  // Not who caused it: the names of keys and of colleagues are none of theirs.
  UserCreatedEvent: owned(...EVENT, 'snapshot', 'user'),
  UserUpdatedEvent: owned(...EVENT, 'snapshot', 'user', 'changes'),
  EmailVerificationCreatedEvent: owned(...EVENT, 'userId', 'user', 'emailVerificationId', 'email'),
  AuthorizedApplicationEvent: owned(
    ...EVENT,
    'userId',
    'user',
    'application',
    'applicationId',
    'changes',
    'authorizedApplicationId',
    'grantedScopes',
  ),
  OrganizationMembershipEvent: owned(
    ...EVENT,
    'userId',
    'user',
    'organizationId',
    'changes',
    'membershipId',
    'status',
    'roles',
  ),
  AuthenticationEvent: owned(...EVENT, 'userId', 'user', 'ipAddress', 'userAgent'),
  SessionEvent: owned(...EVENT, 'userId', 'user', 'sessionId'),
  StaffGrantEvent: owned(...EVENT, 'userId', 'user', 'changes', 'scopes'),
  SessionTokens: ALL,
  UserSnapshot: owned(
    'id',
    'email',
    'emailVerified',
    'firstName',
    'lastName',
    'name',
    'locale',
    'externalId',
    'metadata',
    'version',
    'createdAt',
    'updatedAt',
  ),
  FieldChange: ALL,
};

/** Of the input of a mutation the fields a person may give; mutations that are not here take all of theirs. */
export const PERSON_INPUT: Readonly<Record<string, readonly string[]>> = {
  updateUser: ['id', 'firstName', 'lastName', 'name', 'locale', 'expectedVersion'],
};

/** Whether somebody may use a field of a type. Payloads and errors of mutations hold what the mutation gives them. */
export function isOpenToPersons(type: string, field: string): boolean {
  const access = PERSON_ACCESS[type] ?? (/(Payload|Error)$/.test(type) ? ALL : undefined);
  return access !== undefined && (access.fields === 'all' || access.fields.includes(field));
}

/** Whether an object is this person's: the user themselves, or what hangs on them. */
export function isOf(person: UserId, object: unknown): boolean {
  if (typeof object !== 'object' || object === null) return false;
  if ('userId' in object) return object.userId === person;
  return 'id' in object && object.id === person;
}

/** @throws {RequestError} FORBIDDEN when a person, who may not, uses the field */
export function requireOpen(type: string, field: string): void {
  if (isOpenToPersons(type, field)) return;
  throw new RequestError(
    'FORBIDDEN',
    `A person may not use ${type}.${field}: it takes an API key, or a token with scopes.`,
  );
}

/** @throws {RequestError} FORBIDDEN when a person gives what is not theirs to set */
export function requireOwnInput(mutation: string, input: unknown): void {
  const may = PERSON_INPUT[mutation];
  if (!may || typeof input !== 'object' || input === null) return;
  const others = Object.keys(input).filter((field) => !may.includes(field));
  if (others.length === 0) return;
  throw new RequestError('FORBIDDEN', `A person may give ${mutation} no ${others.join(', ')}: only ${may.join(', ')}.`);
}

/** The id of whom the viewer is confined to: a person whose token carries no scopes; null for everybody else. */
export function confinedTo(viewer: Viewer): UserId | null {
  return viewer.scopes.length === 0 ? personOf(viewer) : null;
}
