import { describe, expect, test } from 'vitest';
import { createSchema } from '../../src/graphql/schema.js';
import { isJudged } from '../support/sql/plans.js';
import { missingCounter, openCounter } from '../support/sql/vm-steps.js';
import { type Execute, type TestApp, testApp, WITHOUT_BOUNDS } from '../support/test-app.js';
import { BACKGROUND, workInBackground } from '../support/workload/background.js';
import { listsAndLookups, type Read, readsOf, valuesIn } from '../support/workload/reads.js';
import { makeTown } from '../support/workload/town.js';
import { userReads } from '../support/workload/user-filters.js';

const SMALL = 1_000;
const LARGE = 10_000;

/** Tolerated growth, because some lists fill a page only in the large environment. */
const TOLERANCE = { factor: 1.5, steps: 500 };

/**
 * Instructions of SQLite's virtual machine that one point of the cost allows. Examining 40 rows takes up to 70 for each,
 * and an object of the answer takes up to 100.
 */
const STEPS_PER_POINT = 3_000;

interface Executed {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

interface Town extends TestApp {
  /** Every execution of a statement, because a count reads in steps by the same statement. */
  readonly executed: Executed[];
  readonly execute: Execute;
  readonly environmentId: Awaited<ReturnType<TestApp['app']['services']['environments']['ensure']>>['id'];
}

async function town(users: number): Promise<Town> {
  const executed: Executed[] = [];
  const bound = new Map<string, readonly unknown[]>();
  const observe = (sql: string, parameters: readonly unknown[]) => {
    executed.push({ sql, parameters });
    bound.set(sql, parameters);
  };
  const app = await testApp({ ...WITHOUT_BOUNDS, ...BACKGROUND }, { observe });
  const { id } = await app.app.services.environments.ensure('test', 'test');
  await makeTown(app.app, app.file, id, users);
  return { ...app, executed, bound, execute: await app.client(), environmentId: id };
}

interface Work {
  readonly steps: number;
  /** Points that the operation was charged. */
  readonly charged: number;
}

/** Returns the work of each operation by its name. */
async function workOf({ execute, executed, file }: Town, reads: readonly Read[]): Promise<Map<string, Work>> {
  const counter = openCounter(file);
  const work = new Map<string, Work>();
  for (const { name, query, variables } of reads) {
    executed.length = 0;
    const { errors, extensions } = await execute(query, variables);
    const codes = (errors ?? []).map((error) => error.extensions.code);
    expect(codes.filter((code) => code !== 'FILTER_NOT_SELECTIVE')).toEqual([]);
    const statements = executed.filter(({ sql }) => sql.trim().startsWith('select'));
    const steps = statements.reduce((sum, statement) => sum + counter.steps(statement), 0);
    work.set(name, { steps, charged: extensions?.cost.charged ?? 0 });
  }
  counter.close();
  return work;
}

function valuesOf({ file, environmentId }: Town) {
  const values = valuesIn(file, environmentId);
  const { User = '', Organization = '' } = values.ids;
  return { values, ids: { id: User, organizationId: Organization } };
}

const missing = missingCounter();
describe.skipIf(missing !== null)(
  `the work of a read does not grow with the environment${missing ? `: ${missing}` : ''}`,
  () => {
    const schema = createSchema();

    test('for any list or lookup of the schema', async () => {
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
      expect(tooExpensive(after)).toEqual([]);
    }, 120_000);

    test('for a filter, a search or a count of users, beyond its charged cost', async () => {
      const large = await town(LARGE);
      const work = await workOf(large, userReads(schema, valuesOf(large).ids));
      expect(work.size).toBeGreaterThan(250);
      expect(tooExpensive(work)).toEqual([]);
      // The most expensive operation: no user matches, so it examines all of them.
      const { steps = 0, charged = 0 } = work.get('usersCount, "email":{"contains":"nobody@example.com"}') ?? {};
      expect([charged, steps > 15 * LARGE]).toEqual([5 + LARGE / 40, true]);
    }, 120_000);

    test('for background jobs: webhooks, streams, erasure and retention', async () => {
      const works = new Map<number, Map<string, number>>();
      for (const size of [SMALL, LARGE]) {
        const app = await town(size);
        app.bound.clear();
        await workInBackground(app, app.execute, app.environmentId);
        const counter = openCounter(app.file);
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

/** Returns the operations that take more steps than their cost allows. */
function tooExpensive(work: ReadonlyMap<string, Work>): [string, Work][] {
  return [...work].filter(([, { steps, charged }]) => steps > charged * STEPS_PER_POINT);
}
