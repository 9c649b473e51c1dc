import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseEmailDomain } from '../../src/input/email-domain.js';
import { normalizeEmail } from '../../src/users/user.js';
import { makeUser } from '../support/make.js';
import { runs } from '../support/runs.js';
import { allowSignIn, codesOf, PASSWORD, SIGN_IN, sshaOf } from '../support/sign-in.js';
import { smtpServer, smtpSettings } from '../support/smtp.js';
import { type Execute, execute, testApp } from '../support/test-app.js';
import { importFile, ndjson, query, rejectsIn, world } from '../support/transfers.js';

/** One mailbox as people write it. */
const SPELLINGS = [
  'kai@bücher.example',
  'kai@xn--bcher-kva.example',
  'Kai@BÜCHER.Example',
  'KAI@XN--BCHER-KVA.EXAMPLE',
  'kai@bu\u0308cher.example',
  'kai@bücher。ｅxample',
] as const;
const OTHERS = ['kai@bucher.example', 'kai@xn--bucher-4va.example', 'kai@xn--bcher-kva.test', 'ki@bücher.example'];

const USERS =
  'query ($filter: UserFilter, $search: String) { users(filter: $filter, search: $search) { nodes { email } } }';

async function mutate(execute: Execute, name: string, input: object) {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const { data } = await execute(
    `mutation ($input: ${type}!) { ${name}(input: $input) { errors { ... on MutationError { code } } } }`,
    { input },
  );
  return data[name].errors.map(({ code }: { code: string }) => code);
}

/** Addresses of the users a filter or a search finds. */
async function found(execute: Execute, variables: object): Promise<string[]> {
  const { data, errors } = await execute(USERS, { ...variables });
  if (errors) throw new Error(JSON.stringify(errors));
  return data.users.nodes.map(({ email }: { email: string }) => email);
}

async function withOthers(stored: string) {
  const app = await testApp();
  const ask = await app.client();
  const id = await makeUser(ask, { email: stored });
  for (const email of OTHERS) await makeUser(ask, { email });
  return { app, ask, id };
}

describe.each(SPELLINGS)('a user whose address was given as %s', (stored) => {
  test('is stored as given, and found by every spelling', async () => {
    const { ask, id } = await withOthers(stored);
    for (const email of SPELLINGS) {
      const { data } = await ask('query ($email: String!) { userByEmail(email: $email) { id email } }', { email });
      expect(data.userByEmail).toEqual({ id, email: stored });
      const of = [{ __typename: 'User', email: ` ${email} ` }];
      const entities = await ask('query ($of: [_Any!]!) { _entities(representations: $of) { ... on User { id } } }', {
        of,
      });
      expect(entities.data._entities).toEqual([{ id }]);
      for (const filter of [
        { eq: email },
        { in: [email, 'nobody@example.com'] },
        { startsWith: email },
        { contains: email },
      ]) {
        expect(await found(ask, { filter: { email: filter } })).toEqual([stored]);
      }
      expect((await found(ask, { filter: { email: { neq: email } } })).sort()).toEqual([...OTHERS].sort());
      // A search ignores accents too.
      const hits = await found(ask, { search: email });
      expect(hits).toContain(stored);
      expect(hits).not.toContain('ki@bücher.example');
    }
  });

  test('is found by its domain in every spelling', async () => {
    const { ask } = await withOthers(stored);
    for (const domain of ['bücher.example', 'XN--BCHER-KVA.example', 'BÜCHER.example', 'bu\u0308cher.example']) {
      const both = [stored, 'ki@bücher.example'];
      const within = [...both, 'kai@xn--bcher-kva.test'];
      const label = domain.split('.')[0] ?? '';
      const filters = [
        [{ emailDomain: { eq: domain } }, both],
        [{ emailDomain: { in: ['nowhere.example', domain] } }, both],
        [{ emailDomain: { startsWith: `${label}.` } }, within],
        [{ emailDomain: { contains: label } }, within],
        [{ email: { contains: label } }, within],
        [{ email: { contains: `@${label}` } }, within],
        [{ email: { startsWith: `KAI@${label}` } }, [stored, 'kai@xn--bcher-kva.test']],
      ] as const;
      for (const [filter, wanted] of filters) expect((await found(ask, { filter })).sort()).toEqual([...wanted].sort());
      expect((await found(ask, { search: label })).sort()).toEqual(expect.arrayContaining(within));
    }
    expect(await found(ask, { filter: { emailDomain: { startsWith: 'büch' } } })).toContain(stored);
  });

  test('is the only user with this mailbox', async () => {
    const { ask, id } = await withOthers(stored);
    const another = await makeUser(ask, { email: 'another@example.com' });
    await mutate(ask, 'updateUser', { id, emailVerified: true });
    for (const email of SPELLINGS) {
      expect(await mutate(ask, 'createUser', { email })).toEqual(['EMAIL_NOT_AVAILABLE']);
      expect(await mutate(ask, 'updateUser', { id: another, email })).toEqual(['EMAIL_NOT_AVAILABLE']);
      expect(await mutate(ask, 'sendEmailChange', { userId: another, newEmail: email })).toEqual([
        'EMAIL_NOT_AVAILABLE',
      ]);
      expect(await mutate(ask, 'sendEmailChange', { userId: id, newEmail: email })).toEqual([
        'EMAIL_CHANGE_NOT_NEEDED',
      ]);
      const rows = await ask(
        `mutation ($users: [CreateUserInput!]!) { createUsers(input: { users: $users, policy: PER_ROW }) {
          results { errors { ... on MutationError { code } } } } }`,
        { users: [{ email }] },
      );
      expect(rows.data.createUsers.results).toEqual([{ errors: [{ code: 'EMAIL_NOT_AVAILABLE' }] }]);
      // Another spelling is no other address: it stays verified, and is shown as it was given last.
      expect(await mutate(ask, 'updateUser', { id, email })).toEqual([]);
      const { data } = await ask('query ($id: ID!) { user(id: $id) { email emailVerified } }', { id });
      expect(data.user).toEqual({ email, emailVerified: true });
    }
  });
});

