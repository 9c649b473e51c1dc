import fc from 'fast-check';
import { expect } from 'vitest';
import { isEmail, isExternalId, isMetadata, type Model, type ModelUser, merged, normal } from './model.js';
import { type Drawn, mutate, nth, Step } from './step.js';

/** Few, so that they meet: the same address in other letters, with blanks, and what is none. */
const emails = fc.constantFrom(
  'ada@example.com',
  'ADA@Example.com',
  ' bob@example.com ',
  'zoë@example.com',
  'eve@x.org',
  'nobody',
);
const externalIds = fc.constantFrom('x1', 'X1', 'x2', '', 'ß');
const metadata = fc.dictionary(
  fc.constantFrom('plan', 'team', 'note'),
  fc.oneof({ weight: 6, arbitrary: fc.constantFrom('a', 'b', '') }, { weight: 1, arbitrary: fc.constantFrom(null, 5) }),
);
const which = fc.nat(20);
export const NOBODY = 'user_01E4ZCR3C56J083X43JQXF3JK5';

const newUser = fc.record(
  {
    email: emails,
    emailVerified: fc.boolean(),
    firstName: fc.constantFrom('Ada', null, 'x'.repeat(256)),
    externalId: fc.option(externalIds),
    metadata: fc.option(metadata),
  },
  { requiredKeys: ['email'] },
);
type NewUser = Drawn<typeof newUser>;

const patch = fc.record(
  {
    email: fc.option(emails),
    emailVerified: fc.option(fc.boolean()),
    firstName: fc.constantFrom('Ada', 'Bob', null, 'x'.repeat(256)),
    locale: fc.constantFrom('de', 'en-us', null, '?'),
    externalId: fc.option(externalIds),
    metadata: fc.option(metadata),
  },
  { requiredKeys: [] },
);
type Patch = Drawn<typeof patch>;

/** The codes of everything that is wrong with a user as they would be. */
function problemsOf(model: Model, given: Patch, before: ModelUser | null): string[] {
  const { email, externalId, firstName, locale, metadata: map } = given;
  const codes: string[] = [];
  if (before !== null && email === null) codes.push('INVALID_INPUT');
  if (before !== null && given.emailVerified === null) codes.push('INVALID_INPUT');
  if (email != null && !isEmail(email)) codes.push('INVALID_EMAIL');
  if (firstName != null && firstName.length > 255) codes.push('INVALID_INPUT');
  if (externalId != null && !isExternalId(externalId)) codes.push('INVALID_EXTERNAL_ID');
  if (locale != null && locale === '?') codes.push('INVALID_LOCALE');
  const wrong = Object.values(map ?? {}).filter((value) => !isMetadata({ value }, before !== null));
  codes.push(...wrong.map(() => 'INVALID_METADATA'));
  const isOther = (user: ModelUser | undefined) => user !== undefined && user.id !== before?.id;
  if (email != null && isEmail(email) && isOther(model.userByEmail(email))) codes.push('EMAIL_NOT_AVAILABLE');
  if (externalId != null && isExternalId(externalId) && isOther(model.userByExternalId(externalId))) {
    codes.push('EXTERNAL_ID_ALREADY_USED');
  }
  return codes.sort();
}

function userOf(id: string, given: NewUser): ModelUser {
  return {
    id,
    email: given.email.trim(),
    emailVerified: given.emailVerified ?? false,
    firstName: given.firstName ?? null,
    locale: null,
    externalId: given.externalId ?? null,
    metadata: merged({}, given.metadata ?? null),
    version: 1,
  };
}

const createUser = newUser.map(
  (input) =>
    new Step('createUser', input, async (model, real) => {
      const { payload, codes } = await mutate(real, 'createUser', 'user { id }', input);
      expect(codes).toEqual(problemsOf(model, input, null));
      if (codes.length === 0) model.addUser(userOf(payload.user.id, input));
      else expect(payload.user).toBeNull();
    }),
);

/** A key that is used again answers as before when the input is the same, and refuses another one. */
const createUserOnce = fc.tuple(newUser, fc.constantFrom('k1', 'k2')).map(
  ([input, key]) =>
    new Step('createUser', { ...input, idempotencyKey: key }, async (model, real) => {
      const { payload, codes } = await mutate(real, 'createUser', 'user { id }', { ...input, idempotencyKey: key });
      const before = model.once.get(key);
      const text = JSON.stringify(input, Object.keys(input).sort());
      if (before && before.input !== text) {
        expect(codes).toEqual(['IDEMPOTENCY_KEY_REUSED']);
      } else if (before) {
        // Answered as the first time, even when the user is gone.
        expect(codes).toEqual([]);
      } else {
        expect(codes).toEqual(problemsOf(model, input, null));
        if (codes.length > 0) return;
        model.once.set(key, { input: text, id: payload.user.id });
        model.addUser(userOf(payload.user.id, input));
      }
    }),
);

