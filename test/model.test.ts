import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSchema } from '../src/graphql/schema.js';
import { makeUser } from './support/make.js';
import { applicationSteps } from './support/model/application-steps.js';
import { codeSteps } from './support/model/code-steps.js';
import { Model } from './support/model/model.js';
import { organizationSteps } from './support/model/organization-steps.js';
import { readEvents } from './support/model/reads.js';
import type { Step } from './support/model/step.js';
import { userSteps } from './support/model/user-steps.js';
import { webhookSteps } from './support/model/webhook-steps.js';
import { expectUsersRebuilt } from './support/rebuilt.js';
import { testApp } from './support/test-app.js';

const RUNS = 20;
const MAX_STEPS = 50;

/** Reads of everything at once, which one operation of a caller may not have. */
const SETTINGS = { MAX_COST: '10000000', MAX_FIELDS: '100000', RATE_LIMIT_POINTS: '0' };

/** Those of people who sign in: their histories are drawn in `sessions.test.ts`. */
const SESSIONS = ['authenticateWithPassword', 'changePassword', 'refreshSession', 'revokeSession'];

const mutations = Object.keys(createSchema().getMutationType()?.getFields() ?? {}).filter(
  (name) => !SESSIONS.includes(name),
);

/** The mutation that steps of a kind use; null for the passing of time. */
function mutationOf(kind: fc.Arbitrary<Step>): string | null {
  return fc.sample(kind, 1)[0]?.mutation ?? null;
}

const kinds = [...userSteps, ...organizationSteps, ...applicationSteps, ...codeSteps, ...webhookSteps];

test('there is a step for every mutation of the schema, and none for another', () => {
  const used = new Set(kinds.map(mutationOf).filter((mutation) => mutation !== null));
  expect([...used].sort()).toEqual([...mutations].sort());
});

test('random histories of all mutations: the service and the model agree on every answer and every read', async () => {
  const { app, client, clock, mails } = await testApp(SETTINGS);
  const performed: string[] = [];
  let environments = 0;
  await fc.assert(
    fc.asyncProperty(fc.commands([...kinds], { maxCommands: MAX_STEPS, size: 'max' }), async (steps) => {
      // An environment of its own for each history: one database holds them all, and none sees another.
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

test('control: a change past the log shows', async () => {
  const { app, client, folder } = await testApp();
  await makeUser(await client(), { email: 'ada@example.com' });
  await expectUsersRebuilt(app);
  const sqlite = new Sqlite(`${folder}/test.db`);
  sqlite.exec("update users set first_name = 'Augusta'");
  sqlite.close();
  await expect(expectUsersRebuilt(app)).rejects.toThrow();
});
