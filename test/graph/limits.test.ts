import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { INTERNAL, LIMITS, type LimitName, limitOf, scanLimits } from '../support/docs/limits.js';
import { makeOrganization, makeUser } from '../support/make.js';
import { type Execute, testApp } from '../support/test-app.js';

/** Sends a request with something of this size. Returns the error codes of the answer. */
type Probe = (execute: Execute, size: number) => Promise<readonly string[]>;

/** Returns a probe that sends a mutation with this input. */
function mutation(name: string, inputOf: (size: number, execute: Execute) => object | Promise<object>): Probe {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
  const query = `mutation ($input: ${type}) { ${name}(input: $input) { errors { ... on MutationError { code } } } }`;
  return async (execute, size) => codesOf(await execute(query, { input: await inputOf(size, execute) }), name);
}

function codesOf({ data, errors }: Awaited<ReturnType<Execute>>, name?: string): string[] {
  if (errors) return errors.map(({ extensions }) => String(extensions.code));
  return name === undefined ? [] : data[name].errors.map(({ code }: { code: string }) => code);
}

const list = <T>(size: number, item: (index: number) => T) => Array.from({ length: size }, (_, index) => item(index));
const user = (more: (size: number) => object) =>
  mutation('createUser', (size) => ({ email: `u${size}@example.com`, ...more(size) }));
const application = (more: (size: number) => object) =>
  mutation('createApplication', (size) => ({ name: 'a', ...more(size) }));
const membership = (roles: (size: number) => string[]) =>
  mutation('createOrganizationMembership', async (size, execute) => ({
    userId: await makeUser(execute, { email: `m${size}@example.com` }),
    organizationId: await makeOrganization(execute, { name: 'o' }),
    roles: roles(size),
  }));

/** Returns an email address of this many bytes: 64 before the @, and labels of at most 63 after it. */
function address(bytes: number): string {
  const domain = bytes - 65 - '.com'.length;
  const labels = `${`${'d'.repeat(60)}.`.repeat(Math.floor(domain / 61))}${'d'.repeat(domain % 61)}`;
  return `${'l'.repeat(64)}@${labels}.com`;
}

/** For each limit, the error code of a refusal and a probe. The tests call the probe at the limit and one past it. */
const PROBES: Partial<Record<LimitName, readonly [code: string, probe: Probe]>> = {
  MAX_NAME_LENGTH: ['INVALID_INPUT', user((size) => ({ firstName: 'x'.repeat(size) }))],
  MAX_EMAIL_LENGTH: ['INVALID_EMAIL', mutation('createUser', (size) => ({ email: address(size) }))],
  MAX_LOCAL_PART_LENGTH: [
    'INVALID_EMAIL',
    mutation('createUser', (size) => ({ email: `${'é'.repeat(size / 2)}${'l'.repeat(size % 2)}@example.com` })),
  ],
  MAX_EXTERNAL_ID_LENGTH: ['INVALID_EXTERNAL_ID', user((size) => ({ externalId: 'x'.repeat(size) }))],
  MAX_METADATA_KEYS: [
    'INVALID_METADATA',
    user((size) => ({ metadata: Object.fromEntries(list(size, (index) => [`k${index}`, 'v'])) })),
  ],
  MAX_METADATA_KEY_LENGTH: ['INVALID_METADATA', user((size) => ({ metadata: { ['k'.repeat(size)]: 'v' } }))],
  MAX_METADATA_VALUE_LENGTH: ['INVALID_METADATA', user((size) => ({ metadata: { k: 'v'.repeat(size) } }))],
  MAX_PASSWORD_LENGTH: ['PASSWORD_TOO_LONG', user((size) => ({ password: 'Zq7!vbN-4471-hxp'.padEnd(size, 'kW3') }))],
  MAX_IDEMPOTENCY_KEY_LENGTH: ['INVALID_INPUT', user((size) => ({ idempotencyKey: 'k'.repeat(size) }))],
  MAX_REPRESENTATIONS: [
    'BAD_USER_INPUT',
    async (execute, size) => {
      const query = 'query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }';
      return codesOf(await execute(query, { of: list(size, () => ({ __typename: 'User', id: 'user_1' })) }));
    },
  ],
  MAX_BULK_USERS: [
    'INVALID_INPUT',
    mutation('createUsers', (size) => ({ users: list(size, (index) => ({ email: `b${index}@example.com` })) })),
  ],
  MAX_APPLICATION_SCOPES: ['INVALID_INPUT', application((size) => ({ scopes: list(size, (index) => `s${index}`) }))],
  MAX_SCOPE_LENGTH: ['INVALID_INPUT', application((size) => ({ scopes: ['s'.repeat(size)] }))],
  MAX_REDIRECT_URIS: [
    'INVALID_INPUT',
    application((size) => ({ redirectUris: list(size, (index) => `https://a.example/${index}`) })),
  ],
  MAX_DESCRIPTION_LENGTH: ['INVALID_INPUT', application((size) => ({ description: 'x'.repeat(size) }))],
  MAX_URL_LENGTH: [
    'BAD_USER_INPUT',
    application((size) => ({ redirectUris: [`https://a.example/${'x'.repeat(size - 'https://a.example/'.length)}`] })),
  ],
  MAX_ROLES: ['INVALID_INPUT', membership((size) => list(size, (index) => `r${index}`))],
  MAX_ROLE_LENGTH: ['INVALID_INPUT', membership((size) => ['r'.repeat(size)])],
  MAX_PAGE_SIZE: [
    'BAD_USER_INPUT',
    async (execute, size) => {
      const { errors = [] } = await execute(`{ users(first: ${size}) { nodes { id } } }`);
      return errors.map(({ extensions }) => String(extensions.code));
    },
  ],
};

