import type { FieldMap } from '@pothos/core';
import { Application } from '../applications/application.graphql.js';
import type { Application as ApplicationShape } from '../applications/application.js';
import type { AuthorizedApplication } from '../applications/authorized-application.js';
import type { EmailVerification } from '../email-verification/email-verification.js';
import { builder, requires, type Types } from '../graphql/builder.js';
import { Node } from '../graphql/node.graphql.js';
import { Organization } from '../organizations/organization.graphql.js';
import type { Organization as OrganizationShape } from '../organizations/organization.js';
import { MembershipStatusType } from '../organizations/organization-membership.graphql.js';
import type { OrganizationMembership } from '../organizations/organization-membership.js';
import { User } from '../users/user.graphql.js';
import type { User as UserShape } from '../users/user.js';
import { Event } from './event.graphql.js';
import { changesOf, type EventTypename, type FieldChange as FieldChangeShape, type LoggedEvent } from './event.js';

type Fields = PothosSchemaTypes.ObjectFieldBuilder<Types, LoggedEvent>;

/** What the feature that wrote the event put into it; events of one name hold one kind of object. */
function dataOf<T>({ data }: LoggedEvent): T {
  return data as T;
}

/** What is kept of a key: `scopes` with `*` for all. */
interface ApiKeyData {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
}

interface AuthenticationData {
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

interface WebhookEndpointData {
  readonly id: string;
  readonly url: string;
}

interface EnvironmentData {
  readonly signIn: boolean;
}

interface IssuerData {
  readonly id: string;
  readonly issuer: string;
  readonly audience: string | null;
}

interface SigningKeyData {
  readonly id: string;
  readonly algorithm: string;
}

interface StaffGrantData {
  readonly scopes: readonly string[];
}

interface SessionData {
  readonly id: string;
}

const UserSnapshot = builder.objectRef<UserShape>('UserSnapshot').implement({
  description: 'A user as they were when the event was written; of a deletion, just before. Outlives the user.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the user.' }),
    email: t.exposeString('email', { description: 'Address as given.' }),
    emailVerified: t.exposeBoolean('emailVerified', { description: 'Whether the address was known to be theirs.' }),
    firstName: t.exposeString('firstName', { nullable: true, description: 'Given name.' }),
    lastName: t.exposeString('lastName', { nullable: true, description: 'Family name.' }),
    name: t.exposeString('name', { nullable: true, description: 'Full name.' }),
    locale: t.exposeString('locale', { nullable: true, description: 'BCP 47 language tag.' }),
    externalId: t.exposeString('externalId', { nullable: true, description: 'Id in your own system.' }),
    metadata: t.expose('metadata', { type: 'Metadata', description: 'Your own texts about the user.' }),
    version: t.exposeInt('version', { description: 'Version of the user.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the user was created.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When the user had last changed.' }),
  }),
});

const FieldChange = builder.objectRef<FieldChangeShape>('FieldChange').implement({
  description: 'A field that was changed.',
  fields: (t) => ({
    field: t.exposeString('field', { description: 'Name of the field; of one key of a map: metadata.plan.' }),
    previous: t.exposeString('previous', {
      nullable: true,
      description: 'What it was before, as text, a list as JSON; null when it was empty. Of a password always null.',
    }),
  }),
});

const snapshotField = (t: Fields) => ({
  snapshot: t.field({
    type: UserSnapshot,
    description: 'The user as they were then.',
    resolve: (event) => dataOf<UserShape>(event),
  }),
});

const userField = (t: Fields) => ({
  user: t.field({
    type: User,
    nullable: true,
    ...requires('users:read'),
    description: 'The user as they are now; null when they were deleted.',
    resolve: ({ userId }, _, context) => userId && context.loaders.users.byId.load(userId),
  }),
});

const userIdField = (t: Fields) => ({
  userId: t.id({ description: 'Id of the user.', resolve: ({ userId }) => userId ?? '' }),
});

