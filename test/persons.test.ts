import Sqlite from 'better-sqlite3';
import { isObjectType } from 'graphql';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PERSON_ACCESS } from '../src/auth/person-access.js';
import { createSchema, printSubgraph } from '../src/graphql/schema.js';
import { Dice } from './fuzz/dice.js';
import { Documents } from './fuzz/documents.js';
import { Known } from './fuzz/known.js';
import { makeApplication, makeGrant, makeMembership, makeOrganization } from './support/make.js';
import { allowSignIn, codesOf, signedIn, signIn, sshaOf } from './support/sign-in.js';
import { codeIn, type Execute, execute, type TestApp, testApp, WITHOUT_BOUNDS } from './support/test-app.js';

const schema = createSchema();

/** Everything there is of one user, every text of it marked. */
interface Person {
  readonly userId: string;
  readonly email: string;
  readonly externalId: string;
  readonly grantId: string;
  readonly membershipId: string;
  readonly verificationId: string;
  readonly ask: Execute;
}

interface World extends TestApp {
  readonly environmentId: string;
  readonly asKey: Execute;
  readonly ada: Person;
  readonly bob: Person;
  readonly applicationId: string;
  readonly organizationId: string;
}

async function personOf(
  app: TestApp,
  asKey: Execute,
  environmentId: string,
  name: string,
  shared: { applicationId: string; organizationId: string },
): Promise<Person> {
  const mark = (what: string) => `CANARY_${name}_${what}`;
  const email = `${mark('email')}@example.com`.toLowerCase();
  const externalId = mark('external');
  const names = { firstName: mark('first'), lastName: mark('last'), name: mark('name') };
  const metadata = { [mark('key')]: mark('value') };
  const { userId, ask } = await signedIn(app, asKey, environmentId, {
    email,
    externalId,
    ...names,
    metadata,
  });
  const grantId = await makeGrant(asKey, userId, shared.applicationId, [mark('scope')]);
  const membershipId = await makeMembership(asKey, userId, shared.organizationId, [
    `canary_${name.toLowerCase()}_role`,
  ]);
  const send = 'mutation ($id: ID!) { sendVerificationEmail(input: { userId: $id }) { emailVerification { id } } }';
  const { data } = await asKey(send, { id: userId });
  return {
    userId,
    email,
    externalId,
    grantId,
    membershipId,
    verificationId: data.sendVerificationEmail.emailVerification.id,
    ask,
  };
}

async function world(settings: Record<string, string> = {}): Promise<World> {
  const app = await testApp(settings);
  const environmentId = await allowSignIn(app);
  const asKey = await app.client();
  const applicationId = await makeApplication(asKey, {
    name: 'Shop',
    redirectUris: ['https://shop.example/CANARY_redirect'],
  });
  const organizationId = await makeOrganization(asKey, {
    name: 'Org',
    externalId: 'CANARY_org_external',
    metadata: { a: 'CANARY_org_metadata' },
  });
  const shared = { applicationId, organizationId };
  const ada = await personOf(app, asKey, environmentId, 'ADA', shared);
  const bob = await personOf(app, asKey, environmentId, 'BOB', shared);
  return { ...app, environmentId, asKey, ada, bob, ...shared };
}

test('a person reads what is theirs', async () => {
  const { ada } = await world();
  const { data, errors } = await ada.ask(`{ viewer {
    scopes apiKey { id } environment { name } rateLimit { remaining }
    user {
      id email firstName metadata externalId
      authorizedApplications { totalCount nodes { grantedScopes application { name clientId } user { email } } }
      organizationMemberships { nodes { roles organization { id name } } }
      events { nodes { name ... on UserCreatedEvent { snapshot { email metadata } user { id } } } }
    }
  } }`);
  expect(errors).toBeUndefined();
  const { user, ...viewer } = data.viewer;
  expect(viewer).toMatchObject({ scopes: [], apiKey: null, environment: { name: 'test' } });
  expect(user).toMatchObject({
    id: ada.userId,
    firstName: 'CANARY_ADA_first',
    authorizedApplications: { totalCount: 1, nodes: [{ application: { name: 'Shop' }, user: { email: ada.email } }] },
    organizationMemberships: { nodes: [{ roles: ['canary_ada_role'], organization: { name: 'Org' } }] },
  });
  expect(user.events.nodes.map(({ name }: { name: string }) => name)).toContain('session.created');
});

