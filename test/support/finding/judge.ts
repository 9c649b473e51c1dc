import { judge as judgeIn, type Query, type Statistics, statisticsOf } from '../sql/plans.js';
import { type TestApp, testApp } from '../test-app.js';
import { makeTown } from '../workload/town.js';

export const SIZES = [3, 10_000] as const;
const statistics = new Map<number, Statistics>();

/** Statistics that were made when the file had another size. */
export async function oldStatistics(size: number): Promise<Statistics> {
  const other = size === SIZES[0] ? SIZES[1] : SIZES[0];
  const known = statistics.get(other);
  if (known) return known;
  const app = await testApp();
  const { id } = await app.app.services.environments.ensure('test', 'test');
  await makeTown(app.app, app.file, id, other);
  const made = statisticsOf(app);
  statistics.set(other, made);
  return made;
}

/** Statements whose plan is a fault by the rule, and none in fact; why. */
export const ACCEPTED: readonly (readonly [what: RegExp, why: string])[] = [
  [/^select .* from "event_sequences"$/, 'Every log is looked at, and there are as many as environments.'],
  [
    /"?webhook_endpoints"? (as endpoint|where "environment_id" = \? and "deleted_at" is null$)/,
    'An environment has 20.',
  ],
  [/^delete from "(events|webhook_deliveries)" .* "sequence" <= \?$/, 'A batch of 500: those before it are gone.'],
  [/^select count\(\*\) filter .* from "webhook_endpoints"/, 'A figure for Prometheus is of all endpoints.'],
  [/"signing_keys"/, 'An environment has a handful: those that are long retired are removed.'],
  [
    /^\s*select environment_id, id, email, email_normal from users indexed by/,
    'Commands that migrate or examine a database read all users, a batch at a time.',
  ],
  [/^delete from "mail_days"/, 'There is a row for a day, and those before today are removed.'],
  [
    /^select \* from "api_keys" where "environment_id" = \? order by "id"$/,
    'A command of the operator shows all of them.',
  ],
];

/** The distinct statements that were run, each with what is wrong with it in some state of the statistics. */
export async function judge(app: TestApp, size = 3): Promise<{ judged: string[]; faulty: object }> {
  const queries = [...app.bound].map(([sql, parameters]): Query => ({ sql, parameters }));
  const { judged, faulty } = judgeIn(app, queries, await oldStatistics(size));
  for (const sql of Object.keys(faulty)) {
    if (ACCEPTED.some(([what]) => what.test(sql))) delete faulty[sql];
  }
  return { judged, faulty };
}