/** Limits that need more than one request, and the test file that tests them at the limit and past it. */
const ELSEWHERE: Partial<Record<LimitName, string>> = {
  MAX_ARGON2_LANES: 'users/password-hash-limits',
  MAX_ARGON2_MEMORY_KIB: 'users/password-hash-limits',
  MAX_ARGON2_WORK_KIB: 'users/password-hash-limits',
  MAX_BCRYPT_COST: 'users/password-hash-limits',
  MAX_CODES_PER_DAY: 'users/email-verification',
  MAX_CODES_PER_WINDOW: 'users/email-verification',
  MAX_CODE_ATTEMPTS: 'users/email-verification',
  MAX_COUNT: 'finding/finding',
  MAX_ENVIRONMENT_NAME_LENGTH: 'cli/operations',
  MAX_EVENTS_EXAMINED: 'events/event-filters',
  MAX_FILTER_CONDITIONS: 'finding/finding',
  MAX_FILTER_DEPTH: 'finding/finding',
  MAX_FILTER_TEXT_LENGTH: 'finding/finding',
  MAX_FILTER_VALUES: 'finding/finding',
  MAX_FIREBASE_MEMORY_COST: 'users/password-hash-limits',
  MAX_FIREBASE_ROUNDS: 'users/password-hash-limits',
  MAX_GRANTS_DELETED: 'organizations/applications',
  MAX_INTROSPECTIONS: 'graph/bounds',
  MAX_INTROSPECTION_DEPTH: 'graph/bounds',
  MAX_ISSUERS: 'access/issuers',
  MAX_ISSUER_LENGTH: 'access/issuers',
  MAX_KEY_SET_BYTES: 'access/issuers',
  MAX_MEMBERSHIPS_DELETED: 'organizations/organizations',
  MAX_METADATA_COLUMNS: 'transfers/exports',
  MAX_PASSWORD_HASH_LENGTH: 'users/password-hash-limits',
  MAX_PBKDF2_WORK: 'users/password-hash-limits',
  MAX_REGISTERED_CHARACTERS: 'http/persisted-documents',
  MAX_ROWS_COUNTED: 'finding/finding-limits',
  MAX_ROWS_EXAMINED: 'finding/finding-limits',
  MAX_ROW_BYTES: 'transfers/transfers',
  MAX_SCRYPT_MEMORY_BYTES: 'users/password-hash-limits',
  MAX_SCRYPT_WORK: 'users/password-hash-limits',
  MAX_SECRET_FILE_BYTES: 'cli/config',
  MAX_SEED_USERS: 'cli/processes',
  MAX_SIGN_INS_PER_DAY: 'access/sign-in-attempts',
  MAX_SIGN_INS_PER_MINUTE: 'access/sign-in-attempts',
  MAX_SIGN_INS_PER_NETWORK_ADDRESS: 'access/sign-in-attempts',
  MAX_STALE_KEY_SET_SECONDS: 'access/issuers',
  MAX_STREAMS: 'events/event-streams',
  MAX_SUBJECT_LENGTH: 'mail/mail-templates',
  MAX_TEMPLATE_BYTES: 'mail/mail-templates',
  MAX_LIST_LIMIT: 'rest/lists',
  MAX_MUTATION_ERRORS: 'http/refusals',
  MAX_REQUEST_ERRORS: 'http/refusals',
  MAX_SECRET_OVERLAP_SECONDS: 'webhooks/webhooks',
  MAX_WAITING_BULKS: 'users/create-users',
  MAX_WAITING_HASHES: 'users/password-hashes',
  MAX_WEBHOOK_ENDPOINTS: 'webhooks/webhooks',
};

