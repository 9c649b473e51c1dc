import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { postgresMigrations } from '../../migrations/index.js';

/** What servers that only speak the protocol of PostgreSQL, poolers and sharding do not have. */
const UNUSED = {
  'a sequence, which makes one hot page': /\b(?:serial|bigserial|nextval|generated \w+ as identity)\b/i,
  'state of a session':
    /\b(?:set session|set (?:search_path|statement_timeout|lock_timeout|role|timezone)|reset all|discard all|with hold)\b/i,
  'a temporary table': /\b(?:temp|temporary) table\b/i,
  'an extension': /\bcreate extension\b/i,
  'a lock of a table': /\block table\b/i,
  'an advisory lock outside migration': /\bpg_(?:try_)?advisory_lock\b|\bpg_try_advisory_xact_lock\b/i,
} as const;

const statements = postgresMigrations.flatMap((step) => step.statements).filter((one) => typeof one === 'string');
const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: readFileSync(`src/${path}`, 'utf8') }));

/** Names that are unique over all environments, on purpose. */
const GLOBAL = ['environments', 'issuers_issuer_unique'];

/** Keys and unique indices that do not begin with the environment. */
function globalKeysIn(sql: readonly string[]): string[] {
  return sql.flatMap((statement) => {
    const [, table = ''] = /^create table (\w+)/.exec(statement) ?? [];
    const [, index = '', columns = ''] = /^create unique index (\w+)\s+on \w+ \(([^)]*)/.exec(statement) ?? [];
    const lists = [...statement.matchAll(/(?:primary key|foreign key|unique) \(([^)]*)\)/g)].map(
      ([, list = '']) => list,
    );
    const own = /^\s*(\w+) [^\n]*(?:primary key|unique)/m.exec(statement)?.[1];
    const all = [...lists, ...(columns === '' ? [] : [columns]), ...(table !== '' && own ? [own] : [])];
    return all.some((list) => !/^\(?environment_id\b/.test(list)) ? [index || table] : [];
  });
}

describe('the schema of PostgreSQL', () => {
  test('has keys that begin with the environment, to distribute by', () => {
    expect(globalKeysIn(statements)).toEqual(GLOBAL);
    expect(statements.filter((one) => one.startsWith('create table')).length).toBeGreaterThan(25);
  });

  test('control: a key of another column is found', () => {
    expect(globalKeysIn(['create table a (\n  id text primary key\n)'])).toEqual(['a']);
    expect(
      globalKeysIn(['create unique index b on a (id)', 'create unique index c on a (environment_id, id)']),
    ).toEqual(['b']);
  });

  test.each(Object.entries(UNUSED))('and its statements do not use %s', (_, words) => {
    const written = sources.filter(({ path }) => /^db\/|\.store\.ts$/.test(path) && !path.startsWith('db/sqlite/'));
    expect(statements.filter((one) => words.test(one))).toEqual([]);
    expect(written.filter(({ text }) => words.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

/** What servers of the version before would miss: see "Updates" in docs/several-machines.md. */
const CONTRACTS = /\bdrop (?:table|column)\b|\brename\b|\bset not null\b|\balter column \w+ type\b/i;

test('steps after the first one only add, so that servers of the version before go on', () => {
  const later = postgresMigrations.slice(1).flatMap((step) => step.statements);
  expect(later.filter((one) => typeof one === 'string' && CONTRACTS.test(one))).toEqual([]);
  expect(CONTRACTS.test('alter table users drop column name')).toBe(true);
});

test('control: the words are found', () => {
  const samples = [
    'id bigserial',
    'set search_path = x',
    'create temporary table x',
    'create extension x',
    'lock table x',
  ];
  for (const [index, sample] of [...samples, 'select pg_advisory_lock(1)'].entries()) {
    expect(Object.values(UNUSED)[index]?.test(sample)).toBe(true);
  }
});
