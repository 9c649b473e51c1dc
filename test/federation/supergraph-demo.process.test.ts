import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { freePort } from '../support/processes/process.js';
import { startDemo } from '../support/processes/supergraph.js';
import type { Answer } from '../support/test-app.js';

test('demo:supergraph starts all services, and all three answer the query that it prints', async () => {
  const { demo, line } = await startDemo(await freePort());
  const answer = execFileSync('sh', ['-c', line], { encoding: 'utf8' });
  const { data, errors } = JSON.parse(answer) as Answer; // the output of curl
  expect(errors).toBeUndefined();
  expect(data.orders).toHaveLength(3);
  const said = JSON.stringify(data);
  expect(said).toMatch(/"email":"[^"]+@example\.com","orderCount":[1-9]/);
  expect(said).toMatch(/"organization":\{"name":"[^"]+","projects":\{"edges":\[\{"node":\{"title":"Project/);
  // The child processes end with the demo.
  const closed = once(demo, 'close');
  demo.kill();
  expect(await closed).toEqual([0, null]);
});
