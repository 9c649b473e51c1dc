import { WorkOS } from '@workos-inc/node';
import { expect, test } from 'vitest';
import { WorkOS as PreviousWorkOS } from 'workos-node-previous';
import { newDatabase } from '../support/processes/new-database.js';
import { createKey, run, serve, stop } from '../support/processes/process.js';
import { receiver } from '../support/receiver.js';

const PASSWORD = 'i8uv6g34kd490s';

/** The two newest versions of the SDK that the oldest supported Node takes. */
const SDKS: readonly (readonly [string, typeof WorkOS])[] = [
  ['newest', WorkOS],
  ['previous', PreviousWorkOS as unknown as typeof WorkOS], // the same class, of another version
];

async function world(Sdk: typeof WorkOS, more: Record<string, string> = {}, options: object = {}) {
  const { settings } = await newDatabase();
  const { secret } = await createKey(settings);
  await run(['environments', 'sign-in', '--environment', 'e1', '--allow', 'yes'], settings);
  const { child, url } = await serve({ ...settings, ...more });
  const port = Number(new URL(url).port);
  const sdk = new Sdk(secret, { apiHostname: '127.0.0.1', https: false, port, ...options });
  return { sdk, child, settings, secret, port, users: sdk.userManagement };
}

test.each(SDKS)(
  'the %s SDK drives every operation that it has',
  async (_, Sdk) => {
    const { sdk, users, child } = await world(Sdk);
    const ada = await users.createUser({
      email: 'ada@example.com',
      password: PASSWORD,
      firstName: 'Ada',
      externalId: 'a/1 b',
    });
    expect(await users.getUser(ada.id)).toEqual(ada);
    expect(await users.getUserByExternalId('a/1 b')).toEqual(ada);
    expect((await users.listUsers({ email: 'ADA@example.com' })).data).toEqual([ada]);
    const updated = await users.updateUser({ userId: ada.id, lastName: 'Lovelace', metadata: { plan: 'pro' } });
    expect(updated).toMatchObject({ firstName: 'Ada', lastName: 'Lovelace', metadata: { plan: 'pro' } });

    const { user } = await users.sendVerificationEmail({ userId: ada.id });
    expect(user.emailVerified).toBe(false);
    const [sent] = (await sdk.events.listEvents({ events: ['email_verification.created'] })).data;
    const verification = await users.getEmailVerification(String(Object(sent?.data).id));
    expect(verification).toMatchObject({ userId: ada.id, code: expect.stringMatching(/^\d{6}$/) });
    const verified = await users.verifyEmail({ userId: ada.id, code: verification.code });
    expect(verified.user.emailVerified).toBe(true);

    const organization = await sdk.organizations.createOrganization({ name: 'Acme', externalId: 'acme' });
    expect(await sdk.organizations.getOrganization(organization.id)).toEqual(organization);
    expect(await sdk.organizations.getOrganizationByExternalId('acme')).toEqual(organization);
    expect((await sdk.organizations.listOrganizations()).data).toEqual([organization]);
    const renamed = await sdk.organizations.updateOrganization({ organization: organization.id, name: 'Acme Inc' });
    expect(renamed.name).toBe('Acme Inc');

    const membership = await users.createOrganizationMembership({ userId: ada.id, organizationId: organization.id });
    expect(membership).toMatchObject({ status: 'active', role: { slug: 'member' } });
    expect(await users.getOrganizationMembership(membership.id)).toEqual({
      ...membership,
      organizationName: 'Acme Inc',
    });
    const listed = await users.listOrganizationMemberships({ organizationId: organization.id, statuses: ['active'] });
    expect(listed.data).toHaveLength(1);
    expect(await users.updateOrganizationMembership(membership.id, { roleSlug: 'admin' })).toMatchObject({
      role: { slug: 'admin' },
    });
    expect((await users.deactivateOrganizationMembership(membership.id)).status).toBe('inactive');
    expect((await users.reactivateOrganizationMembership(membership.id)).status).toBe('active');
    await users.deleteOrganizationMembership(membership.id);

    const clientId = 'client_01HXYZ123456789ABCDEFGHIJ';
    const signedIn = await users.authenticateWithPassword({ clientId, email: ada.email, password: PASSWORD });
    expect(signedIn.user.id).toBe(ada.id);
    const refreshed = await users.authenticateWithRefreshToken({ clientId, refreshToken: signedIn.refreshToken });
    expect(refreshed.user.id).toBe(ada.id);
    const [session] = (await users.listSessions(ada.id)).data;
    await users.revokeSession({ sessionId: session?.id ?? '' });
    expect((await users.listSessions(ada.id)).data[0]?.status).toBe('revoked');

    await sdk.organizations.deleteOrganization(organization.id);
    await users.deleteUser(ada.id);
    const names = (await sdk.events.listEvents({ events: ['user.deleted', 'organization.deleted'] })).data.map(
      ({ event }) => event,
    );
    expect(names).toEqual(['organization.deleted', 'user.deleted']);
    expect(await stop(child)).toBe(0);
  },
  60_000,
);

