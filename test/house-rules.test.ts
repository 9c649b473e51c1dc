import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/** One file: its path from the root of the project, e.g. `src/users/user.ts`, and its text. */
interface Source {
  readonly path: string;
  readonly text: string;
}

/** What a rule finds wrong with one file. */
type Rule = (source: Source) => string[];

const MAX_LINES = 300;
/** The process edge: hands the whole environment to `loadConfig`. */
const SETTINGS = 'src/cli/settings.ts';
/** Brings settings of its own to `loadConfig` and takes from the environment only where to listen. */
const DEMO = 'src/cli/demo.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const sources: readonly Source[] = ['src', 'migrations'].flatMap((folder) =>
  readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })
    // What a tool writes keeps the rules of the tool.
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.generated.ts'))
    .map((path) => {
      const fromRoot = `${folder}/${path.replaceAll('\\', '/')}`;
      return { path: fromRoot, text: readFileSync(`${root}/${fromRoot}`, 'utf8') };
    }),
);

/** The pattern stands in no file but these. */
function only(pattern: RegExp, ...allowed: string[]): Rule {
  return ({ path, text }) => {
    const match = allowed.includes(path) ? null : pattern.exec(text);
    return match ? [`${path} has ${match[0]}`] : [];
  };
}

const environmentAtTheEdge: Rule = ({ path, text }) => {
  const reads = text.split('process.env').length - 1;
  const proper =
    path === SETTINGS
      ? text.split(/(?:loadConfig|loadGraphSettings|describeSettings)\(process\.env\)/).length - 1
      : path === DEMO
        ? text.split('const { PORT, HOST } = process.env;').length - 1
        : 0;
  return reads > proper ? [`${path} reads process.env`] : [];
};

const shortFile: Rule = ({ path, text }) => {
  const lines = text.trimEnd().split('\n').length;
  return lines > MAX_LINES ? [`${path} has ${lines} lines`] : [];
};

/** Modules the file imports, statically or not, for types or values; relative ones as paths from the root. */
function importsOf({ path, text }: Source): string[] {
  const matches = text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\s*\(\s*)['"]([^'"]+)['"]/g);
  return [...matches].map(([, target = '']) =>
    target.startsWith('.') ? new URL(target, `file:///${path}`).pathname.slice(1).replace(/\.js$/, '.ts') : target,
  );
}

/** The suffix that tells what a file is for, e.g. `service` of `src/users/user.service.ts`. */
function roleOf(path: string): string {
  return /\.([a-z]+)\.ts$/.exec(path)?.[1] ?? '';
}

function folderOf(path: string): string {
  return path.split('/').slice(0, -1).join('/');
}

/** Files of these roles import no file of those roles. */
function roles(from: readonly string[], forbidden: readonly string[]): Rule {
  return (source) =>
    from.includes(roleOf(source.path))
      ? importsOf(source)
          .filter((target) => forbidden.includes(roleOf(target)))
          .map((target) => `${source.path} imports ${target}`)
      : [];
}

/** Files of these roles import none of these packages, nor parts of them. */
function packages(from: readonly string[], forbidden: readonly string[]): Rule {
  return (source) =>
    from.includes(roleOf(source.path))
      ? importsOf(source)
          .filter((target) => forbidden.some((name) => target === name || target.startsWith(`${name}/`)))
          .map((target) => `${source.path} imports ${target}`)
      : [];
}

const featureWalls: Rule = (source) =>
  importsOf(source)
    .filter((target) => target.startsWith('src/') && folderOf(target) !== folderOf(source.path))
    .filter((target) => {
      const role = roleOf(target);
      // db/tables.ts lists every table for Kysely.
      return role === 'store' || (role === 'table' && source.path !== 'src/db/tables.ts');
    })
    .map((target) => `${source.path} imports ${target}`);