const createUsers = fc
  .tuple(fc.array(newUser, { minLength: 1, maxLength: 4 }), fc.constantFrom('PER_ROW', 'ALL_OR_NOTHING'))
  .map(
    ([users, policy]) =>
      new Step('createUsers', { users, policy }, async (model, real) => {
        const selection = 'createdCount failedCount results { user { id } errors { ... on MutationError { code } } }';
        const { payload, codes } = await mutate(real, 'createUsers', selection, { users, policy });
        expect(codes).toEqual([]);
        const wanted = rehearsed(model, users, policy);
        const failed = wanted.filter((problems) => problems.length > 0).length;
        const isDone = failed === 0 || policy === 'PER_ROW';
        const results: { user: { id: string } | null; errors: { code: string }[] }[] = payload.results;
        expect(results.map(({ errors }) => errors.map(({ code }) => code).sort())).toEqual(wanted);
        expect(payload).toMatchObject({ createdCount: isDone ? users.length - failed : 0 });
        for (const [row, { user }] of results.entries()) {
          const input = users[row];
          const isMade = isDone && wanted[row]?.length === 0;
          expect(user !== null).toBe(isMade);
          if (user && input) model.addUser(userOf(user.id, input));
        }
      }),
  );

/**
 * What is wrong with each row, judged one after the other: of two that want the same the first gets it. Rows that stand
 * or fall together have to fit together; one that fails alone leaves its values to the next.
 */
function rehearsed(model: Model, rows: readonly NewUser[], policy: string): string[][] {
  const users = new Map(model.users);
  // A model that differs in its users only.
  const stage = Object.assign(Object.create(model) as Model, { users, ...lookups(users) });
  return rows.map((input, row) => {
    const problems = problemsOf(stage, input, null);
    if (problems.length > 0 && policy === 'PER_ROW') return problems;
    const { email, externalId } = userOf('', input);
    const taken = {
      email: isEmail(email) ? email : `row ${row}`,
      externalId: externalId !== null && isExternalId(externalId) ? externalId : null,
    };
    users.set(`row ${row}`, { ...userOf(`row ${row}`, input), ...taken });
    return problems;
  });
}

function lookups(users: ReadonlyMap<string, ModelUser>) {
  const all = () => [...users.values()];
  return {
    userByEmail: (email: string) => all().find((user) => normal(user.email) === normal(email)),
    userByExternalId: (externalId: string) => all().find((user) => user.externalId === externalId),
  };
}

const updateUser = fc.tuple(which, patch, fc.option(fc.integer({ min: 1, max: 3 }), { freq: 4, nil: undefined })).map(
  ([number, given, version]) =>
    new Step('updateUser', { number, ...given, version }, async (model, real) => {
      const user = nth(model.users.values(), number);
      const expected = version === undefined ? {} : { expectedVersion: version };
      const input = { id: user?.id ?? NOBODY, ...given, ...expected };
      const { codes } = await mutate(real, 'updateUser', 'user { id }', input);
      if (!user) {
        expect(codes).toEqual(['USER_NOT_FOUND']);
        return;
      }
      const stale = version !== undefined && version !== user.version ? ['VERSION_CONFLICT'] : [];
      expect(codes).toEqual([...problemsOf(model, given, user), ...stale].sort());
      if (codes.length === 0) model.changeUser(user, changeOf(user, given));
    }),
);

function changeOf(user: ModelUser, given: Patch): Partial<ModelUser> {
  const email = given.email?.trim() ?? user.email;
  const isNewAddress = normal(email) !== normal(user.email);
  return {
    email,
    emailVerified: given.emailVerified ?? (isNewAddress ? false : user.emailVerified),
    ...(given.firstName === undefined ? {} : { firstName: given.firstName }),
    ...(given.locale === undefined ? {} : { locale: given.locale === 'en-us' ? 'en-US' : given.locale }),
    ...(given.externalId === undefined ? {} : { externalId: given.externalId }),
    ...(given.metadata === undefined ? {} : { metadata: merged(user.metadata, given.metadata) }),
  };
}

const deleteUser = fc.tuple(which, fc.option(fc.integer({ min: 1, max: 2 }), { freq: 4, nil: undefined })).map(
  ([number, version]) =>
    new Step('deleteUser', { number, version }, async (model, real) => {
      const user = nth(model.users.values(), number);
      const expected = version === undefined ? {} : { expectedVersion: version };
      const { codes } = await mutate(real, 'deleteUser', 'deletedUserId', { id: user?.id ?? NOBODY, ...expected });
      const isStale = user !== undefined && version !== undefined && version !== user.version;
      expect(codes).toEqual(user === undefined ? ['USER_NOT_FOUND'] : isStale ? ['VERSION_CONFLICT'] : []);
      if (user && !isStale) model.deleteUser(user);
    }),
);

export const userSteps = [createUser, createUser, createUserOnce, createUsers, updateUser, updateUser, deleteUser];