const organizationField = (t: Fields) => ({
  organization: t.field({
    type: Organization,
    nullable: true,
    ...requires('organizations:read'),
    description: 'The organization as it is now; null when it was deleted.',
    resolve: ({ organizationId }, _, context) =>
      organizationId && context.loaders.organizations.byId.load(organizationId),
  }),
  organizationId: t.id({
    description: 'Id of the organization.',
    resolve: ({ organizationId }) => organizationId ?? '',
  }),
});

const applicationField = (t: Fields, idOf: (event: LoggedEvent) => ApplicationShape['id']) => ({
  application: t.field({
    type: Application,
    nullable: true,
    ...requires('applications:read'),
    description: 'The application as it is now; null when it was deleted.',
    resolve: (event, _, context) => context.loaders.applications.byId.load(idOf(event)),
  }),
  applicationId: t.id({ description: 'Id of the application.', resolve: idOf }),
});

const changesField = (t: Fields) => ({
  changes: t.field({
    type: [FieldChange],
    description: 'What was changed, with the values from before; empty unless something was updated.',
    resolve: (event) => changesOf(event),
  }),
});

/** The types behind `EVENTS`, each with what it shows beside the fields of every event. */
const types: Record<EventTypename, { description: string; fields(t: Fields): FieldMap }> = {
  UserCreatedEvent: {
    description: 'A user was created.',
    fields: (t) => ({ ...snapshotField(t), ...userField(t) }),
  },
  UserUpdatedEvent: {
    description: 'A user was changed.',
    fields: (t) => ({ ...snapshotField(t), ...userField(t), ...changesField(t) }),
  },
  UserDeletedEvent: {
    description: 'A user was deleted.',
    fields: (t) => snapshotField(t),
  },
  EmailVerificationCreatedEvent: {
    description: 'A code was made for a user, to be mailed. The code is in no event.',
    fields: (t) => ({
      ...userIdField(t),
      ...userField(t),
      emailVerificationId: t.id({
        description: 'Id of the verification.',
        resolve: (event) => dataOf<EmailVerification>(event).id,
      }),
      email: t.string({
        description: 'The address the code is for.',
        resolve: (event) => dataOf<EmailVerification>(event).email,
      }),
    }),
  },
  AuthorizedApplicationEvent: {
    description: 'A grant was given, changed or taken back.',
    fields: (t) => ({
      ...userIdField(t),
      ...userField(t),
      ...applicationField(t, (event) => dataOf<AuthorizedApplication>(event).applicationId),
      ...changesField(t),
      authorizedApplicationId: t.id({
        description: 'Id of the grant.',
        resolve: (event) => dataOf<AuthorizedApplication>(event).id,
      }),
      grantedScopes: t.stringList({
        description: 'What the application might do from then on; of a deletion, until then.',
        resolve: (event) => dataOf<AuthorizedApplication>(event).grantedScopes,
      }),
    }),
  },
  OrganizationMembershipEvent: {
    description: 'A membership began, changed or ended.',
    fields: (t) => ({
      ...userIdField(t),
      ...userField(t),
      ...organizationField(t),
      ...changesField(t),
      membershipId: t.id({
        description: 'Id of the membership.',
        resolve: (event) => dataOf<OrganizationMembership>(event).id,
      }),
      status: t.field({
        type: MembershipStatusType,
        description: 'The status then.',
        resolve: (event) => dataOf<OrganizationMembership>(event).status,
      }),
      roles: t.stringList({
        description: 'The roles then.',
        resolve: (event) => dataOf<OrganizationMembership>(event).roles,
      }),
    }),
  },
  AuthenticationEvent: {
    description: 'Somebody tried to sign in as a user.',
    fields: (t) => ({
      ...userIdField(t),
      ...userField(t),
      ipAddress: t.string({
        nullable: true,
        description: 'Network address they came from; null where the server cannot know it.',
        resolve: (event) => dataOf<AuthenticationData>(event).ipAddress,
      }),
      userAgent: t.string({
        nullable: true,
        description: 'What their program called itself.',
        resolve: (event) => dataOf<AuthenticationData>(event).userAgent,
      }),
    }),
  },
  SessionEvent: {
    description: 'A session began, or was ended before its time.',
    fields: (t) => ({
      ...userIdField(t),
      ...userField(t),
      sessionId: t.id({ description: 'Id of the session.', resolve: (event) => dataOf<SessionData>(event).id }),
    }),
  },
  OrganizationEvent: {
    description: 'An organization was created, changed or deleted.',
    fields: (t) => ({
      ...organizationField(t),
      ...changesField(t),
      organizationName: t.string({
        description: 'Its name then.',
        resolve: (event) => dataOf<OrganizationShape>(event).name,
      }),
    }),
  },
  ApiKeyEvent: {
    description: 'An API key was created or revoked. Its secret is in no event.',
    fields: (t) => ({
      apiKeyId: t.id({ description: 'Id of the key.', resolve: (event) => dataOf<ApiKeyData>(event).id }),
      apiKeyName: t.string({ description: 'Its name.', resolve: (event) => dataOf<ApiKeyData>(event).name }),
      scopes: t.stringList({
        description: 'What it may do; `*` is everything.',
        resolve: (event) => dataOf<ApiKeyData>(event).scopes,
      }),
    }),
  },
  EnvironmentEvent: {
    description: 'The operator changed what is allowed in the environment.',
    fields: (t) => ({
      ...changesField(t),
      signIn: t.boolean({
        description: 'Whether users may sign in with their password from then on.',
        resolve: (event) => dataOf<EnvironmentData>(event).signIn,
      }),
    }),
  },
  IssuerEvent: {
    description: 'The operator had the access tokens of an issuer believed, or no longer.',
    fields: (t) => ({
      issuerId: t.id({ description: 'Id of the entry.', resolve: (event) => dataOf<IssuerData>(event).id }),
      issuer: t.string({
        description: 'The claim iss of its tokens.',
        resolve: (event) => dataOf<IssuerData>(event).issuer,
      }),
      audience: t.string({
        nullable: true,
        description: 'The claim aud of its tokens; null where any is taken.',
        resolve: (event) => dataOf<IssuerData>(event).audience,
      }),
    }),
  },
  SigningKeyEvent: {
    description: 'Another key signs the access tokens of this server. Nothing of it is in the event.',
    fields: (t) => ({
      signingKeyId: t.id({
        description: 'Id of the key: kid of its tokens.',
        resolve: (event) => dataOf<SigningKeyData>(event).id,
      }),
      algorithm: t.string({
        description: 'EdDSA or RS256.',
        resolve: (event) => dataOf<SigningKeyData>(event).algorithm,
      }),
    }),
  },
  StaffGrantEvent: {
    description: 'The operator let a user sign in with scopes, or no longer.',
    fields: (t) => ({
      ...userIdField(t),
      ...userField(t),
      ...changesField(t),
      scopes: t.stringList({
        description: 'The scopes; of a deletion, those until then.',
        resolve: (event) => dataOf<StaffGrantData>(event).scopes,
      }),
    }),
  },
  WebhookEndpointEvent: {
    description: 'A webhook endpoint was created, changed, disabled or deleted. Its secrets are in no event.',
    fields: (t) => ({
      ...changesField(t),
      webhookEndpointId: t.id({
        description: 'Id of the endpoint.',
        resolve: (event) => dataOf<WebhookEndpointData>(event).id,
      }),
      url: t.field({
        type: 'URL',
        description: 'Where it was then.',
        resolve: (event) => dataOf<WebhookEndpointData>(event).url,
      }),
    }),
  },
  ApplicationEvent: {
    description: 'An application was created, changed or deleted.',
    fields: (t) => ({
      ...applicationField(t, (event) => dataOf<ApplicationShape>(event).id),
      ...changesField(t),
      applicationName: t.string({
        description: 'Its name then.',
        resolve: (event) => dataOf<ApplicationShape>(event).name,
      }),
    }),
  },
};

for (const [name, { description, fields }] of Object.entries(types)) {
  builder.objectRef<LoggedEvent>(name).implement({ description, interfaces: [Event, Node], fields });
}
