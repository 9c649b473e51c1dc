import { apiKeyLoaders } from '../../../src/api-keys/api-key.loaders.js';
import { applicationLoaders } from '../../../src/applications/application.loaders.js';
import { authorizedApplicationLoaders } from '../../../src/applications/authorized-application.loaders.js';
import type { Loaders } from '../../../src/auth/loaders.js';
import type { Action } from '../../../src/auth/policy.js';
import { ALL_SCOPES, type GrantedScopes } from '../../../src/auth/scope.js';
import { importViewer, systemViewer, type Viewer } from '../../../src/auth/viewer.js';
import type { UserId } from '../../../src/domain/ids.js';
import { environmentLoaders } from '../../../src/environments/environment.loaders.js';
import { eventLoaders } from '../../../src/events/event.loaders.js';
import { mailLoaders } from '../../../src/mail/mail.loaders.js';
import { oneTimeCodeLoaders } from '../../../src/one-time-codes/one-time-code.loaders.js';
import { organizationLoaders } from '../../../src/organizations/organization.loaders.js';
import { memberLoaders, membershipLoaders } from '../../../src/organizations/organization-membership.loaders.js';
import type { PageRequest } from '../../../src/paging/paging.js';
import type { Method } from '../../../src/use-cases.js';
import { userLoaders } from '../../../src/users/user.loaders.js';
import { EVERY_USER } from '../../../src/users/user-query.js';
import { webhookEndpointLoaders } from '../../../src/webhooks/webhook-endpoint.loaders.js';
import { PASSWORD, sshaOf } from '../sign-in.js';
import { type TestApp, testApp } from '../test-app.js';

/** One object of each kind; what belongs to a user belongs to Ada. */
export type World = Awaited<ReturnType<typeof makeWorld>>;

export async function makeWorld() {
  const test: TestApp = await testApp({ WEBHOOK_NETWORKS: '127.0.0.0/8' });
  const { services, db } = test.app;
  const { apiKey } = await services.apiKeys.create({
    environment: 'test',
    kind: 'test',
    name: 'a',
    scopes: ALL_SCOPES,
  });
  const { environmentId } = apiKey;
  const root = systemViewer(environmentId, 'test');
  const password = { passwordHash: sshaOf(PASSWORD), passwordHashType: 'SSHA' } as const;
  const ada = await services.users.createUser(root, { email: 'ada@example.com', externalId: 'ada', ...password });
  const eve = await services.users.createUser(root, { email: 'eve@example.com', externalId: 'eve', ...password });
  const organization = await services.organizations.createOrganization(root, { name: 'Org', externalId: 'org' });
  const application = await services.applications.createApplication(root, {
    name: 'Shop',
    kind: 'OAUTH',
    scopes: [],
    redirectUris: ['https://shop.example/'],
    usesPkce: true,
    isFirstParty: true,
  });
  const { memberships, authorizedApplications, emailVerifications, webhookEndpoints } = services;
  const membership = await memberships.createMembership(root, {
    userId: ada.id,
    organizationId: organization.id,
    roles: ['member'],
  });
  const consent = { userId: ada.id, applicationId: application.id, scopes: ['openid'] };
  const grant = await authorizedApplications.authorizeApplication(root, consent);
  const { emailVerification } = await emailVerifications.sendVerificationEmail(root, ada.id);
  const { endpoint } = await webhookEndpoints.createWebhookEndpoint(root, {
    url: 'http://127.0.0.1:1/',
    types: ['user.created'],
  });
  const [event] = await services.events.readAfter(environmentId, { userId: ada.id }, 0, 1);
  if (!event) throw new Error('Ada was created.');
  const start = await services.events.startOf(environmentId);
  const session = await db.transaction(null, (trx) => services.sessions.begin(trx, root, ada, []));
  const made = {
    ada,
    eve,
    session,
    organization,
    application,
    membership,
    grant,
    emailVerification,
    endpoint,
    event,
    apiKey,
  };
  return { ...made, services, db, environmentId, root, start };
}

/** A program that has these scopes. */
export function programOf({ environmentId, apiKey: { id, name } }: World, scopes: GrantedScopes): Viewer {
  return { environmentId, actor: { source: 'API', id, name }, scopes, requestId: 'test', api: null };
}

/** A person whose token carries no scopes. */
export function personOf({ environmentId }: World, { id }: { readonly id: UserId }): Viewer {
  return { environmentId, actor: { source: 'PERSON', id, name: 'a person' }, scopes: [], requestId: 'test', api: null };
}

type Call = (world: World, viewer: Viewer) => Promise<unknown>;

const PAGE: PageRequest = { direction: 'forward', limit: 10, after: null, before: null };
const BY_CREATION = { field: 'CREATED_AT', direction: 'ASC' } as const;
const NEW_ENDPOINT = { url: 'http://127.0.0.1:2/', types: ['user.created'] } as const;
const NEW_APPLICATION = { kind: 'OAUTH', scopes: [], redirectUris: [], usesPkce: true, isFirstParty: true } as const;

