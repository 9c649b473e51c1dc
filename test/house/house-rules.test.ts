import { describe, expect, test } from 'vitest';
import { authorizedFirst, declaredLoaders } from '../support/house/policy-rules.js';
import { only, type Rule } from '../support/house/rules.js';
import { filesIn, folderOf, importsOf, roleOf, type Source, sourcesIn } from '../support/house/sources.js';

const MAX_LINES = 300;
const MAX_FILES = 20;
/** Passes the whole environment to `loadConfig`. No other file may. */
const SETTINGS = 'src/cli/terminal/settings.ts';
/** Has fixed settings, and reads only PORT and HOST from the environment. */
const DEMO = 'src/cli/commands/demo.ts';

/** The files of the program. */
const sources = sourcesIn('src', 'migrations');
/** The files of the tests. */
const tests = sourcesIn('test');

const environmentInOneFile: Rule = ({ path, text }) => {
  const reads = text.split('process.env').length - 1;
  const proper =
    path === SETTINGS
      ? text.split(/(?:loadConfig|loadGraphSettings|describeSettings)\(process\.env[,)]/).length - 1
      : path === DEMO
        ? text.split('const { PORT, HOST } = process.env;').length - 1
        : 0;
  return reads > proper ? [`${path} reads process.env`] : [];
};

const shortFile: Rule = ({ path, text }) => {
  const lines = text.trimEnd().split('\n').length;
  return lines > MAX_LINES ? [`${path} has ${lines} lines`] : [];
};

/** Files with these roles import no file with a forbidden role. */
function roles(from: readonly string[], forbidden: readonly string[]): Rule {
  return (source) =>
    from.includes(roleOf(source.path))
      ? importsOf(source)
          .filter((target) => forbidden.includes(roleOf(target)))
          .map((target) => `${source.path} imports ${target}`)
      : [];
}

/** Files with these roles import no forbidden package and no part of one. */
/** REST declares operations: what is right is said by use cases, and what is stored is read by loaders. */
function restWithoutRules({ path, text }: Source): string[] {
  if (!path.startsWith('src/rest/')) return [];
  const pattern =
    /from '(?:kysely|graphql)'|\/(?:graphql|sqlite)\/|\.(?:store|table|input)\.js'|new InvalidInputError\(/;
  const match = pattern.exec(text);
  return match ? [`${path} has ${match[0]}`] : [];
}

function packages(from: readonly string[], forbidden: readonly string[]): Rule {
  return (source) =>
    from.includes(roleOf(source.path))
      ? importsOf(source)
          .filter((target) => forbidden.some((name) => target === name || target.startsWith(`${name}/`)))
          .map((target) => `${source.path} imports ${target}`)
      : [];
}

/** May import the tables of features: one finds users for all of them, the other copies their rows. */
const ACROSS_FEATURES = ['src/db/finding', 'src/moving'];

const ownStorageOnly: Rule = (source) =>
  (ACROSS_FEATURES.includes(folderOf(source.path)) ? [] : importsOf(source))
    .filter((target) => target.startsWith('src/') && folderOf(target) !== folderOf(source.path))
    .filter((target) => {
      const role = roleOf(target);
      return role === 'store' || role === 'table';
    })
    .map((target) => `${source.path} imports ${target}`);

/** The files of the program that migrations may import, which declare types for them. */
const MIGRATIONS_MAY_IMPORT = ['src/db/handle.ts', 'src/db/migrator.ts'];

/** A later change of a rule would change a released migration, so migrations use copies in `migrations/frozen`. */
const frozenMigrations: Rule = (source) =>
  source.path.startsWith('migrations/')
    ? importsOf(source)
        .filter((target) => target.startsWith('src/') && !MIGRATIONS_MAY_IMPORT.includes(target))
        .map((target) => `${source.path} imports ${target}`)
    : [];

interface HouseRule {
  readonly rule: Rule;
  /** Whether the rule also applies to tests. */
  readonly alsoInTests?: true;
  readonly bad: readonly Source[];
  readonly good?: readonly Source[];
}