/** For limits that combine several values, the text in the test file that exceeds the limit. */
const PAST: Partial<Record<LimitName, string>> = {
  MAX_ARGON2_WORK_KIB: 'argon2(65_536, 17, 1)',
  MAX_SCRYPT_MEMORY_BYTES: 'scrypt(17, 9, 1)',
  MAX_SCRYPT_WORK: 'scrypt(14, 8, 17)',
};

test('every limit in the code is either in the table or internal, and the table has no other limit', () => {
  const named = [...Object.keys(LIMITS), ...INTERNAL];
  expect(named.sort()).toEqual([...scanLimits().keys()].sort());
});

test('every limit has a test at its value and one past it', () => {
  expect([...Object.keys(PROBES), ...Object.keys(ELSEWHERE), 'MAX_WAITING'].sort()).toEqual(Object.keys(LIMITS).sort());
});

test.each(Object.entries(PROBES))('accepts a size of %s and refuses one more', async (name, [code, probe]) => {
  const { client } = await testApp();
  const execute = await client();
  const limit = limitOf(name as LimitName); // the keys of PROBES are names of limits
  expect(await probe(execute, limit)).toEqual([]);
  expect(await probe(execute, limit + 1)).toEqual([code]);
});

test.each(Object.entries(ELSEWHERE))('the test of %s is in test/%s', (name, file) => {
  const path = ['', '.process'].map((kind) => new URL(`../${file}${kind}.test.ts`, import.meta.url)).find(existsSync);
  const text = path === undefined ? '' : readFileSync(path, 'utf8');
  const figure = String(limitOf(name as LimitName)); // the keys of ELSEWHERE are names of limits
  const grouped = figure.replace(/\B(?=(\d{3})+$)/g, '_');
  const past = PAST[name as LimitName];
  const isThere =
    past === undefined ? [name, figure, grouped].some((word) => isWordOf(text, word)) : text.includes(past);
  expect(isThere).toBe(true);
});

function isWordOf(text: string, word: string): boolean {
  return new RegExp(`\\b${word}\\b`).test(text);
}

test('MAX_WAITING writes wait, and the next one is refused', async () => {
  const { app } = await testApp();
  const limit = limitOf('MAX_WAITING');
  // All calls are made in one turn of the event loop, so that none has started.
  const waiting = list(limit, () => app.db.transaction(null, async () => 'done'));
  expect(() => app.db.transaction(null, async () => 'done')).toThrow('Too many writes are waiting');
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(['done']));
});
