import type { FieldMap } from '@pothos/core';
import type { EventOf, EventTypename } from '../../event-catalog/event-catalog.js';
import { builder } from '../builder/builder.js';
import { Node } from '../builder/node.graphql.js';
import { MembershipStatusType } from '../organizations/organization-membership.graphql.js';
import { Event } from './event.graphql.js';
import {
  applicationField,
  changesField,
  type Fields,
  organizationField,
  snapshotField,
  userField,
  userIdField,
} from './event-fields.graphql.js';

/** The GraphQL types of events, with the fields that they have in addition to those of the interface `Event`. */
const types: {
  readonly [Typename in EventTypename]: {
    readonly description: string;
    fields(t: Fields<EventOf<Typename>>): FieldMap;
  };
} = {
  UserCreatedEvent: {
    description: 'A user was created.',
    fields: (t) => ({ ...snapshotField(t), ...userField(t) }),
  },
  UserUpdatedEvent: {
    description: 'A user was updated.',
    fields: (t) => ({ ...snapshotField(t), ...userField(t), ...changesField(t) }),
  },
  UserDeletedEvent: {
    description: 'A user was deleted.',
    fields: (t) => snapshotField(t),
  },
  EmailVerificationCreatedEvent: {
    description: 'A code to verify an email address was created. Events do not contain the code.',
    fields: (t) => ({
      ...userIdField(t),
      ...userField(t),
      emailVerificationId: t.id({
        description: 'The ID of the email verification.',
        resolve: ({ data }) => data.id,
      }),
      email: t.string({
        description: 'The email address that the code verifies.',
        resolve: ({ data }) => data.email,
      }),
    }),
  },
  AuthorizedApplicationEvent: {
    description: 'A user granted an application access, or the grant was updated or revoked.',
    fields: (t) => ({
      ...userIdField(t),
      ...userField(t),
      ...applicationField(t, ({ data }) => data.applicationId),
      ...changesField(t),
      authorizedApplicationId: t.id({
        description: 'The ID of the grant.',
        resolve: ({ data }) => data.id,
      }),
      grantedScopes: t.stringList({
        description: 'The granted scopes after the event. For a deletion, the scopes before it.',
        resolve: ({ data }) => data.grantedScopes,
      }),
    }),
  },
  OrganizationMembershipEvent: {
    description: 'An organization membership was created, updated or deleted.',
    fields: (t) => ({
      ...userIdField(t),
      ...userField(t),
      ...organizationField(t),
      ...changesField(t),
      membershipId: t.id({
        description: 'The ID of the membership.',
        resolve: ({ data }) => data.id,
      }),
      status: t.field({
        type: MembershipStatusType,
        description: 'The status of the membership when the event was written.',
        resolve: ({ data }) => data.status,
      }),
      roles: t.stringList({
        description: 'The slugs of the roles when the event was written.',
        resolve: ({ data }) => data.roles,
      }),
    }),
  },
  AuthenticationEvent: {
    description: 'An attempt to sign in as a user succeeded or failed.',
    fields: (t) => ({
      ...userIdField(t),
      ...userField(t),
      ipAddress: t.string({
        nullable: true,
        description: 'The IP address of the client. Null if the server cannot determine it.',
        resolve: ({ data }) => data.ipAddress,
      }),
      userAgent: t.string({
        nullable: true,
        description: 'The User-Agent header of the client.',
        resolve: ({ data }) => data.userAgent,
      }),
    }),
  },
  SessionEvent: {
    description: 'A session was created or revoked.',
    fields: (t) => ({
      ...userIdField(t),
      ...userField(t),
      sessionId: t.id({ description: 'The ID of the session.', resolve: ({ data }) => data.id }),
    }),
  },
  OrganizationEvent: {
    description: 'An organization was created, updated or deleted.',
    fields: (t) => ({
      ...organizationField(t),
      ...changesField(t),
      organizationName: t.string({
        description: 'The name of the organization when the event was written.',
        resolve: ({ data }) => data.name,
      }),
    }),
  },
  ApiKeyEvent: {
    description: 'An API key was created, updated or revoked. Events do not contain its secret.',
    fields: (t) => ({
      apiKeyId: t.id({ description: 'The ID of the API key.', resolve: ({ data }) => data.id }),
      apiKeyName: t.string({ description: 'The name of the API key.', resolve: ({ data }) => data.name }),
      scopes: t.stringList({
        description: 'The scopes of the API key. `*` grants all scopes.',
        resolve: ({ data }) => data.scopes,
      }),
    }),
  },
  EnvironmentEvent: {
    description: 'The operator changed the settings of the environment.',
    fields: (t) => ({
      ...changesField(t),
      signIn: t.boolean({
        description: 'Whether users can sign in with a password after the event.',
        resolve: ({ data }) => data.signIn,
      }),
    }),
  },
  IssuerEvent: {
    description: 'The operator added or removed a trusted issuer of access tokens.',
    fields: (t) => ({
      issuerId: t.id({ description: 'The ID of the trusted issuer.', resolve: ({ data }) => data.id }),
      issuer: t.string({
        description: 'The claim `iss` of the access tokens.',
        resolve: ({ data }) => data.issuer,
      }),
      audience: t.string({
        nullable: true,
        description: 'The required claim `aud` of the access tokens. Null if any audience is accepted.',
        resolve: ({ data }) => data.audience,
      }),
    }),
  },
  SigningKeyEvent: {
    description: 'A new key signs the access tokens of this server. Events do not contain the key.',
    fields: (t) => ({
      signingKeyId: t.id({
        description: 'The ID of the signing key: the header parameter `kid` of its tokens.',
        resolve: ({ data }) => data.id,
      }),
      algorithm: t.string({
        description: 'The signature algorithm: EdDSA or RS256.',
        resolve: ({ data }) => data.algorithm,
      }),
    }),
  },
  StaffGrantEvent: {
    description: 'The operator granted scopes to a user, or changed or revoked the grant.',
    fields: (t) => ({
      ...userIdField(t),
      ...userField(t),
      ...changesField(t),
      scopes: t.stringList({
        description: 'The granted scopes after the event. For a deletion, the scopes before it.',
        resolve: ({ data }) => data.scopes,
      }),
    }),
  },
  WebhookEndpointEvent: {
    description: 'A webhook endpoint was created, updated, disabled or deleted. Events do not contain its secrets.',
    fields: (t) => ({
      ...changesField(t),
      webhookEndpointId: t.id({
        description: 'The ID of the webhook endpoint.',
        resolve: ({ data }) => data.id,
      }),
      url: t.field({
        type: 'URL',
        description: 'The URL of the webhook endpoint when the event was written.',
        resolve: ({ data }) => data.url,
      }),
    }),
  },
  ApplicationEvent: {
    description: 'An application was created, updated or deleted.',
    fields: (t) => ({
      ...applicationField(t, ({ data }) => data.id),
      ...changesField(t),
      applicationName: t.string({
        description: 'The name of the application when the event was written.',
        resolve: ({ data }) => data.name,
      }),
    }),
  },
};

/** Adds the type of an event to the schema. */
function implement<Typename extends EventTypename>(typename: Typename): void {
  const { description, fields } = types[typename];
  builder.objectRef<EventOf<Typename>>(typename).implement({ description, interfaces: [Event, Node], fields });
}

for (const typename of Object.keys(types)) implement(typename as EventTypename); // types has exactly these keys