test('whatever way they ask for somebody, they find themselves, and nobody else', async () => {
  const { ada, bob, organizationId, applicationId } = await world();
  const query = `query ($user: ID!, $email: String!, $external: String!, $verification: ID!, $ids: [ID!]!) {
    user(id: $user) { id } userByEmail(email: $email) { id } userByExternalId(externalId: $external) { id }
    emailVerification(id: $verification) { id } nodes(ids: $ids) { id } node(id: $user) { id }
    _entities(representations: [{ __typename: "User", id: $user }, { __typename: "User", externalId: $external }]) {
      ... on User { id }
    }
  }`;
  const variables = ({ userId, email, externalId, verificationId, grantId, membershipId }: Person) => ({
    user: userId,
    email,
    external: externalId,
    verification: verificationId,
    ids: [userId, grantId, membershipId, verificationId, organizationId, applicationId],
  });
  const found = (of: Person) => of && ada.ask(query.replaceAll('$user: ID!', '$user: ID!'), variables(of));
  const own = await found(ada);
  expect(own.errors).toBeUndefined();
  const me = { id: ada.userId };
  expect(own.data).toMatchObject({ user: me, userByEmail: me, userByExternalId: me, node: me, _entities: [me, me] });
  expect(own.data.nodes.map((node: { id: string } | null) => node?.id ?? null)).toEqual([
    ada.userId,
    ada.grantId,
    ada.membershipId,
    ada.verificationId,
    null,
    null,
  ]);
  const others = await found(bob);
  expect(others.errors).toBeUndefined();
  expect(others.data).toEqual({
    user: null,
    userByEmail: null,
    userByExternalId: null,
    emailVerification: null,
    nodes: [null, null, null, null, null, null],
    node: null,
    _entities: [null, null],
  });
});

test.each([
  ['{ users { nodes { id } } }', 'Query.users'],
  ['{ usersCount { value } }', 'Query.usersCount'],
  ['{ events { nodes { id } } }', 'Query.events'],
  ['{ organizations { nodes { id } } }', 'Query.organizations'],
  [
    '{ viewer { user { organizationMemberships { nodes { organization { memberships { totalCount } } } } } } }',
    'Organization.memberships',
  ],
  ['{ viewer { user { organizationMemberships { nodes { organization { metadata } } } } } }', 'Organization.metadata'],
  [
    '{ viewer { user { authorizedApplications { nodes { application { redirectUris { uri } } } } } } }',
    'Application.redirectUris',
  ],
  ['{ viewer { user { events { nodes { actor { id } } } } } }', '.actor'],
  ['mutation { createUser(input: { email: "x@example.com" }) { user { id } } }', 'Mutation.createUser'],
])('%s is refused', async (query, field) => {
  const { ada } = await world();
  const { errors } = await ada.ask(query);
  expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  expect(errors?.[0]?.message).toContain(field);
});

const mutate = (name: string, selection: string) => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
  return `mutation ($input: ${type}) { ${name}(input: $input) { ${selection} errors { ... on MutationError { code } } } }`;
};