/** Calls every use case that has a viewer; on what is Ada's, where it is on something of a user. */
export const CALLS: Readonly<Record<Extract<Action, Method>, Call>> = {
  'users.listUsers': ({ services: s }, v) => s.users.listUsers(v, EVERY_USER, BY_CREATION, PAGE),
  'users.countUsers': ({ services: s }, v) => s.users.countUsers(v, EVERY_USER),
  'users.countUsersUpTo': ({ services: s }, v) => s.users.countUsersUpTo(v, EVERY_USER, 5),
  'users.createUser': ({ services: s }, v) => s.users.createUser(v, { email: 'new@example.com' }),
  'users.createUsers': ({ services: s }, v) => s.users.createUsers(v, { users: [], policy: 'PER_ROW' }),
  'users.updateUser': ({ services: s, ada }, v) => s.users.updateUser(v, ada.id, { firstName: 'Augusta' }),
  'users.deleteUser': ({ services: s, ada }, v) => s.users.deleteUser(v, ada.id),
  'userExports.pages': ({ services: s }, v) => s.userExports.pages(v, true).next(),
  'emailVerifications.codeOf': async ({ services: s, emailVerification }, v) =>
    s.emailVerifications.codeOf(v, emailVerification),
  'emailVerifications.sendVerificationEmail': ({ services: s, ada }, v) =>
    s.emailVerifications.sendVerificationEmail(v, ada.id),
  'emailVerifications.verifyEmail': ({ services: s, ada }, v) => s.emailVerifications.verifyEmail(v, ada.id, '000000'),
  'emailChanges.sendEmailChange': ({ services: s, ada }, v) =>
    s.emailChanges.sendEmailChange(v, ada.id, 'free@example.com'),
  'emailChanges.confirmEmailChange': ({ services: s, ada }, v) =>
    s.emailChanges.confirmEmailChange(v, ada.id, '000000'),
  'sessions.listSessions': ({ services: s, ada }, v) => s.sessions.listSessions(v, ada.id, PAGE).then((page) => [page]),
  'sessions.revokeSession': ({ services: s, session }, v) => s.sessions.revokeSession(v, session.id),
  'sessions.revokeOwn': ({ services: s }, v) => s.sessions.revokeOwn(v),
  'signIn.changePassword': ({ services: s }, v) => s.signIn.changePassword(v, PASSWORD, 'i8uv6g34kd490s-new'),
  'authorizedApplications.authorizeApplication': ({ services: s, ada, application }, v) =>
    s.authorizedApplications.authorizeApplication(v, { userId: ada.id, applicationId: application.id, scopes: [] }),
  'authorizedApplications.deleteAuthorizedApplication': ({ services: s, ada, grant }, v) =>
    s.authorizedApplications.deleteAuthorizedApplication(v, ada.id, grant.id),
  'applications.listApplications': ({ services: s }, v) => s.applications.listApplications(v, {}, PAGE),
  'applications.countApplications': ({ services: s }, v) => s.applications.countApplications(v, {}),
  'applications.createApplication': ({ services: s }, v) =>
    s.applications.createApplication(v, { name: 'New', ...NEW_APPLICATION }),
  'applications.updateApplication': ({ services: s, application }, v) =>
    s.applications.updateApplication(v, application.id, { name: 'Other' }),
  'applications.deleteApplication': ({ services: s, application }, v) =>
    s.applications.deleteApplication(v, application.id),
  'organizations.listOrganizations': ({ services: s }, v) => s.organizations.listOrganizations(v, {}, PAGE),
  'organizations.countOrganizations': ({ services: s }, v) => s.organizations.countOrganizations(v, {}),
  'organizations.createOrganization': ({ services: s }, v) => s.organizations.createOrganization(v, { name: 'New' }),
  'organizations.updateOrganization': ({ services: s, organization }, v) =>
    s.organizations.updateOrganization(v, organization.id, { name: 'Other' }),
  'organizations.deleteOrganization': ({ services: s, organization }, v) =>
    s.organizations.deleteOrganization(v, organization.id),
  'memberships.listMemberships': ({ services: s, ada }, v) =>
    s.memberships.listMemberships(v, { userId: ada.id }, PAGE).then((page) => [page]),
  'memberships.createMembership': ({ services: s, ada, organization }, v) =>
    s.memberships.createMembership(v, { userId: ada.id, organizationId: organization.id, roles: ['member'] }),
  'memberships.updateMembership': ({ services: s, membership }, v) =>
    s.memberships.updateMembership(v, membership.id, { roles: ['admin'] }),
  'memberships.deactivateMembership': ({ services: s, membership }, v) =>
    s.memberships.deactivateMembership(v, membership.id),
  'memberships.reactivateMembership': ({ services: s, membership }, v) =>
    s.memberships.reactivateMembership(v, membership.id),
  'memberships.deleteMembership': ({ services: s, membership }, v) => s.memberships.deleteMembership(v, membership.id),
  'events.listEvents': ({ services: s }, v) => s.events.listEvents(v, {}, false, PAGE),
  'events.positionOf': ({ services: s, event }, v) => s.events.positionOf(v, event.id),
  'eventStreams.follow': async ({ services: s }, v) =>
    (await s.eventStreams.follow(v, {}, null, async () => {})).return(),
  'webhookEndpoints.listWebhookEndpoints': ({ services: s }, v) => s.webhookEndpoints.listWebhookEndpoints(v, PAGE),
  'webhookEndpoints.countWebhookEndpoints': ({ services: s }, v) => s.webhookEndpoints.countWebhookEndpoints(v),
  'webhookEndpoints.createWebhookEndpoint': ({ services: s }, v) =>
    s.webhookEndpoints.createWebhookEndpoint(v, NEW_ENDPOINT),
  'webhookEndpoints.updateWebhookEndpoint': ({ services: s, endpoint }, v) =>
    s.webhookEndpoints.updateWebhookEndpoint(v, endpoint.id, { enabled: false }),
  'webhookEndpoints.rotateSecret': ({ services: s, endpoint }, v) => s.webhookEndpoints.rotateSecret(v, endpoint.id, 0),
  'webhookEndpoints.replay': ({ services: s, endpoint, start }, v) => s.webhookEndpoints.replay(v, endpoint.id, start),
  'webhookEndpoints.deleteWebhookEndpoint': ({ services: s, endpoint }, v) =>
    s.webhookEndpoints.deleteWebhookEndpoint(v, endpoint.id),
  'apiKeys.listApiKeys': ({ services: s }, v) => s.apiKeys.listApiKeys(v, PAGE),
  'apiKeys.countApiKeys': ({ services: s }, v) => s.apiKeys.countApiKeys(v),
  'apiKeys.createApiKey': ({ services: s }, v) => s.apiKeys.createApiKey(v, { name: 'new', scopes: ['users:read'] }),
  'apiKeys.revokeApiKey': ({ services: s, apiKey }, v) => s.apiKeys.revokeApiKey(v, apiKey.id),
};

