import { Session } from 'node:inspector/promises';
import Database from 'better-sqlite3';
import type { Query } from './plans.js';
import { planOf } from './plans.js';

/** The text of one file: each statement, and its plan without statistics. */
export function toText(file: string, queries: readonly Query[]): string {
  const sqlite = new Database(file, { readonly: true });
  const parts = queries.map((query) => {
    const plan = planOf(sqlite, query);
    const depth = new Map<number, number>([[0, 0]]);
    const steps = plan.map(({ id, parent, detail }) => {
      depth.set(id, (depth.get(parent) ?? 0) + 1);
      return `--   ${'  '.repeat(depth.get(parent) ?? 0)}${detail}`;
    });
    return `${layOut(query.sql)};\n${steps.join('\n')}\n`;
  });
  sqlite.close();
  return `-- Made by "npm run statements". A statement is followed by its plan.\n\n${parts.sort().join('\n')}`;
}

/** Breaks lines before clauses, so that a change of one is a change of one line. Our SQL has no texts with such words. */
function layOut(sql: string): string {
  const words = 'from|cross join|where|and|order by|group by|limit|set|values|returning|on conflict|union';
  return sql
    .replace(/\s+/g, ' ')
    .trim()
    .replace(new RegExp(` (${words})\\b`, 'g'), (_, word: string) => `\n  ${word}`);
}

/** Notes which functions are called, until it is asked. */
export async function watchFunctions(): Promise<{ uncalled(of: RegExp): Promise<string[]> }> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  return {
    /** Functions in files of this kind that were not called, as `file: function`. */
    async uncalled(of) {
      const { result } = await session.post('Profiler.takePreciseCoverage');
      session.disconnect();
      return result
        .filter(({ url }) => of.test(url))
        .flatMap(({ url, functions }) =>
          functions
            .filter(({ functionName, ranges }) => functionName !== '' && ranges[0]?.count === 0)
            .map(({ functionName }) => `${url.replace(/^.*\/src\//, '')}: ${functionName}`),
        )
        .sort();
    },
  };
}
