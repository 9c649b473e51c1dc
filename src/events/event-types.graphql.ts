import type { FieldMap } from '@pothos/core';
import type { Application as ApplicationShape } from '../applications/application.js';
import type { AuthorizedApplication } from '../applications/authorized-application.js';
import type { EmailVerification } from '../email-verification/email-verification.js';
import { builder } from '../graphql/builder.js';
import { Node } from '../graphql/node.graphql.js';
import type { Organization as OrganizationShape } from '../organizations/organization.js';
import { MembershipStatusType } from '../organizations/organization-membership.graphql.js';
import type { OrganizationMembership } from '../organizations/organization-membership.js';
import { Event } from './event.graphql.js';
import type { EventTypename, LoggedEvent } from './event.js';
import {
  applicationField,
  changesField,
  dataOf,
  type Fields,
  organizationField,
  snapshotField,
  userField,
  userIdField,
} from './event-fields.graphql.js';

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
