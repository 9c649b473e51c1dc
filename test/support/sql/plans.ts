import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { TestApp } from '../test-app.js';

/** A statement, and the values that were bound to it. */
export interface Query {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

interface Step {
  readonly id: number;
  readonly parent: number;
  readonly detail: string;
}

/** The plan of a statement with these values, a step a line. */
export function planOf(sqlite: Database.Database, { sql, parameters }: Query): Step[] {
  return sqlite.prepare<unknown[], Step>(`explain query plan ${sql}`).all(...parameters);
}

/** What is wrong with the plan of a statement: what it reads grows with the environment, or it sorts what it has read. */
export function faultsOf(sqlite: Database.Database, query: Query): string[] {
  const steps = planOf(sqlite, query);
  return steps.filter((step) => isFault(step, steps, query.sql)).map(({ detail }) => detail);
}

function isFault({ detail, parent }: Step, plan: readonly Step[], sql: string): boolean {
  const siblings = plan.filter((step) => step.parent === parent).map((step) => step.detail);
  // What an index of a condition leads to was counted before, and is sorted; all users of an environment never are.
  if (detail.includes('USE TEMP B-TREE')) {
    const details = plan.map((step) => step.detail);
    return !details.some(isNarrow) || details.some(isAllUsers);
  }
  const [, table = '', range] = /^SEARCH (\S+)(?: .*)? \(environment_id=\?((?: AND \w+[<>]\?)*)\)$/.exec(detail) ?? [];
  // The environment alone, or from a place on to its end: no more than a slice of it, if it is cut off in this order.
  if (table !== '' && !FEW.includes(table) && !(range !== '' && isCounted(table, sql))) {
    return siblings.some((step) => step.includes('USE TEMP B-TREE')) || !hasLimit(sql, table);
  }
  // json_each is the list of a request; CONSTANT ROW is the VALUES of an upsert. An index scan is a scan all the same.
  if (!detail.startsWith('SCAN ') || detail.includes('VIRTUAL TABLE') || detail === 'SCAN CONSTANT ROW') return false;
  // A subquery is judged by its own steps.
  const name = detail.slice('SCAN '.length);
  const isSubquery = ({ detail: other }: Step) =>
    /^(CO-ROUTINE|MATERIALIZE) /.test(other) && other.endsWith(` ${name}`);
  return !name.startsWith('(subquery') && !plan.some(isSubquery);
}

/** Tables that have a row or two for an environment. */
const FEW = ['event_sequences', 'search_spaces', 'user_totals'];

/** Whether it is a range of users by an index that is named: those in it were counted before, and are few. */
function isCounted(table: string, sql: string): boolean {
  return table === 'users' && sql.includes('from users indexed by');
}

/** An index is read by more than the environment, or the index of words is. */
function isNarrow(step: string): boolean {
  return /^SEARCH (users|hit) .*\(environment_id=\? AND /.test(step) || /^SCAN hit VIRTUAL TABLE INDEX .*M/.test(step);
}

function isAllUsers(step: string): boolean {
  return /^SEARCH users .*\(environment_id=\?\)$/.test(step);
}

/** Whether the SELECT that reads from this table, or this name of a table, has a LIMIT of its own. */
export function hasLimit(sql: string, name: string): boolean {
  const tokens = [...sql.toLowerCase().matchAll(/"[^"]*"|[a-z_]\w*|[^\s\w]/g)].map(([token]) =>
    token.replaceAll('"', ''),
  );
  return tokens.some((token, at) => {
    if (token !== name.toLowerCase() || !isTable(tokens, at)) return false;
    let depth = 0;
    for (const next of tokens.slice(at)) {
      if (next === '(') depth++;
      if (next === ')' && --depth < 0) return false;
      if (depth === 0 && next === 'limit') return true;
      if (depth === 0 && next === 'union') return false;
    }
    return false;
  });
}

/** Whether the token is what a table is called: it, or the table whose name it is, follows `from`, `join` or `update`. */
function isTable(tokens: readonly string[], at: number): boolean {
  const before = (steps: number) => tokens[at - steps] ?? '';
  const introduces = (token: string) => ['from', 'join', 'update'].includes(token);
  return introduces(before(1)) || (before(1) === 'as' && introduces(before(3)));
}

/** Contents of the tables of statistics. */
export type Statistics = Readonly<Record<'sqlite_stat1' | 'sqlite_stat4', readonly Record<string, unknown>[]>>;

/** The statistics that ANALYZE makes of the file of an app. */
export function statisticsOf(app: Pick<TestApp, 'folder'>): Statistics {
  return withCopy(app, (sqlite) => {
    sqlite.exec('analyze');
    const rows = (table: string) => sqlite.prepare<[], Record<string, unknown>>(`select * from ${table}`).all();
    return { sqlite_stat1: rows('sqlite_stat1'), sqlite_stat4: rows('sqlite_stat4') };
  });
}

/** The statements that matter here: what reads, also to change or remove. */
export function isJudged({ sql }: Query): boolean {
  return /^(with|select|update|delete)\b/i.test(sql.trim());
}

/**
 * Judges statements on the file of an app in three states: without statistics, with those that are made of it now, and
 * with old ones.
 *
 * @returns the faults of each faulty statement, by state
 */
export function judge(
  app: Pick<TestApp, 'folder'>,
  queries: Iterable<Query>,
  old: Statistics,
): { judged: string[]; faulty: Record<string, Record<string, string[]>> } {
  const judged = [...queries].filter(isJudged);
  const states: Record<string, (sqlite: Database.Database) => void> = {
    'without statistics': () => {},
    'with full statistics': (sqlite) => sqlite.exec('analyze'),
    'with old statistics': (sqlite) => putStatistics(sqlite, old),
  };
  const faulty: Record<string, Record<string, string[]>> = {};
  for (const [state, prepare] of Object.entries(states)) {
    withCopy(app, (sqlite) => {
      // A connection reads statistics when it opens.
      prepare(sqlite);
      const fresh = new Database(sqlite.name, { readonly: true });
      for (const query of judged) {
        const faults = faultsOf(fresh, query);
        if (faults.length > 0) faulty[query.sql] = { ...faulty[query.sql], [state]: faults };
      }
      fresh.close();
    });
  }
  return { judged: judged.map(({ sql }) => sql), faulty };
}

function putStatistics(sqlite: Database.Database, statistics: Statistics): void {
  sqlite.exec('analyze');
  for (const [table, rows] of Object.entries(statistics)) {
    sqlite.exec(`delete from ${table}`);
    for (const row of rows) {
      const columns = Object.keys(row);
      sqlite
        .prepare(`insert into ${table} (${columns.join()}) values (${columns.map(() => '?').join()})`)
        .run(...Object.values(row));
    }
  }
}

/** Opens a copy of the file of an app, which goes afterwards. */
function withCopy<T>({ folder }: Pick<TestApp, 'folder'>, use: (sqlite: Database.Database) => T): T {
  const place = mkdtempSync(join(tmpdir(), 'usergraph-plans-'));
  try {
    // The write-ahead log belongs to the file.
    for (const end of ['', '-wal']) copyFileSync(join(folder, `test.db${end}`), join(place, `copy.db${end}`));
    const sqlite = new Database(join(place, 'copy.db'));
    try {
      return use(sqlite);
    } finally {
      sqlite.close();
    }
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