type Reads = (world: World, loaders: Loaders, how: 'of' | 'linked') => Promise<unknown>[];

/** Reads everything there is to read of each kind through its loaders; what belongs to a user belongs to Ada. */
export const READS: Readonly<Record<Exclude<Action, Method | 'schema.read'>, Reads>> = {
  'users.read': ({ ada }, loaders, how) => {
    const users = loaders[how](userLoaders);
    return [users.byId.load(ada.id), users.byEmail.load(ada.email), users.byExternalId.load('ada')];
  },
  'emailVerifications.read': ({ emailVerification }, loaders, how) => [
    loaders[how](oneTimeCodeLoaders).byId.load(emailVerification.id),
  ],
  'mails.read': ({ emailVerification }, loaders, how) => [loaders[how](mailLoaders).byCode.load(emailVerification.id)],
  'authorizedApplications.read': ({ ada, grant }, loaders, how) => {
    const grants = loaders[how](authorizedApplicationLoaders);
    return [grants.byId.load(grant.id), grants.byUser.page(ada.id, PAGE), grants.byUser.count(ada.id)];
  },
  'applications.read': ({ application }, loaders, how) => {
    const applications = loaders[how](applicationLoaders);
    return [applications.byId.load(application.id), applications.byClientId.load(application.clientId)];
  },
  'organizations.read': ({ organization }, loaders, how) => {
    const organizations = loaders[how](organizationLoaders);
    return [organizations.byId.load(organization.id), organizations.byExternalId.load('org')];
  },
  'memberships.read': ({ ada, membership }, loaders, how) => {
    const memberships = loaders[how](membershipLoaders);
    return [
      memberships.byId.load(membership.id),
      memberships.byUser.page(ada.id, PAGE),
      memberships.byUser.count(ada.id),
    ];
  },
  'members.read': ({ organization }, loaders, how) => {
    const members = loaders[how](memberLoaders);
    return [members.page(organization.id, PAGE), members.count(organization.id)];
  },
  'events.read': ({ ada, event }, loaders, how) => {
    const events = loaders[how](eventLoaders);
    return [events.byId.load(event.id), events.byUser(ada.id, PAGE).then(({ page }) => page)];
  },
  'webhookEndpoints.read': ({ endpoint }, loaders, how) => {
    const endpoints = loaders[how](webhookEndpointLoaders);
    return [endpoints.byId.load(endpoint.id), endpoints.deliveries(endpoint.id, PAGE)];
  },
  'apiKeys.read': ({ apiKey }, loaders, how) => [loaders[how](apiKeyLoaders).byId.load(apiKey.id)],
  'environments.read': ({ environmentId }, loaders, how) => [loaders[how](environmentLoaders).byId.load(environmentId)],
};

/** Whom the operator's use cases are done by. */
export function operatorOf({ environmentId }: World): Viewer {
  return importViewer(environmentId, 'test');
}
