import { expect, onTestFinished, test } from 'vitest';
import { createSchema } from '../src/graphql/schema.js';
import { fuzz } from './fuzz/fuzz.js';
import { describeFailure, describeReport } from './fuzz/report.js';
import { FuzzedServer, SETTINGS } from './fuzz/server.js';
import { createKey, database } from './support/process.js';

const OPERATIONS = 2_000;
/** Another day, another seed; it is printed, so that a failure can be asked for again. */
const SEED = Math.floor(Date.now() / 86_400_000);

test('thousands of operations over sockets: no fault of the server, and it stops as if nothing had been', async () => {
  const { settings } = database();
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
  // A run that is refused everything proves nothing.
  expect(report.counts.get('with data')).toBeGreaterThan(OPERATIONS / 4);
  expect(await server.stop()).toBe(0);
}, 300_000);
