import { expect, onTestFinished, test } from 'vitest';
import { createSchema } from '../../src/graphql/schema.js';
import { newDatabase } from '../support/processes/new-database.js';
import { createKey } from '../support/processes/process.js';
import { runs } from '../support/runs.js';
import { fuzz } from './fuzz.js';
import { describeFailure, describeReport } from './report.js';
import { FuzzedServer, SETTINGS } from './server.js';

const OPERATIONS = runs(1_000, 20_000);
/** The seed changes daily. The log contains it, so that a failure can be reproduced. */
const SEED = Math.floor(Date.now() / 86_400_000);

test('random operations over sockets cause no server error, and the server stops normally', async () => {
  const { settings } = await newDatabase();
  const limited = await createKey(settings, '--scopes', 'users:read');
  const key = await createKey(settings);
  const server = await FuzzedServer.start({ ...SETTINGS, ...settings }, 8);
  onTestFinished(async () => {
    await server.stop();
  });
  const before = await server.health();
  const options = { schema: createSchema(), seed: SEED, operations: OPERATIONS, concurrency: 8 };
  const report = await fuzz(server, { ...options, keys: [key, limited] });
  const after = server.ended === null ? await server.health() : before;
  console.log(`seed ${SEED}: ${describeReport(report, [before, after])}`);
  expect(report.failures.map(describeFailure)).toEqual([]);
  expect(server.log).toBe('');
  expect(server.ended).toBeNull();
  expect(report.operations).toBe(OPERATIONS);
  // A run whose operations are all refused proves nothing.
  expect(report.counts.get('with data')).toBeGreaterThan(OPERATIONS / 4);
  expect(await server.stop()).toBe(0);
}, 300_000);
