import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSchema } from '../../src/graphql/schema.js';
import { inSql } from '../support/in-sql.js';
import { makeUser } from '../support/make.js';
import { applicationSteps } from '../support/model/application-steps.js';
import { codeSteps } from '../support/model/code-steps.js';
import { Model } from '../support/model/model.js';
import { organizationSteps } from '../support/model/organization-steps.js';
import { readEvents } from '../support/model/reads.js';
import type { Step } from '../support/model/step.js';
import { userSteps } from '../support/model/user-steps.js';
import { webhookSteps } from '../support/model/webhook-steps.js';
import { runs } from '../support/runs.js';
import { expectUsersRebuilt } from '../support/sql/rebuilt.js';
import { testApp } from '../support/test-app.js';

const RUNS = runs(20, 200);
const MAX_STEPS = 50;

/** The model reads everything at once, which exceeds the default limits. */
const SETTINGS = { MAX_COST: '10000000', MAX_FIELDS: '100000', RATE_LIMIT_POINTS: '0' };

/** Mutations of signed-in users. sessions.test.ts draws their histories. */
const SESSIONS = ['authenticateWithPassword', 'changePassword', 'refreshSession', 'revokeSession'];

const mutations = Object.keys(createSchema().getMutationType()?.getFields() ?? {}).filter(
  (name) => !SESSIONS.includes(name),
);

/** Returns the mutation that steps of this kind send, or null when they only advance the clock. */
function mutationOf(kind: fc.Arbitrary<Step>): string | null {
  return fc.sample(kind, 1)[0]?.mutation ?? null;
}

const kinds = [...userSteps, ...organizationSteps, ...applicationSteps, ...codeSteps, ...webhookSteps];

test('the steps cover exactly the mutations of the schema', () => {
  const used = new Set(kinds.map(mutationOf).filter((mutation) => mutation !== null));
  expect([...used].sort()).toEqual([...mutations].sort());
});

test('random histories of all mutations: the service and the model agree on every answer and every read', async () => {
  const { app, client, clock, mails } = await testApp(SETTINGS);
  const performed: string[] = [];
  let environments = 0;
  await fc.assert(
    fc.asyncProperty(fc.commands([...kinds], { maxCommands: MAX_STEPS, size: 'max' }), async (steps) => {
      // Each history has its own environment in the same database, and environments do not see each other.
      const execute = await client(`history ${environments++}`);
      mails.length = 0;
      const earlierEvents = (await readEvents({ execute })).length;
      const real = { execute, clock, mails, earlierEvents, performed };
      await fc.asyncModelRun(() => ({ model: new Model(), real }), steps);
      await expectUsersRebuilt(app);
    }),
    { numRuns: RUNS },
  );
  console.log(`${performed.length} mutations in ${environments} histories`);
  expect([...new Set(performed)].sort()).toEqual([...mutations].sort());
}, 240_000);

test('control: detects a change that adds no event', async () => {
  const { app, client } = await testApp();
  await makeUser(await client(), { email: 'ada@example.com' });
  await expectUsersRebuilt(app);
  await inSql({ app }, (run) => run("update users set first_name = 'Augusta'"));
  // Reads of one turn see one state.
  await new Promise(setImmediate);
  await expect(expectUsersRebuilt(app)).rejects.toThrow();
});
