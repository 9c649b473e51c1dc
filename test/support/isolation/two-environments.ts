import { inSql } from '../in-sql.js';
import { makeApplication, makeGrant, makeMembership, makeOrganization, makeUser } from '../make.js';
import { codeIn, type Execute, type TestApp, WITHOUT_BOUNDS } from '../test-app.js';

/** An environment full of data, every text of it marked. */
export interface World {
  readonly users: readonly string[];
  readonly emails: readonly string[];
  readonly externalIds: readonly string[];
  readonly organizations: readonly string[];
  readonly applications: readonly string[];
  readonly clients: readonly string[];
  readonly grants: readonly string[];
  readonly memberships: readonly string[];
  readonly verifications: readonly string[];
  readonly codes: readonly string[];
  /** Idempotency keys. */
  readonly keys: readonly string[];
  readonly events: readonly string[];
  readonly apiKeys: readonly string[];
  readonly endpoints: readonly string[];
  readonly deliveries: readonly string[];
}

export const USERS = 8;

export const SETTINGS = { ...WITHOUT_BOUNDS, WEBHOOK_NETWORKS: '127.0.0.0/8' };

export async function makeWorld(app: TestApp, execute: Execute, owner: 'A' | 'B'): Promise<World> {
  const { mails } = app;
  const mark = (what: string) => `CANARY_${owner}_${what}`;
  const host = `canary-${owner.toLowerCase()}.example`;
  const metadata = { [mark('key')]: mark('value') };
  const users: string[] = [];
  const emails: string[] = [];
  const externalIds: string[] = [];
  for (let index = 0; index < USERS; index++) {
    const email = `${mark(`email_${index}`)}@${host}`;
    const externalId = mark(`external_${index}`);
    const names = { firstName: mark('first'), lastName: mark('last'), name: mark('name') };
    emails.push(email);
    externalIds.push(externalId);
    // One password: hashing it is slow.
    const password = index === 3 ? { password: `${mark('password')}-i8uv6g34kd490s` } : {};
    users.push(await makeUser(execute, { email, externalId, metadata, ...names, ...password }));
  }
  const organizations: string[] = [];
  const applications: string[] = [];
  const keys = [0, 1, 2].map((index) => `key-${owner}-${index}`);
  for (const [index, idempotencyKey] of keys.entries()) {
    const organization = { name: mark('org'), externalId: mark(`org_external_${index}`), metadata };
    organizations.push(await makeOrganization(execute, { ...organization, idempotencyKey }));
    const application = { name: mark('app'), description: mark('text'), scopes: [mark('scope')] };
    const belongs = { redirectUris: [`https://${host}/${mark('uri')}`], organizationId: organizations[index] };
    applications.push(await makeApplication(execute, { ...application, ...belongs }));
  }
  const clients: string[] = [];
  for (const id of applications) {
    const { data } = await execute('query ($id: ID!) { application(id: $id) { clientId } }', { id });
    clients.push(data.application.clientId);
  }
  const grants: string[] = [];
  const memberships: string[] = [];
  // The third application is nobody's: a grant of it that the twins have is theirs alone.
  for (const user of users.slice(0, 4)) {
    for (const index of [0, 1]) {
      grants.push(await makeGrant(execute, user, applications[index] ?? '', [mark('scope')]));
      memberships.push(await makeMembership(execute, user, organizations[index] ?? ''));
    }
  }
  const verifications: string[] = [];
  const codes: string[] = [];
  for (const user of users.slice(0, 2)) {
    const { data } = await execute(SEND, { id: user });
    verifications.push(data.sendVerificationEmail.emailVerification.id);
    codes.push(codeIn(mails.at(-1)));
  }
  const apiKeys: string[] = [];
  for (const name of [mark('key_1'), mark('key_2')]) {
    const input = { name, scopes: ['users:read'] };
    const made = await execute(
      'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { id } } }',
      { input },
    );
    apiKeys.push(made.data.createApiKey.apiKey.id);
  }
  const endpoints: string[] = [];
  for (const index of [0, 1, 2]) {
    // Nobody listens there.
    const input = { url: `http://127.0.0.1:1/${mark(`hook_${index}`)}`, types: ['USER_UPDATED'] };
    const made = await execute(
      'mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) { webhookEndpoint { id } } }',
      { input },
    );
    endpoints.push(made.data.createWebhookEndpoint.webhookEndpoint.id);
  }
  const deliveries = await makeDeliveries(app, endpoints, owner);
  const { data } = await execute('{ events(first: 100) { nodes { id } } }');
  const events = data.events.nodes.map(({ id }: { id: string }) => id);
  return {
    users,
    emails,
    externalIds,
    organizations,
    applications,
    clients,
    grants,
    memberships,
    verifications,
    codes,
    keys,
    events,
    apiKeys,
    endpoints,
    deliveries,
  };
}

/** An attempt at each endpoint, as the worker leaves it. */
async function makeDeliveries(app: TestApp, endpoints: readonly string[], owner: 'A' | 'B'): Promise<string[]> {
  const ids = endpoints.map((endpoint) => `webhook_delivery_${endpoint.slice('we_'.length)}`);
  await inSql(app, async (run) => {
    for (const [index, id] of ids.entries()) {
      await run(`insert into webhook_deliveries
        select environment_id, '${id}', id, 'event_1', 1, 1, null, 'CANARY_${owner}_error', 7, created_at
        from webhook_endpoints where id = '${endpoints[index]}'`);
    }
  });
  return ids;
}

const SEND = `mutation ($id: ID!) {
  sendVerificationEmail(input: { userId: $id }) { emailVerification { id } errors { ... on MutationError { code } } }
}`;

/** A hash from elsewhere: two fields that make sense only together. */
export const HASH = { passwordHash: '{SSHA}XsZciGAMgQFdf49EPpg+rVmmB5+XQl5O', passwordHashType: 'SSHA' };
