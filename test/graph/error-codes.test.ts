import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemViewer } from '../../src/auth/viewer.js';
import { ERROR_CODES, type ErrorCode, REQUEST_ERROR_CODES, type RequestErrorCode } from '../../src/domain/errors.js';
import { MAX_CODES_PER_DAY } from '../../src/one-time-codes/one-time-code.js';
import { systemRandom } from '../../src/runtime/random.js';
import { MAX_TURN_MS } from '../../src/scheduling/turns.js';
import { MAX_WAITING_BULKS } from '../../src/users/user-bulk.service.js';
import { MAX_ROWS_EXAMINED } from '../../src/users/user-query.js';
import { makeCrowd } from '../support/crowd.js';
import { manifestOf } from '../support/docs/manifest.js';
import { makeApplication, makeGrant, makeMembership, makeOrganization, makeUser } from '../support/make.js';
import { allowSignIn } from '../support/sign-in.js';
import { type Answer, codeIn, type Execute, post, type TestApp, testApp } from '../support/test-app.js';

const NOBODY = 'user_01E4ZCR3C56J083X43JQXF3JK5';
const NO_ORGANIZATION = 'org_01E4ZCR3C56J083X43JQXF3JK5';

interface World extends TestApp {
  readonly execute: Execute;
  /** A user with the address `ada@example.com` and the external ID `ada`. */
  readonly userId: string;
}

