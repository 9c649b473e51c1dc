import { describe, expect, test } from 'vitest';
import { createSchema } from '../src/graphql/schema.js';
import { isJudged } from './support/plans.js';
import { type Execute, type TestApp, testApp, WITHOUT_BOUNDS } from './support/test-app.js';
import { missingCounter, openCounter } from './support/vm-steps.js';
import { BACKGROUND, workInBackground } from './support/workload/background.js';
import { listsAndLookups, type Read, readsOf, valuesIn } from './support/workload/reads.js';
import { makeTown } from './support/workload/town.js';
import { userReads } from './support/workload/user-filters.js';

const SMALL = 1_000;
const LARGE = 10_000;

/** What may be more in the large environment: a list that is longer than a page in one, and a little shorter in the other. */
const TOLERANCE = { factor: 1.5, steps: 500 };

/**
 * Instructions of SQLite's virtual machine that one point of the price may stand for: looking at 40 rows takes up to 70
 * each, and an object of an answer up to 100 of them.
 */
const STEPS_PER_POINT = 3_000;

interface Town extends TestApp {
  readonly execute: Execute;
  readonly environmentId: Awaited<ReturnType<TestApp['app']['services']['environments']['ensure']>>['id'];
}

async function town(users: number): Promise<Town> {
  const app = await testApp({ ...WITHOUT_BOUNDS, ...BACKGROUND });
  const { id } = await app.app.services.environments.ensure('test', 'test');
  await makeTown(app.app, id, users);
  return { ...app, execute: await app.client(), environmentId: id };
}

interface Work {
  readonly steps: number;
  /** Points the operation was charged. */
  readonly charged: number;
}

/** What each of the operations takes, by name. */
async function workOf({ execute, bound, app }: Town, reads: readonly Read[]): Promise<Map<string, Work>> {
  const counter = openCounter(app.db.file);
  const work = new Map<string, Work>();
  for (const { name, query, variables } of reads) {
    bound.clear();
    const { errors, extensions } = await execute(query, variables);
    const codes = (errors ?? []).map((error) => error.extensions.code);
    expect(codes.filter((code) => code !== 'FILTER_NOT_SELECTIVE')).toEqual([]);
    const statements = [...bound].filter(([sql]) => sql.startsWith('select') || sql.trim().startsWith('select'));
    const steps = statements.reduce((sum, [sql, parameters]) => sum + counter.steps({ sql, parameters }), 0);
    work.set(name, { steps, charged: extensions?.cost.charged ?? 0 });
  }
  counter.close();
  return work;
}

function valuesOf({ app, environmentId }: Town) {
  const values = valuesIn(app, environmentId);
  const { User = '', Organization = '' } = values.ids;
  return { values, ids: { id: User, organizationId: Organization } };
}

const missing = missingCounter();
describe.skipIf(missing !== null)(
  `what is read does not grow with the environment${missing ? `: ${missing}` : ''}`,
  () => {
    const schema = createSchema();

    test('by any list or lookup of the schema', async () => {
      const [small, large] = [await town(SMALL), await town(LARGE)];
      const [before, after] = [
        await workOf(small, readsOf(schema, valuesOf(small).values)),
        await workOf(large, readsOf(schema, valuesOf(large).values)),
      ];
      const fields = listsAndLookups(schema).map((field) => field.replace(/^Query\./, ''));
      const unread = fields.filter((field) => ![...after.keys()].some((name) => name.split(/[ ,]/)[0] === field));
      expect(unread).toEqual([]);
      const grown = [...after].filter(([name, { steps }]) => {
        return steps > (before.get(name)?.steps ?? 0) * TOLERANCE.factor + TOLERANCE.steps;
      });
      expect(grown).toEqual([]);
      expect(dear(after)).toEqual([]);
    }, 120_000);

    test('by a filter, a search or a count of users beyond what it is charged for', async () => {
      const large = await town(LARGE);
      const work = await workOf(large, userReads(schema, valuesOf(large).ids));
      expect(work.size).toBeGreaterThan(250);
      expect(dear(work)).toEqual([]);
      // The operation that a minute of one key could be filled with: nobody is found, so all of them are looked at.
      const { steps = 0, charged = 0 } = work.get('usersCount, "email":{"contains":"nobody@example.com"}') ?? {};
      expect([charged, steps > 20 * LARGE]).toEqual([5 + LARGE / 40, true]);
    }, 120_000);

    test('in the background: webhooks, streams, erasure and retention', async () => {
      const works = new Map<number, Map<string, number>>();
      for (const size of [SMALL, LARGE]) {
        const app = await town(size);
        app.bound.clear();
        await workInBackground(app, app.execute, app.environmentId);
        const counter = openCounter(app.app.db.file);
        const judged = [...app.bound].map(([sql, parameters]) => ({ sql, parameters })).filter(isJudged);
        works.set(size, new Map(judged.map((query) => [query.sql, counter.steps(query)])));
        counter.close();
      }
      const before = works.get(SMALL) ?? new Map();
      const after = works.get(LARGE) ?? new Map();
      expect(after.size).toBeGreaterThan(35);
      const grown = [...after].filter(
        ([sql, steps]) => steps > (before.get(sql) ?? 0) * TOLERANCE.factor + TOLERANCE.steps,
      );
      expect(grown).toEqual([]);
    }, 120_000);
  },
);

/** Operations that take more than their price allows. */
function dear(work: ReadonlyMap<string, Work>): [string, Work][] {
  return [...work].filter(([, { steps, charged }]) => steps > charged * STEPS_PER_POINT);
}