test('two spellings of one mailbox conflict in one call and in one file', async () => {
  const { client } = await testApp();
  const ask = await client();
  const { data } = await ask(
    `mutation ($users: [CreateUserInput!]!) { createUsers(input: { users: $users, policy: PER_ROW }) {
      results { user { email } errors { ... on MutationError { code } } } } }`,
    { users: SPELLINGS.map((email) => ({ email })) },
  );
  const refused = { user: null, errors: [{ code: 'EMAIL_NOT_AVAILABLE' }] };
  expect(data.createUsers.results).toEqual([
    { user: { email: SPELLINGS[0] }, errors: [] },
    ...SPELLINGS.slice(1).map(() => refused),
  ]);

  const place = await world();
  const written = [...SPELLINGS].reverse();
  const rows = ndjson(...written.map((email, index) => ({ email, firstName: `Row ${index}` })));
  const first = await importFile(place, place.put('people.ndjson', rows));
  expect(first).toMatchObject({ code: 2, result: { created: 1, refused: SPELLINGS.length - 1 } });
  expect(rejectsIn(place.path('people.ndjson.rejects.ndjson'))).toHaveLength(SPELLINGS.length - 1);
  const again = await importFile(place, place.put('again.ndjson', rows), '--on-conflict', 'update');
  expect(again).toMatchObject({ code: 0, result: { created: 0, refused: 0 } });
  expect(query(place.file, 'select email, first_name from users')).toEqual([
    { email: written.at(-1), first_name: `Row ${written.length - 1}` },
  ]);
});

test('a user signs in with each spelling, and attempts are counted per mailbox', async () => {
  const app = await testApp();
  const ask = await app.client();
  const environmentId = await allowSignIn(app);
  await makeUser(ask, { email: SPELLINGS[0], passwordHash: sshaOf(PASSWORD), passwordHashType: 'SSHA' });
  const attempt = (email: string) =>
    execute(app.app, null, SIGN_IN, { input: { environmentId, email, password: PASSWORD } });
  for (const email of SPELLINGS) {
    expect((await attempt(email)).data.authenticateWithPassword.user).toMatchObject({ email: SPELLINGS[0] });
  }
  for (let more = SPELLINGS.length; more < 10; more++) await attempt(SPELLINGS[1]);
  for (const email of SPELLINGS) {
    expect(codesOf(await attempt(email), 'authenticateWithPassword')).toEqual(['TOO_MANY_REQUESTS']);
  }
});

