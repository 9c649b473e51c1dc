import { codeIn, type Execute, type TestApp } from '../test-app.js';

export interface World {
  readonly execute: Execute;
  readonly app: TestApp;
  readonly user: string;
  readonly other: string;
  readonly organization: string;
  readonly application: string;
  readonly membership: string;
  readonly endpoint: string;
}

type Case = (world: World) => Promise<object> | object;

/** One call of each mutation that has something to do, with the events it has to leave. */
export const CASES: Record<string, { input: Case; events: readonly string[] }> = {
  createUser: { input: () => ({ email: 'c@example.com' }), events: ['user.created'] },
  updateUser: { input: ({ user }) => ({ id: user, firstName: 'New' }), events: ['user.updated'] },
  deleteUser: {
    input: ({ user }) => ({ id: user }),
    events: ['authorized_application.deleted', 'organization_membership.deleted', 'user.deleted'],
  },
  sendVerificationEmail: { input: ({ user }) => ({ userId: user }), events: ['email_verification.created'] },
  verifyEmail: {
    input: async ({ app, execute, user }) => {
      await execute('mutation ($userId: ID!) { sendVerificationEmail(input: { userId: $userId }) { user { id } } }', {
        userId: user,
      });
      return { userId: user, code: codeIn(app.mails.at(-1)) };
    },
    events: ['user.updated'],
  },
  createApplication: { input: () => ({ name: 'New' }), events: ['application.created'] },
  updateApplication: {
    input: ({ application }) => ({ id: application, name: 'New' }),
    events: ['application.updated'],
  },
  deleteApplication: {
    input: ({ application }) => ({ id: application }),
    events: ['authorized_application.deleted', 'application.deleted'],
  },
  authorizeApplication: {
    input: ({ other, application }) => ({ userId: other, applicationId: application, scopes: [] }),
    events: ['authorized_application.created'],
  },
  deleteAuthorizedApplication: {
    input: ({ user, application }) => ({ userId: user, applicationId: application }),
    events: ['authorized_application.deleted'],
  },
  createOrganization: { input: () => ({ name: 'New' }), events: ['organization.created'] },
  updateOrganization: {
    input: ({ organization }) => ({ id: organization, name: 'New' }),
    events: ['organization.updated'],
  },
  deleteOrganization: {
    input: ({ organization }) => ({ id: organization }),
    events: ['organization_membership.deleted', 'organization.deleted'],
  },
  createOrganizationMembership: {
    input: ({ other, organization }) => ({ userId: other, organizationId: organization }),
    events: ['organization_membership.created'],
  },
  updateOrganizationMembership: {
    input: ({ membership }) => ({ id: membership, roles: ['admin'] }),
    events: ['organization_membership.updated'],
  },
  deactivateOrganizationMembership: {
    input: ({ membership }) => ({ id: membership }),
    events: ['organization_membership.updated'],
  },
  reactivateOrganizationMembership: {
    input: async ({ execute, membership }) => {
      await execute(
        'mutation ($id: ID!) { deactivateOrganizationMembership(input: { id: $id }) { membership { id } } }',
        {
          id: membership,
        },
      );
      return { id: membership };
    },
    events: ['organization_membership.updated'],
  },
  deleteOrganizationMembership: {
    input: ({ membership }) => ({ id: membership }),
    events: ['organization_membership.deleted'],
  },
  createApiKey: { input: () => ({ name: 'New', scopes: ['users:read'] }), events: ['api_key.created'] },
  revokeApiKey: {
    input: async ({ execute }) => {
      const { data } = await execute('{ viewer { apiKey { id } } }');
      return { id: data.viewer.apiKey.id };
    },
    events: ['api_key.revoked'],
  },
  createWebhookEndpoint: {
    input: () => ({ url: 'https://other.example/', types: ['USER_CREATED'] }),
    events: ['webhook_endpoint.created'],
  },
  updateWebhookEndpoint: {
    input: ({ endpoint }) => ({ id: endpoint, enabled: false }),
    events: ['webhook_endpoint.updated'],
  },
  rotateWebhookEndpointSecret: {
    input: ({ endpoint }) => ({ id: endpoint }),
    events: ['webhook_endpoint.updated'],
  },
  deleteWebhookEndpoint: { input: ({ endpoint }) => ({ id: endpoint }), events: ['webhook_endpoint.deleted'] },
};