/** Sends a mutation and returns its errors. */
async function refused({ execute }: World, mutation: string, input: object): Promise<{ code: string }[]> {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) {
    ${mutation}(input: $input) { errors { ... on MutationError { code message } } }
  }`;
  const { data, errors } = await execute(query, { input });
  expect(errors).toBeUndefined();
  return data[mutation].errors;
}

const create = (world: World, input: object) => refused(world, 'createUser', { email: 'new@example.com', ...input });

/** Returns the code that was sent to the user and a wrong one. */
async function sendCode(world: World): Promise<{ right: string; wrong: string }> {
  expect(await refused(world, 'sendVerificationEmail', { userId: world.userId })).toEqual([]);
  const right = codeIn(world.mails.at(-1));
  return { right, wrong: right === '000000' ? '111111' : '000000' };
}

/** For each code an operation that is refused with it. */
const MUTATION_CASES: Record<ErrorCode, (world: World) => Promise<{ code: string }[]>> = {
  USER_NOT_FOUND: (world) => refused(world, 'deleteUser', { id: NOBODY }),
  EMAIL_NOT_AVAILABLE: (world) => create(world, { email: 'ADA@example.com' }),
  INVALID_EMAIL: (world) => create(world, { email: 'ada' }),
  EXTERNAL_ID_ALREADY_USED: (world) => create(world, { externalId: 'ada' }),
  INVALID_EXTERNAL_ID: (world) => create(world, { externalId: '' }),
  INVALID_METADATA: (world) => create(world, { metadata: { plan: 1 } }),
  INVALID_LOCALE: (world) => refused(world, 'updateUser', { id: world.userId, locale: 'not a locale' }),
  INVALID_INPUT: (world) => refused(world, 'updateUser', { id: world.userId, email: null }),
  PASSWORD_TOO_SHORT: (world) => create(world, { password: 'i8uv6g34k' }),
  PASSWORD_TOO_LONG: (world) => create(world, { password: 'i8uv6g34kd490s'.repeat(20) }),
  PASSWORD_TOO_WEAK: (world) => create(world, { password: 'password123' }),
  INVALID_PASSWORD_HASH: (world) => create(world, { passwordHash: 'nonsense', passwordHashType: 'BCRYPT' }),
  PASSWORD_AND_HASH_GIVEN: (world) => create(world, { password: 'i8uv6g34kd490s', passwordHashType: 'BCRYPT' }),
  EMAIL_ALREADY_VERIFIED: async (world) => {
    await refused(world, 'updateUser', { id: world.userId, emailVerified: true });
    return refused(world, 'sendVerificationEmail', { userId: world.userId });
  },
  VERIFICATION_CODE_INCORRECT: async (world) => {
    const { wrong } = await sendCode(world);
    return refused(world, 'verifyEmail', { userId: world.userId, code: wrong });
  },
  VERIFICATION_CODE_EXPIRED: async (world) => {
    const { right } = await sendCode(world);
    world.clock.advance(600);
    return refused(world, 'verifyEmail', { userId: world.userId, code: right });
  },
  VERIFICATION_CODE_ALREADY_USED: async (world) => {
    const { right } = await sendCode(world);
    await refused(world, 'verifyEmail', { userId: world.userId, code: right });
    await refused(world, 'updateUser', { id: world.userId, emailVerified: false });
    return refused(world, 'verifyEmail', { userId: world.userId, code: right });
  },
  TOO_MANY_REQUESTS: async (world) => {
    for (const _ of [1, 2, 3]) await sendCode(world);
    return refused(world, 'sendVerificationEmail', { userId: world.userId });
  },
  DAILY_QUOTA_EXCEEDED: async (world) => {
    for (let index = 0; index < MAX_CODES_PER_DAY; index++) {
      await sendCode(world);
      world.clock.advance(60);
    }
    return refused(world, 'sendVerificationEmail', { userId: world.userId });
  },
  EMAIL_CHANGE_NOT_NEEDED: (world) =>
    refused(world, 'sendEmailChange', { userId: world.userId, newEmail: 'ADA@example.com' }),
  NO_PENDING_EMAIL_CHANGE: (world) => refused(world, 'confirmEmailChange', { userId: world.userId, code: '123456' }),
  VERSION_CONFLICT: (world) => refused(world, 'deleteUser', { id: world.userId, expectedVersion: 2 }),
  IDEMPOTENCY_KEY_REUSED: async (world) => {
    await create(world, { idempotencyKey: 'key' });
    return create(world, { idempotencyKey: 'key', firstName: 'Ada' });
  },
  AUTHORIZED_APPLICATION_NOT_FOUND: async (world) => {
    const applicationId = await makeApplication(world.execute, { name: 'App' });
    return refused(world, 'deleteAuthorizedApplication', { userId: world.userId, applicationId });
  },
  ALREADY_MEMBER: async (world) => {
    const organizationId = await makeOrganization(world.execute, { name: 'Org' });
    await makeMembership(world.execute, world.userId, organizationId);
    return refused(world, 'createOrganizationMembership', { userId: world.userId, organizationId });
  },
  SCOPE_NOT_GRANTED: async (world) => {
    const execute = await world.client('test', ['api_keys:write']);
    return refused({ ...world, execute }, 'createApiKey', { name: 'Key', scopes: ['users:read'] });
  },
  CANNOT_DEACTIVATE_PENDING_ORGANIZATION_MEMBERSHIP: async (world) =>
    refused(world, 'deactivateOrganizationMembership', { id: await makePending(world) }),
  CANNOT_REACTIVATE_PENDING_ORGANIZATION_MEMBERSHIP: async (world) =>
    refused(world, 'reactivateOrganizationMembership', { id: await makePending(world) }),
  IN_USE: async (world) => {
    const organizationId = await makeOrganization(world.execute, { name: 'Org' });
    await makeApplication(world.execute, { name: 'App', organizationId });
    return refused(world, 'deleteOrganization', { id: organizationId });
  },
  INVALID_CREDENTIALS: async (world) => {
    const environmentId = await allowSignIn(world);
    return refused(world, 'authenticateWithPassword', { environmentId, email: 'ada@example.com', password: 'wrong' });
  },
  INVALID_REFRESH_TOKEN: (world) => refused(world, 'refreshSession', { refreshToken: 'nonsense' }),
  DUPLICATE_ENDPOINT: async (world) => {
    const input = { url: 'https://receiver.example/', types: ['USER_CREATED'] };
    await refused(world, 'createWebhookEndpoint', input);
    return refused(world, 'createWebhookEndpoint', input);
  },
  ADDRESS_REFUSED: (world) =>
    refused(world, 'createWebhookEndpoint', { url: 'http://127.0.0.1/', types: ['USER_CREATED'] }),
  NOT_FOUND: (world) =>
    refused(world, 'createOrganizationMembership', { userId: world.userId, organizationId: NO_ORGANIZATION }),
};

/** Creates a pending membership in SQL, because no mutation invites users yet. */
async function makePending(world: World): Promise<string> {
  const organizationId = await makeOrganization(world.execute, { name: 'Org' });
  const id = await makeMembership(world.execute, world.userId, organizationId);
  write(world.folder, "update organization_memberships set status = 'PENDING'");
  return id;
}

async function makeWorld(app: TestApp): Promise<World> {
  const execute = await app.client();
  return { ...app, execute, userId: await makeUser(execute, { email: 'ada@example.com', externalId: 'ada' }) };
}

describe('an operation can cause every error code of mutations', () => {
  test.each(Object.entries(MUTATION_CASES))('%s', async (code, provoke) => {
    const errors = await provoke(await makeWorld(await testApp()));
    expect(errors.map((error) => error.code)).toContain(code);
  });

  test('every code of mutations has a case', () => {
    expect(Object.keys(MUTATION_CASES).sort()).toEqual(Object.keys(ERROR_CODES).sort());
  });
});

/** Posts a body unchanged. */
async function posted({ app }: TestApp, secret: string | null, body: unknown): Promise<Answer> {
  return (await (await post(app, secret, body)).json()) as Answer;
}

/**
 * For each error code of requests a request that is refused with it. CLIENT_CLOSED_REQUEST is missing, because no
 * client receives it. The test abandoned-requests.test.ts checks its status in the log.
 */
const REQUEST_CASES: Record<Exclude<RequestErrorCode, 'CLIENT_CLOSED_REQUEST'>, () => Promise<Answer>> = {
  BAD_REQUEST: async () => posted(await testApp(), null, {}),
  GRAPHQL_PARSE_FAILED: async () => posted(await testApp(), null, { query: '{' }),
  GRAPHQL_VALIDATION_FAILED: async () => posted(await testApp(), null, { query: '{ nothing }' }),
  BAD_USER_INPUT: async () => (await (await testApp()).client())('{ users(first: 101) { totalCount } }'),
  CURSOR_EXPIRED: async () => {
    const { client, folder } = await testApp();
    const execute = await client();
    await makeUser(execute, { email: 'ada@example.com' });
    const { data } = await execute('{ events { pageInfo { endCursor } } }');
    // A restored backup has a new epoch.
    write(folder, "update event_sequences set epoch = 'another'");
    const query = 'query ($after: String) { events(after: $after) { nodes { id } } }';
    return execute(query, { after: data.events.pageInfo.endCursor });
  },
  FILTER_NOT_SELECTIVE: async () => {
    const { app, client } = await testApp();
    const execute = await client();
    const { id } = await app.db.reader.selectFrom('environments').selectAll().executeTakeFirstOrThrow();
    await makeCrowd(app, id, MAX_ROWS_EXAMINED + 1);
    return execute('{ users(filter: { email: { contains: "nobody" } }) { nodes { id } } }');
  },
  DELETED_MEANWHILE: async () => {
    let folder = '';
    let isArmed = false;
    let ahead = 0;
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + ahead);
    onTestFinished(() => {
      vi.restoreAllMocks();
    });
    // Simulates another process that deletes the application between the reads of the grant and of the application.
    const observe = (sql: string) => {
      // The time of the turn is over, so the next read is in another one and sees another state.
      if (isArmed && sql.includes('"authorized_applications"')) ahead += MAX_TURN_MS;
      if (!isArmed || !sql.startsWith('select * from "applications"')) return;
      isArmed = false;
      write(folder, 'delete from authorized_applications; delete from applications');
    };
    const { client, folder: own } = await testApp({}, { observe });
    folder = own;
    const execute = await client();
    const userId = await makeUser(execute, { email: 'ada@example.com' });
    await makeGrant(execute, userId, await makeApplication(execute, { name: 'Shop' }));
    isArmed = true;
    return execute('{ users { nodes { authorizedApplications { nodes { application { name } } } } } }');
  },
  OPERATION_RESOLUTION_FAILURE: async () => {
    const query = 'query A { __typename } query B { __typename }';
    return posted(await testApp(), null, { query });
  },
  OPERATION_LIMIT_EXCEEDED: async () =>
    posted(await testApp({ MAX_DEPTH: '1' }), null, { query: '{ node(id: "x") { id } }' }),
  COST_LIMIT_EXCEEDED: async () => {
    const { client } = await testApp({ MAX_COST: '100' });
    return (await client())('{ users(first: 100) { nodes { id } } }');
  },
  RATE_LIMITED: async () => {
    const { client } = await testApp({ MAX_COST: '100', RATE_LIMIT_POINTS: '100' });
    const execute = await client();
    await execute('{ users(first: 90) { nodes { id } } }');
    return execute('{ users(first: 90) { nodes { id } } }');
  },
  TIMEOUT: async () => {
    const startTimer = (_: number, onEnd: () => void) => {
      onEnd();
      return () => {};
    };
    return (await (await testApp({}, { startTimer })).client())('{ users { totalCount } }');
  },
  PERSISTED_DOCUMENT_NOT_FOUND: async () => posted(await testApp(), null, { documentId: `sha256:${'0'.repeat(64)}` }),
  PERSISTED_DOCUMENT_REQUIRED: async () => {
    const settings = { PERSISTED_DOCUMENTS: manifestOf('{ __typename }'), PERSISTED_DOCUMENTS_ONLY: 'true' };
    return posted(await testApp(settings), null, { query: '{ __typename }' });
  },
  UNSIGNED_REQUEST: async () =>
    posted(await testApp({ ROUTER_KEYS: `router:${'s'.repeat(40)}` }), null, { query: '{ __typename }' }),
  UNAUTHENTICATED: async () => posted(await testApp(), null, { query: '{ users { totalCount } }' }),
  FORBIDDEN: async () => (await (await testApp()).client('test', ['users:write']))('{ users { totalCount } }'),
  SERVICE_UNAVAILABLE: async () => {
    const { app, client, folder } = await testApp();
    const execute = await client();
    const { id } = await app.db.reader.selectFrom('environments').selectAll().executeTakeFirstOrThrow();
    const input = (index: number) => ({ users: [{ email: `u${index}@example.com` }], policy: 'PER_ROW' as const });
    // A write lock blocks all bulk calls, so that the queue fills up.
    const other = new Database(`${folder}/test.db`);
    other.exec('begin immediate');
    const calls = Array.from({ length: MAX_WAITING_BULKS + 2 }, (_, index) =>
      app.services.users.createUsers(systemViewer(id, 'test'), input(index)),
    );
    const query = 'mutation ($input: CreateUsersInput!) { createUsers(input: $input) { createdCount } }';
    const answer = await execute(query, { input: input(-1) });
    other.exec('rollback');
    other.close();
    await Promise.all(calls);
    return answer;
  },
  INTERNAL_SERVER_ERROR: async () => {
    let isBroken = false;
    const bytes = (size: number) => {
      if (isBroken) throw new Error('The source of chance is broken.');
      return systemRandom.bytes(size);
    };
    const { client } = await testApp({}, { random: { ...systemRandom, bytes } });
    const execute = await client();
    isBroken = true;
    const input = { email: 'ada@example.com', password: 'i8uv6g34kd490s' };
    return execute('mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }', { input });
  },
};

function write(folder: string, sql: string): void {
  const sqlite = new Database(`${folder}/test.db`);
  sqlite.exec(sql);
  sqlite.close();
}

describe('a request can cause every error code of requests', () => {
  test.each(Object.entries(REQUEST_CASES))('%s', async (code, request) => {
    const { errors } = await request();
    expect(errors?.map(({ extensions }) => extensions.code)).toContain(code);
  });

  test('every code of requests has a case', () => {
    expect([...Object.keys(REQUEST_CASES), 'CLIENT_CLOSED_REQUEST'].sort()).toEqual(
      Object.keys(REQUEST_ERROR_CODES).sort(),
    );
  });
});