test('codes are counted per mailbox, and verify it in every spelling', async () => {
  const { client, mails } = await testApp();
  const ask = await client();
  const [ada, bob] = [
    await makeUser(ask, { email: 'ada@example.com' }),
    await makeUser(ask, { email: 'b@example.com' }),
  ];
  const change = (userId: string, newEmail: string) => mutate(ask, 'sendEmailChange', { userId, newEmail });
  expect(await change(ada, 'kai@bücher.example')).toEqual([]);
  expect(await change(ada, 'kai@xn--bcher-kva.example')).toEqual([]);
  expect(await change(bob, 'KAI@BÜCHER.example')).toEqual([]);
  expect(await change(bob, 'kai@xn--bcher-kva.example')).toEqual(['TOO_MANY_REQUESTS']);
  const kai = await makeUser(ask, { email: 'kay@bücher.example' });
  expect(await mutate(ask, 'sendVerificationEmail', { userId: kai })).toEqual([]);
  expect(await mutate(ask, 'updateUser', { id: kai, email: 'kay@xn--bcher-kva.example' })).toEqual([]);
  const code = /\d{6}/.exec(mails.at(-1)?.text ?? '')?.[0];
  expect(await mutate(ask, 'verifyEmail', { userId: kai, code })).toEqual([]);
});

test.each([
  ['kai@bücher.example', 'kai@xn--bcher-kva.example'],
  ['Kai@XN--bcher-kva.example', 'Kai@xn--bcher-kva.example'],
  ['a..b@docomo.ne.jp', '"a..b"@docomo.ne.jp'],
  ['a.@docomo.ne.jp', '"a."@docomo.ne.jp'],
  [".o'neil+x@example.com", `".o'neil+x"@example.com`],
  ["!#$%&'*+/=?^_`{|}~-@example.com", "!#$%&'*+/=?^_`{|}~-@example.com"],
  // RFC 6531: a name beyond ASCII goes as UTF-8, and its domain with it.
  ['müller@xn--bcher-kva.example', 'müller@bücher.example'],
])('a mail to %s goes to %s', async (email, recipient) => {
  // Else this server refuses dots in a row in a quoted name too, which RFC 5321, 4.1.2 allows.
  const smtp = await smtpServer({ lenientAddressParsing: true });
  const settings = { ...smtpSettings(smtp), MAIL_FROM: 'Konten <konten@bücher.example>' };
  const { client } = await testApp(settings);
  const ask = await client();
  const userId = await makeUser(ask, { email });
  const { data } = await ask(
    `mutation ($id: ID!) { sendVerificationEmail(input: { userId: $id }) {
      emailVerification { email delivery { state error } } } }`,
    { id: userId },
  );
  expect(data.sendVerificationEmail.emailVerification).toEqual({ email, delivery: { state: 'SENT', error: null } });
  expect(smtp.recipients).toEqual([recipient]);
  expect(smtp.received[0]).toMatch(/^Message-ID: <mail_\w+@xn--bcher-kva\.example>\r$/m);
  expect(smtp.received[0]).toMatch(/^From: Konten <konten@xn--bcher-kva\.example>\r$/m);
});

describe('the normal form of addresses', () => {
  const letters = fc.stringMatching(/^[\p{L}\p{M}\p{N}-]{1,12}$/u);
  const domain = fc.array(letters, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'));
  const anything = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ maxLength: 300 }), domain);
  const local = fc.oneof(fc.stringMatching(/^[\p{L}\p{M}\p{N}.!#+-]{1,20}$/u), anything);
  const addresses = fc.tuple(local, fc.oneof(domain, anything)).map(([name, where]) => `${name}@${where}`);

  test('is its own normal form', () => {
    fc.assert(
      fc.property(fc.oneof(addresses, anything), (text) => {
        const form = normalizeEmail(text);
        expect(normalizeEmail(form)).toBe(form);
      }),
      { numRuns: runs(500, 10_000) },
    );
  });

  test('is the same for both spellings of a domain, however it is written', () => {
    fc.assert(
      fc.property(local, domain, (name, where) => {
        const spellings = parseEmailDomain(where);
        fc.pre(spellings !== null && !name.includes('@'));
        const form = normalizeEmail(`${name}@${where}`);
        for (const same of [spellings?.ascii, spellings?.unicode, where.normalize('NFD')]) {
          expect(normalizeEmail(` ${name}@${same}`)).toBe(form);
        }
      }),
      { numRuns: runs(500, 10_000) },
    );
  });

  test('ignores letter case', () => {
    const ascii = fc.stringMatching(/^[A-Za-z0-9-]{1,20}$/);
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9.äöüéßñжд]{1,20}$/u), ascii, (name, label) => {
        const address = `${name.replaceAll('ß', 's')}@bücher.${label}.example`;
        expect(normalizeEmail(address.toUpperCase())).toBe(normalizeEmail(address.toLowerCase()));
      }),
    );
    // Some letters have their accent in one sign in lower case only.
    expect(normalizeEmail('H\u0331@example.com')).toBe(normalizeEmail('\u1e96@example.com'));
  });
});