const rules: Record<string, HouseRule> = {
  'only the clock reads the time': {
    rule: only(/Date\.now\(|new Date\(/, 'src/runtime/clock.ts'),
    bad: [
      { path: 'src/a.ts', text: 'const now = Date.now();' },
      { path: 'src/a.ts', text: 'const now = new Date();' },
    ],
    good: [{ path: 'src/runtime/clock.ts', text: 'Date.now()' }],
  },
  'random values come from one file': {
    rule: only(/randomBytes|randomInt/, 'src/runtime/random.ts'),
    bad: [{ path: 'src/a.ts', text: "import { randomInt } from 'node:crypto';" }],
    good: [{ path: 'src/runtime/random.ts', text: 'randomBytes(1)' }],
  },
  'no file uses Math.random': {
    rule: only(/Math\.random/),
    bad: [{ path: 'src/runtime/random.ts', text: 'Math.random()' }],
  },
  'only the command line reads the environment, for loadConfig': {
    rule: environmentInOneFile,
    bad: [
      { path: 'src/app.ts', text: 'loadConfig(process.env)' },
      { path: SETTINGS, text: 'loadConfig(process.env); process.env.PORT' },
      { path: 'src/cli/serve.ts', text: 'loadConfig(process.env)' },
      { path: 'src/cli/commands/demo.ts', text: 'const { PORT, HOST } = process.env; process.env.SMTP_URL' },
    ],
    good: [{ path: SETTINGS, text: 'return loadConfig(process.env);' }],
  },
  'files are short': {
    rule: shortFile,
    alsoInTests: true,
    bad: [{ path: 'src/a.ts', text: 'x\n'.repeat(MAX_LINES + 1) }],
    good: [{ path: 'src/a.ts', text: 'x\n'.repeat(MAX_LINES) }],
  },
  'no file has a note for later work': {
    // The parts are joined, so that this file does not contain the words itself.
    rule: only(new RegExp(['TO', 'DO|FIX', 'ME'].join(''))),
    bad: [{ path: 'src/a.ts', text: `// ${'TO'}${'DO'}: think` }],
  },
  'the GraphQL layer does not use SQL': {
    rule: packages(['graphql'], ['kysely']),
    bad: [{ path: 'src/users/user.graphql.ts', text: "import { sql } from 'kysely';" }],
    good: [{ path: 'src/users/user.store.ts', text: "import { sql } from 'kysely';" }],
  },
  'the REST layer has neither SQL nor rules of the domain': {
    rule: restWithoutRules,
    bad: [
      { path: 'src/rest/door.ts', text: "import { sql } from 'kysely';" },
      { path: 'src/rest/operations/users.rest.ts', text: "import * as store from '../../users/user.store.js';" },
      { path: 'src/rest/operations/users.rest.ts', text: "import { parsePatch } from '../../users/user.input.js';" },
      { path: 'src/rest/objects/user.ts', text: "import { toUser } from '../../users/user.table.js';" },
      {
        path: 'src/rest/operations/users.rest.ts',
        text: "import { User } from '../../graphql/users/user.graphql.js';",
      },
      { path: 'src/rest/operations/users.rest.ts', text: "new InvalidInputError('INVALID_INPUT', 'No.', ['email'])" },
    ],
    good: [{ path: 'src/users/user.service.ts', text: "import * as store from './user.store.js';" }],
  },
  'use cases and storage do not import GraphQL': {
    rule: packages(['service', 'loaders', 'store', 'table'], ['graphql', 'graphql-yoga']),
    bad: [
      { path: 'src/users/user.service.ts', text: "import { GraphQLError } from 'graphql';" },
      { path: 'src/users/user.store.ts', text: "import type { Plugin } from 'graphql-yoga';" },
      { path: 'src/users/user.table.ts', text: "import 'graphql/error/index.js';" },
    ],
    good: [{ path: 'src/graphql/errors.ts', text: "import { GraphQLError } from 'graphql';" }],
  },
  'stores and tables are the lowest layer': {
    rule: roles(['store', 'table'], ['service', 'graphql', 'loaders']),
    bad: [
      { path: 'src/users/user.store.ts', text: "import type { UserService } from '../../src/users/user.service.js';" },
      { path: 'src/users/user.table.ts', text: "import { User } from '../../src/graphql/users/user.graphql.js';" },
      { path: 'src/users/user.store.ts', text: "const late = await import('../../src/users/user.loaders.js');" },
    ],
    good: [
      { path: 'src/users/user.store.ts', text: "import type { UserTable } from '../../src/users/user.table.js';" },
    ],
  },
  'a use case authorizes its viewer first': {
    rule: authorizedFirst,
    bad: [
      { path: 'src/users/user.service.ts', text: '    async listUsers(viewer, query) {\n      return store.page();' },
      { path: 'src/users/user.service.ts', text: '    countUsers: (viewer) => store.count(),' },
      { path: 'src/users/user.service.ts', text: '    countUsers: async (viewer) =>\n      store.count(),' },
      { path: 'src/users/user.service.ts', text: '    async *pages(viewer, all) {\n      let after = null;' },
      {
        path: 'src/users/user.service.ts',
        text: "    async a(viewer) {\n      await look();\n      authorize(viewer, 'users.a');",
      },
    ],
    good: [
      { path: 'src/users/user.service.ts', text: "    async a(viewer, id) {\n      authorize(viewer, 'users.a');" },
      { path: 'src/users/user.service.ts', text: "    async a(viewer, b) {\n      authorize(viewer, 'users.a', b);" },
      { path: 'src/users/user.service.ts', text: '    find: (trx, viewer) => store.find(trx),' },
    ],
  },
  'loaders are declared with their action': {
    rule: declaredLoaders,
    bad: [
      { path: 'src/users/user.loaders.ts', text: 'export function createUserLoaders(db: Handle) {' },
      { path: 'src/users/user.graphql.ts', text: 'const users = new DataLoader(load);' },
    ],
    good: [
      { path: 'src/users/user.loaders.ts', text: "export const userLoaders = defineLoaders('users.read', () => ({" },
    ],
  },
  'use cases do not import the GraphQL layer': {
    rule: roles(['service', 'loaders'], ['graphql']),
    bad: [
      { path: 'src/users/user.service.ts', text: "import { User } from '../../src/graphql/users/user.graphql.js';" },
      { path: 'src/users/user.loaders.ts', text: "import { User } from '../../src/graphql/users/user.graphql.js';" },
    ],
    good: [
      { path: 'src/users/user.graphql.ts', text: "import { Node } from '../../src/graphql/builder/node.graphql.js';" },
    ],
  },
  'migrations do not depend on the program': {
    rule: frozenMigrations,
    bad: [
      { path: 'migrations/0002-a.ts', text: "import { normalizeEmail } from '../../src/users/user.js';" },
      { path: 'migrations/frozen/texts.ts', text: "import { normalizeText } from '../../src/input/text.js';" },
    ],
    good: [
      { path: 'migrations/0002-a.ts', text: "import type { Migration } from '../../src/db/migrator.js';" },
      { path: 'migrations/0002-a.ts', text: "import { normalizeText } from '../../migrations/frozen/texts.js';" },
      { path: 'src/app.ts', text: "import { createServices } from '../../src/services.js';" },
    ],
  },
  'a feature does not import the store or table of another': {
    rule: ownStorageOnly,
    bad: [
      { path: 'src/applications/a.service.ts', text: "import * as store from '../../src/users/user.store.js';" },
      {
        path: 'src/applications/a.store.ts',
        text: "import type {\n  UserRow,\n} from '../../src/users/user.table.js';",
      },
      { path: 'src/app.ts', text: "export { find } from '../../src/users/user.store.js';" },
    ],
    good: [
      { path: 'src/users/user.service.ts', text: "import * as store from '../../src/users/user.store.js';" },
      { path: 'src/applications/a.service.ts', text: "import { normalizeEmail } from '../../src/users/user.js';" },
    ],
  },
};

test('finds the files', () => {
  const paths = sources.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['src/main.ts', 'src/users/user.ts', 'migrations/index.ts']));
  expect(tests.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['test/house/house-rules.test.ts', 'test/frontends/relay/main.tsx']),
  );
});

