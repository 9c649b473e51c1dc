import { POLICY } from '../../auth/policy.js';
import { RequestError } from '../../domain/errors.js';
import { PROFILE_FIELD_NAMES } from '../../domain/profile-fields.js';

/** The access of a person to a type. */
export interface Access {
  /** The fields that they may read. `all` is for types without data of their own, e.g. a page or a payload. */
  readonly fields: readonly string[] | 'all';
  /** Whether access is restricted to objects that belong to the person. */
  readonly isOwned?: true;
  /** Whether its fields look up objects, and so return null for objects of others. The field `viewer` is exempt. */
  readonly findsOwn?: true;
}

const owned = (...fields: readonly string[]): Access => ({ fields, isOwned: true });
const open = (...fields: readonly string[]): Access => ({ fields });
const ALL: Access = { fields: 'all' };

/**
 * The types and fields that a signed-in person may use with a token without scopes. Everything else is forbidden,
 * including what later versions add. The types of events are in `EVENT_ACCESS`. `npm run docs` prints the list into
 * docs/persons.md, and building the person schema checks that all names exist. The services also enforce `POLICY`; this
 * check runs before it, and its error names the field.
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
  Environment: open(...POLICY['environments.read'].fields),
  RateLimit: ALL,
  User: owned(
    'id',
    'email',
    'emailVerified',
    ...PROFILE_FIELD_NAMES,
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
  Application: open(...POLICY['applications.read'].fields),
  OrganizationMembershipConnection: ALL,
  OrganizationMembershipEdge: ALL,
  OrganizationMembership: owned('id', 'user', 'organization', 'status', 'roles', 'createdAt', 'updatedAt'),
  Organization: open(...POLICY['organizations.read'].fields),
  EmailVerification: owned('id', 'user', 'email', 'delivery', 'expiresAt', 'createdAt'),
  MailDelivery: open(...POLICY['mails.read'].fields),
  PageInfo: ALL,
  EventConnection: ALL,
  EventEdge: ALL,
  SessionTokens: ALL,
  UserSnapshot: owned(
    'id',
    'email',
    'emailVerified',
    ...PROFILE_FIELD_NAMES,
    'locale',
    'externalId',
    'metadata',
    'version',
    'createdAt',
    'updatedAt',
  ),
  FieldChange: ALL,
};

/** The input fields that a person may set, by mutation. A mutation that is not listed accepts all input fields. */
export const PERSON_INPUT: Readonly<Record<string, readonly string[]>> = {
  updateUser: ['id', ...POLICY['users.updateUser'].fields, 'expectedVersion'],
};

/** @throws {RequestError} FORBIDDEN when the input has a field that a person may not set */
export function requireOwnInput(mutation: string, input: unknown): void {
  const may = PERSON_INPUT[mutation];
  if (!may || typeof input !== 'object' || input === null) return;
  const others = Object.keys(input).filter((field) => !may.includes(field));
  if (others.length === 0) return;
  throw new RequestError(
    'FORBIDDEN',
    `A person may not set ${others.join(', ')} with ${mutation}: only ${may.join(', ')}.`,
  );
}
