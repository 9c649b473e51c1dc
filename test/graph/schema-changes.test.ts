import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compareVersions, releasesOf, sectionOf } from '../support/docs/changelog.js';
import { problemsOfChanges, schemaOf } from '../support/schema/schema-changes.js';

const released = `
  type Query {
    user(id: ID!, old: Int @deprecated(reason: "Not read. Goes on 2026-12-01.")): User
    users: [User!]! @deprecated(reason: "Use people. Goes on 2026-11-01.")
  }
  type User { id: ID! name: String nick: String @deprecated(reason: "Use name.") kind: Kind }
  enum Kind { PERSON ROBOT }
`;
const people = released.replace(
  'users: [User!]! @deprecated(reason: "Use people. Goes on 2026-11-01.")',
  'people: Int',
);
const dated = (sdl: string) => sdl.replace('"Use name."', '"Use name. Goes on 2027-01-31."');

/** Returns the problems of changing the released schema to this one. */
function problems(current: string, unreleased = '', from = dated(released)): Promise<readonly string[]> {
  return problemsOfChanges(schemaOf(from), schemaOf(current), unreleased, '2026-11-25');
}

test('an addition is no breaking change', async () => {
  expect(await problems(dated(released).replace('name: String', 'name: String age: Int'))).toEqual([]);
});

test('the changelog must name the coordinate of a breaking change', async () => {
  const current = dated(released).replace('name: String', 'name: Int');
  expect(await problems(current)).toEqual([expect.stringContaining('as `User.name`')]);
  expect(await problems(current, '- `User.nam` and `User.names` are other fields.')).toHaveLength(1);
  expect(await problems(current, '- `User.name` is a number now.')).toEqual([]);
});

test('a removal requires a deprecation in the last release whose date has passed', async () => {
  // The changelog must name removals too.
  expect(await problems(dated(people))).toEqual([expect.stringContaining('`Query.users`')]);
  expect(await problems(dated(people), '`Query.users`')).toEqual([]);
  const early = dated(released).replace(/, old: Int @deprecated\([^)]*\)/, '');
  expect(await problems(early, '`Query.user.old`')).toEqual([
    'Query.user.old is gone before the day that was told: 2026-12-01.',
  ]);
  const sudden = dated(released).replace(' ROBOT', '').replace('name: String ', '');
  expect(await problems(sudden, '`Kind.ROBOT` `User.name`')).toEqual([
    'User.name is gone, but the last release did not deprecate it with a day.',
    'Kind.ROBOT is gone, but the last release did not deprecate it with a day.',
  ]);
});

test('a deprecation requires a removal date', async () => {
  expect(await problems(released, '', released)).toEqual([expect.stringContaining('User.nick is deprecated without')]);
});

test('test/releases has the schema of every release', () => {
  const changelog = readFileSync(new URL('../../CHANGELOG.md', import.meta.url), 'utf8');
  const kept = readdirSync(new URL('../releases', import.meta.url)).map((name) => name.replace('.graphql', ''));
  expect(kept.sort(compareVersions)).toEqual([...releasesOf(changelog)].sort(compareVersions));
  expect(sectionOf(changelog, 'Unreleased')).toContain('### Added');
  expect(sectionOf(changelog, 'Unreleased')).not.toContain('## [');
});