const rules: Record<string, { rule: Rule; bad: readonly Source[]; good?: readonly Source[] }> = {
  'only the clock tells the time': {
    rule: only(/Date\.now\(|new Date\(/, 'src/clock.ts'),
    bad: [
      { path: 'src/a.ts', text: 'const now = Date.now();' },
      { path: 'src/a.ts', text: 'const now = new Date();' },
    ],
    good: [{ path: 'src/clock.ts', text: 'Date.now()' }],
  },
  'chance comes from one file': {
    rule: only(/randomBytes|randomInt/, 'src/random.ts'),
    bad: [{ path: 'src/a.ts', text: "import { randomInt } from 'node:crypto';" }],
    good: [{ path: 'src/random.ts', text: 'randomBytes(1)' }],
  },
  'chance is never the weak one': {
    rule: only(/Math\.random/),
    bad: [{ path: 'src/random.ts', text: 'Math.random()' }],
  },
  'the environment is read at the edge, for loadConfig': {
    rule: environmentAtTheEdge,
    bad: [
      { path: 'src/app.ts', text: 'loadConfig(process.env)' },
      { path: SETTINGS, text: 'loadConfig(process.env); process.env.PORT' },
      { path: 'src/cli/serve.ts', text: 'loadConfig(process.env)' },
      { path: 'src/cli/demo.ts', text: 'const { PORT, HOST } = process.env; process.env.SMTP_URL' },
    ],
    good: [{ path: SETTINGS, text: 'return loadConfig(process.env);' }],
  },
  'files are short': {
    rule: shortFile,
    bad: [{ path: 'src/a.ts', text: 'x\n'.repeat(MAX_LINES + 1) }],
    good: [{ path: 'src/a.ts', text: 'x\n'.repeat(MAX_LINES) }],
  },
  'nothing is left for later': {
    // Put together, so that this file holds no such mark itself.
    rule: only(new RegExp(['TO', 'DO|FIX', 'ME'].join(''))),
    bad: [{ path: 'src/a.ts', text: `// ${'TO'}${'DO'}: think` }],
  },
  'the graph knows no SQL': {
    rule: packages(['graphql'], ['kysely']),
    bad: [{ path: 'src/users/user.graphql.ts', text: "import { sql } from 'kysely';" }],
    good: [{ path: 'src/users/user.store.ts', text: "import { sql } from 'kysely';" }],
  },
  'use cases and storage know no GraphQL': {
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
      { path: 'src/users/user.store.ts', text: "import type { UserService } from './user.service.js';" },
      { path: 'src/users/user.table.ts', text: "import { User } from './user.graphql.js';" },
      { path: 'src/users/user.store.ts', text: "const late = await import('./user.loaders.js');" },
    ],
    good: [{ path: 'src/users/user.store.ts', text: "import type { UserTable } from './user.table.js';" }],
  },
  'use cases know no graph': {
    rule: roles(['service', 'loaders'], ['graphql']),
    bad: [
      { path: 'src/users/user.service.ts', text: "import { User } from './user.graphql.js';" },
      { path: 'src/users/user.loaders.ts', text: "import { User } from './user.graphql.js';" },
    ],
    good: [{ path: 'src/users/user.graphql.ts', text: "import { Node } from '../graphql/node.graphql.js';" }],
  },
  "a feature leaves another's store and table alone": {
    rule: featureWalls,
    bad: [
      { path: 'src/applications/a.service.ts', text: "import * as store from '../users/user.store.js';" },
      { path: 'src/applications/a.store.ts', text: "import type {\n  UserRow,\n} from '../users/user.table.js';" },
      { path: 'src/app.ts', text: "export { find } from './users/user.store.js';" },
    ],
    good: [
      { path: 'src/users/user.service.ts', text: "import * as store from './user.store.js';" },
      { path: 'src/db/tables.ts', text: "import type { UserTable } from '../users/user.table.js';" },
      { path: 'src/applications/a.service.ts', text: "import { normalizeEmail } from '../users/user.js';" },
    ],
  },
};

test('the files are found', () => {
  const paths = sources.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['src/main.ts', 'src/users/user.ts', 'migrations/index.ts']));
});

describe.each(Object.entries(rules))('%s', (_, { rule, bad, good = [] }) => {
  test('in every file', () => {
    expect(sources.flatMap(rule)).toEqual([]);
  });

  test('and a breach is seen', () => {
    expect(bad.filter((source) => rule(source).length === 0)).toEqual([]);
    expect(good.flatMap(rule)).toEqual([]);
  });
});