describe('a person changes', () => {
  test('their names and locale, and nothing else of themselves', async () => {
    const { ada } = await world();
    const update = mutate('updateUser', 'user { firstName locale version }');
    const { data } = await ada.ask(update, { input: { id: ada.userId, firstName: 'Augusta', locale: 'fr' } });
    expect(data.updateUser).toEqual({ user: { firstName: 'Augusta', locale: 'fr', version: 2 }, errors: [] });
    const refused = {
      email: 'else@example.com',
      emailVerified: true,
      externalId: 'else',
      metadata: { admin: 'yes' },
      password: 'i8uv6g34kd490s-else',
      passwordHash: sshaOf('else'),
    };
    for (const [field, value] of Object.entries(refused)) {
      const { errors } = await ada.ask(update, { input: { id: ada.userId, firstName: 'No', [field]: value } });
      expect(errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' }, message: expect.stringContaining(field) });
    }
    expect((await ada.ask('{ viewer { user { firstName version } } }')).data.viewer.user).toEqual({
      firstName: 'Augusta',
      version: 2,
    });
  });

  test('their address, with the code that went to it', async () => {
    const { ada, bob, mails, asKey } = await world();
    const send = mutate('sendEmailChange', 'newEmail');
    const confirm = mutate('confirmEmailChange', 'user { email }');
    const taken = await ada.ask(send, { input: { userId: ada.userId, newEmail: bob.email } });
    const free = await ada.ask(send, { input: { userId: ada.userId, newEmail: 'free@example.com' } });
    // Whether somebody has an address is theirs: both answers have the same form.
    expect(taken.data.sendEmailChange).toEqual({ newEmail: bob.email, errors: [] });
    expect(free.data.sendEmailChange).toEqual({ newEmail: 'free@example.com', errors: [] });
    expect(mails.filter(({ to }) => to === bob.email)).toHaveLength(1);
    const { data } = await ada.ask(confirm, { input: { userId: ada.userId, code: codeIn(mails.at(-1)) } });
    expect(data.confirmEmailChange).toEqual({ user: { email: 'free@example.com' }, errors: [] });
    // A program is told, as the contract has it.
    expect(
      codesOf(await asKey(send, { input: { userId: ada.userId, newEmail: bob.email } }), 'sendEmailChange'),
    ).toEqual(['EMAIL_NOT_AVAILABLE']);
  });

  test('their verification and their grants', async () => {
    const { ada, mails, clock, applicationId } = await world();
    clock.advance(61);
    expect(
      (await ada.ask(mutate('sendVerificationEmail', 'emailVerification { email }'), { input: { userId: ada.userId } }))
        .errors,
    ).toBeUndefined();
    const code = codeIn(mails.at(-1));
    const { data } = await ada.ask(mutate('verifyEmail', 'user { emailVerified }'), {
      input: { userId: ada.userId, code },
    });
    expect(data.verifyEmail).toEqual({ user: { emailVerified: true }, errors: [] });
    const revoke = mutate('deleteAuthorizedApplication', 'deletedAuthorizedApplicationId');
    const revoked = await ada.ask(revoke, { input: { userId: ada.userId, applicationId } });
    expect(codesOf(revoked, 'deleteAuthorizedApplication')).toEqual([]);
    expect(
      (await ada.ask('{ viewer { user { authorizedApplications { totalCount } } } }')).data.viewer.user
        .authorizedApplications.totalCount,
    ).toBe(0);
  });

  test('nothing of anybody else, who is not there for them', async () => {
    const { ada, bob, asKey, applicationId } = await world();
    const inputs = {
      updateUser: { id: bob.userId, firstName: 'Eve' },
      sendVerificationEmail: { userId: bob.userId },
      verifyEmail: { userId: bob.userId, code: '000000' },
      sendEmailChange: { userId: bob.userId, newEmail: 'eve@example.com' },
      confirmEmailChange: { userId: bob.userId, code: '000000' },
      deleteAuthorizedApplication: { userId: bob.userId, applicationId },
    };
    for (const [name, input] of Object.entries(inputs)) {
      expect(codesOf(await ada.ask(mutate(name, '__typename'), { input }), name)).toEqual(['USER_NOT_FOUND']);
    }
    const revoke = mutate('deleteAuthorizedApplication', '__typename');
    const foreign = await ada.ask(revoke, { input: { userId: ada.userId, applicationId: bob.grantId } });
    expect(codesOf(foreign, 'deleteAuthorizedApplication')).toEqual(['AUTHORIZED_APPLICATION_NOT_FOUND']);
    const { data } = await asKey(
      'query ($id: ID!) { user(id: $id) { firstName version authorizedApplications { totalCount } } }',
      { id: bob.userId },
    );
    expect(data.user).toEqual({ firstName: 'CANARY_BOB_first', version: 1, authorizedApplications: { totalCount: 1 } });
  });
});

/** Rows that are not Ada's, table by table: of her own everything that hangs on her may change. */
function rowsOfOthers({ folder, ada }: World): Record<string, unknown[]> {
  const sqlite = new Sqlite(`${folder}/test.db`, { readonly: true });
  try {
    const tables = sqlite
      .prepare<[], { name: string }>(
        "select name from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite_%'",
      )
      .all()
      .map(({ name }) => name)
      // The log of what she did; its numbers; what was tried; what was mailed on a day.
      .filter(
        (name) =>
          !['events', 'event_sequences', 'sign_in_attempts', 'mail_days', 'mails', 'idempotency_keys'].includes(name),
      );
    return Object.fromEntries(
      tables.map((name) => {
        const columns = sqlite.pragma(`table_info(${name})`) as { name: string }[]; // what the pragma answers
        const owner = name === 'users' ? 'id' : columns.some((column) => column.name === 'user_id') ? 'user_id' : null;
        const where = owner === null ? '' : ` where ${owner} <> '${ada.userId}'`;
        return [name, sqlite.prepare(`select * from ${name}${where}`).all()];
      }),
    );
  } finally {
    sqlite.close();
  }
}

/** Draws operations over the whole schema as Ada; answers what of somebody else was seen or changed. */
async function attack(
  operations: number,
  seed: number,
): Promise<{ seen: string[]; changed: string[]; withData: number }> {
  const w = await world({ ...WITHOUT_BOUNDS, LOG_LEVEL: 'silent' });
  const { ada, bob } = w;
  const known = new Known([]);
  // Everything that can be known of Bob without being him; his own answers teach the rest.
  known.learn(
    JSON.stringify([ada, bob, w.applicationId, w.organizationId, { email: bob.email }, { externalId: bob.externalId }]),
  );
  known.learn(JSON.stringify((await bob.ask('{ viewer { user { events { edges { cursor node { id } } } } } }')).data));
  const before = rowsOfOthers(w);
  const seen = new Set<string>();
  let withData = 0;
  let token = '';
  for (let index = 0; index < operations; index++) {
    const { query, variables } = new Documents(schema, new Dice(seed * 1_000_003 + index), known).operation(2);
    const answer = await execute(w.app, token, query, variables);
    // She may have signed herself out.
    if (answer.errors?.[0]?.extensions.code === 'UNAUTHENTICATED') {
      w.clock.advance(60);
      token = (await signIn(w, w.environmentId, ada.email)).accessToken;
    }
    const text = JSON.stringify(answer);
    if (text.startsWith('{"data":{')) withData++;
    const asked = `${query}${JSON.stringify(variables)}`;
    for (const [canary] of text.matchAll(/CANARY_(?:BOB|org|redirect)[\w@.]*|canary_bob[\w@.]*/gi)) {
      // What she said herself she may read again, e.g. in "not found".
      if (!asked.includes(canary)) seen.add(canary);
    }
    known.learn(text);
  }
  const after = rowsOfOthers(w);
  const changed = Object.keys(after).filter(
    (table) =>
      !['user_search', 'user_totals', 'organization_totals', 'search_spaces'].includes(table) &&
      !table.startsWith('user_search') &&
      JSON.stringify(after[table]) !== JSON.stringify(before[table]),
  );
  return { seen: [...seen], changed, withData };
}

describe('random operations over the whole schema as a person', () => {
  const original = structuredClone(PERSON_ACCESS);
  const open = PERSON_ACCESS as Record<string, { fields: readonly string[] | 'all'; isOwned?: true }>; // what the controls change
  // Printed once in a process: of what is true, not of what the controls change.
  beforeAll(() => {
    printSubgraph();
  });
  afterEach(() => {
    for (const name of Object.keys(open)) delete open[name];
    Object.assign(open, original);
  });

  test('show no byte of anybody else, and change nothing of theirs', async () => {
    const { seen, changed, withData } = await attack(2_500, 1);
    expect(seen).toEqual([]);
    expect(changed).toEqual([]);
    expect(withData).toBeGreaterThan(500);
  }, 120_000);

  test('control: with every field open to persons they show and change what is not theirs', async () => {
    for (const type of Object.values(schema.getTypeMap())) if (isObjectType(type)) open[type.name] = { fields: 'all' };
    const { seen, changed } = await attack(800, 2);
    expect(seen.length).toBeGreaterThan(3);
    expect(changed.length).toBeGreaterThan(1);
  }, 120_000);

  test('control: without the question whose an object is, they show what is not theirs', async () => {
    for (const [name, { fields }] of Object.entries(original)) open[name] = { fields };
    open.Query = { fields: [...(original.Query?.fields ?? []), 'users'] };
    Object.assign(open, { UserConnection: { fields: 'all' }, UserEdge: { fields: 'all' } });
    const { seen } = await attack(400, 3);
    expect(seen.length).toBeGreaterThan(3);
  }, 120_000);
});