describe.each(Object.entries(rules))('%s', (_, { rule, alsoInTests = false, bad, good = [] }) => {
  test('every file keeps the rule', () => {
    expect((alsoInTests ? [...sources, ...tests] : sources).flatMap(rule)).toEqual([]);
  });

  test('the rule detects a violation', () => {
    expect(bad.filter((source) => rule(source).length === 0)).toEqual([]);
    expect(good.flatMap(rule)).toEqual([]);
  });
});

/** Returns the folders with too many files, each with the number of files. */
function fullFolders(paths: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const path of paths) counts.set(folderOf(path), (counts.get(folderOf(path)) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > MAX_FILES).map(([folder, count]) => `${folder} has ${count} files`);
}

describe('the size of folders', () => {
  test('every folder has at most MAX_FILES files', () => {
    expect(fullFolders(['src', 'test', 'migrations'].flatMap(filesIn))).toEqual([]);
  });

  test('the rule detects a violation', () => {
    const files = (folder: string, count: number) => Array.from({ length: count }, (_, i) => `${folder}/${i}.ts`);
    expect(fullFolders([...files('src/a', MAX_FILES + 1), ...files('src/a/b', MAX_FILES)])).toEqual([
      `src/a has ${MAX_FILES + 1} files`,
    ]);
  });
});