test.each(SDKS)(
  'the %s SDK pages through 205 users by itself',
  async (_, Sdk) => {
    const { settings } = await newDatabase();
    const { secret } = await createKey(settings);
    await run(['seed', '--environment', 'e1', '--users', '205'], settings);
    const { url } = await serve(settings);
    const sdk = new Sdk(secret, { apiHostname: '127.0.0.1', https: false, port: Number(new URL(url).port) });
    const all = await (await sdk.userManagement.listUsers()).autoPagination();
    expect(new Set(all.map(({ id }) => id)).size).toBe(205);
    const ids = all.map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted().toReversed());
  },
  60_000,
);

test.each(SDKS)(
  'the %s SDK throws the error classes that it has for each failure',
  async (_, Sdk) => {
    const { sdk, users, secret, port } = await world(Sdk, {
      RATE_LIMIT_POINTS: '1000',
      MAX_COST: '1000',
      RATE_LIMIT_SECONDS: '86400',
    });
    const failure = (action: Promise<unknown>) =>
      action.then(
        () => null,
        (error: Error & Record<string, unknown>) => ({
          name: error.constructor.name,
          status: error.status,
          code: error.code,
        }),
      );
    const ada = await users.createUser({ email: 'ada@example.com' });
    const organization = await sdk.organizations.createOrganization({ name: 'Acme' });
    const membership = { userId: ada.id, organizationId: organization.id };
    await users.createOrganizationMembership(membership);
    expect(await failure(users.getUser('user_1'))).toEqual({
      name: 'NotFoundException',
      status: 404,
      code: 'entity_not_found',
    });
    expect(await failure(users.createUser({ email: 'ada@example.com' }))).toEqual({
      name: 'BadRequestException',
      status: 400,
      code: 'user_creation_error',
    });
    expect(await failure(users.createUser({ email: 'ada' }))).toEqual({
      name: 'UnprocessableEntityException',
      status: 422,
      code: 'invalid_request_parameters',
    });
    expect(await failure(users.createOrganizationMembership(membership))).toMatchObject({
      name: 'ConflictException',
      status: 409,
    });
    const stranger = new Sdk('sk_example_123456789', { apiHostname: '127.0.0.1', https: false, port });
    expect(await failure(stranger.userManagement.listUsers())).toMatchObject({
      name: 'UnauthorizedException',
      status: 401,
    });
    // No retries: a test must not wait for the budget to fill.
    const impatient = new Sdk(secret, { apiHostname: '127.0.0.1', https: false, port, maxRetries: 0 } as object);
    const attempts = await Promise.all(
      Array.from({ length: 20 }, () => failure(impatient.userManagement.listUsers({ limit: 100 }))),
    );
    expect(attempts.filter((one) => one !== null)).toContainEqual(
      expect.objectContaining({ name: 'RateLimitExceededException' }),
    );
  },
  60_000,
);

test.each(SDKS)(
  'the %s SDK verifies a delivered webhook',
  async (_, Sdk) => {
    const target = await receiver();
    const { sdk, users, secret, port } = await world(Sdk, { WEBHOOK_NETWORKS: '127.0.0.0/8' });
    const created = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        query: `mutation ($url: URL!) { createWebhookEndpoint(input: { url: $url, types: [USER_CREATED] }) { secret errors { ... on MutationError { message } } } }`,
        variables: { url: target.url },
      }),
    });
    const { secret: signing } = (await created.json()).data.createWebhookEndpoint;
    const ada = await users.createUser({ email: 'ada@example.com' });
    await expect.poll(() => target.received.length, { timeout: 10_000 }).toBe(1);
    const [delivered] = target.received;
    const event = await sdk.webhooks.constructEvent({
      payload: JSON.parse(delivered?.body ?? ''),
      sigHeader: String(delivered?.headers['workos-signature']),
      secret: signing,
    });
    expect(event).toMatchObject({ event: 'user.created', data: { id: ada.id } });
  },
  60_000,
);

test('a POST whose response was lost is repeated with the same key, and done once', async () => {
  const { users, port, secret } = await world(WorkOS);
  const create = (key: string) =>
    fetch(`http://127.0.0.1:${port}/user_management/users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', 'idempotency-key': key },
      body: '{"email":"ada@example.com"}',
    });
  const [first, second] = await Promise.all([create('retry-1'), create('retry-1')]);
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(await first.json()).toEqual(await second.json());
  expect((await users.listUsers()).data).toHaveLength(1);
}, 60_000);
