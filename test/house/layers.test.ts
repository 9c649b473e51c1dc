import { describe, expect, test } from 'vitest';
import { codeOf, folderOf, importsOf, type Source, sourcesIn } from '../support/house/sources.js';

/** The folders of domain concepts, lowest layer first. */
const DOMAIN_FOLDERS = [
  'events',
  'idempotency',
  'passwords/hashes',
  'passwords',
  'users',
  'mailboxes',
  'one-time-codes',
  'mail',
  'email-change',
  'email-verification',
  'environments',
  'staff',
  'sessions',
  'api-keys',
  'tokens',
  'organizations',
  'applications',
  'webhooks',
  'transfers',
  'samples',
] as const;

/** The folders of the GraphQL schema, lowest layer first. */
const GRAPHQL_FOLDERS = [
  'builder',
  'bounds',
  'compiled',
  'persons',
  'federation',
  'execution',
  'idempotency',
  'environments',
  'api-keys',
  'viewer',
  'passwords',
  'users',
  'organizations',
  'applications',
  'one-time-codes',
  'mail',
  'email-verification',
  'email-change',
  'sessions',
  'events',
  'webhooks',
] as const;

/** The layers of the source, lowest first. A file imports only from its own folder and from lower layers. */
const LAYERS: readonly string[] = [
  'client',
  'runtime',
  'router',
  'domain',
  'scheduling',
  'paging',
  'input',
  'secrets',
  'db',
  'auth',
  ...DOMAIN_FOLDERS,
  'event-catalog',
  'db/finding',
  'db/sqlite',
  'db/postgres',
  'services',
  'use-cases',
  'http',
  'http/routes',
  'sharing',
  'config',
  'storage',
  'moving',
  'rest/protocol',
  'rest/objects',
  'rest/operations',
  'rest',
  'graphql/errors',
  ...GRAPHQL_FOLDERS.map((folder) => `graphql/${folder}`),
  'graphql',
  'telemetry',
  'app',
  'index',
  'doctor',
  'cli/server',
  'cli/terminal',
  'cli/commands',
  'cli',
  'main',
].map((folder) => `src/${folder}`);

/** Words that only the SQLite engine understands. Comments are ignored. */
const ENGINE_WORDS =
  /\b(?:pragma|fts5|json_each|json_extract|rowid|indexed by|cross join|data_version|glob|total_changes|sqlite_\w+|SQLITE_\w+|better-sqlite3)\b|-wal\b/i;

/** Returns the imports of a file from layers that are not below its own. */
function upwardImports(source: Source): string[] {
  const from = folderOf(source.path);
  const level = LAYERS.indexOf(from);
  if (level === -1) return [`${from} is in no layer`];
  return importsOf(source)
    .filter((target) => target.startsWith('src/') && folderOf(target) !== from)
    .filter((target) => LAYERS.indexOf(folderOf(target)) > level || !LAYERS.includes(folderOf(target)))
    .map((target) => `${source.path} imports ${target}`);
}

/** Returns the import cycles between folders, each as the path from a folder back to itself. */
function cyclesIn(sources: readonly Source[]): string[] {
  const targets = new Map<string, Set<string>>();
  for (const source of sources) {
    const from = folderOf(source.path);
    const own = targets.get(from) ?? new Set();
    targets.set(from, own);
    for (const target of importsOf(source)) {
      if (target.startsWith('src/') && folderOf(target) !== from) own.add(folderOf(target));
    }
  }
  const finished = new Set<string>();
  const cycles: string[] = [];
  const visit = (folder: string, path: readonly string[]): void => {
    const start = path.indexOf(folder);
    if (start !== -1) cycles.push([...path.slice(start), folder].join(' → '));
    if (start !== -1 || finished.has(folder)) return;
    for (const target of targets.get(folder) ?? []) visit(target, [...path, folder]);
    finished.add(folder);
  };
  for (const folder of targets.keys()) visit(folder, []);
  return cycles;
}

function engineWords({ path, text }: Source): string[] {
  if (path.startsWith('src/db/sqlite/')) return [];
  // Other folders may name the folder of the engine in an import.
  const match = ENGINE_WORDS.exec(codeOf(text).replace(/'[./]*db\/sqlite\/[^']*'/g, ''));
  return match ? [`${path} has ${match[0]}`] : [];
}

const sources = sourcesIn('src');
const file = (path: string, text: string): Source => ({ path, text });

describe('imports point to lower layers', () => {
  test('in every file', () => {
    expect(sources.flatMap(upwardImports)).toEqual([]);
  });

  test('every layer has files', () => {
    const folders = new Set(sources.map(({ path }) => folderOf(path)));
    expect(LAYERS.filter((folder) => !folders.has(folder))).toEqual([]);
  });

  test('the rule detects a violation', () => {
    expect(upwardImports(file('src/users/a.ts', "import { b } from '../graphql/b.js';"))).toHaveLength(1);
    expect(upwardImports(file('src/db/a.ts', "const b = await import('../users/b.js');"))).toHaveLength(1);
    expect(upwardImports(file('src/misc/a.ts', ''))).toEqual(['src/misc is in no layer']);
    expect(upwardImports(file('src/graphql/users/a.ts', "import { b } from '../../users/b.js';"))).toEqual([]);
  });
});

describe('folders form no import cycle', () => {
  test('in the source', () => {
    expect(cyclesIn(sources)).toEqual([]);
  });

  test('the rule detects a cycle over any number of folders', () => {
    const a = file('src/a/one.ts', "import '../b/two.js';");
    const b = file('src/b/two.ts', "import type { Three } from '../c/three.js';");
    const c = file('src/c/three.ts', "import('../a/one.js');");
    expect(cyclesIn([a, b, c])).toEqual(['src/a → src/b → src/c → src/a']);
    expect(cyclesIn([a, b])).toEqual([]);
  });
});

describe('words of the SQLite engine occur only in its folder', () => {
  test('in every file', () => {
    expect(sources.flatMap(engineWords)).toEqual([]);
  });

  test('the rule detects a violation', () => {
    const breaches = [
      'sql`select * from users indexed by users_by_name`',
      'sql`select value from json_each(list)`',
      "sqlite.pragma('journal_mode')",
      "if (error.code === 'SQLITE_FULL') return;",
      "import BetterSqlite3 from 'better-sqlite3';",
      'statSync(`usergraph.db-wal`)',
    ];
    expect(breaches.filter((text) => engineWords(file('src/users/user.store.ts', text)).length === 0)).toEqual([]);
    expect(engineWords(file('src/db/sqlite/engine.ts', breaches.join('\n')))).toEqual([]);
    expect(
      engineWords(file('src/app.ts', "import { openSqlite } from '../../src/db/sqlite/database.js'; // pragma")),
    ).toEqual([]);
  });
});
