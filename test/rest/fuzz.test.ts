import { expect, test } from 'vitest';
import { Dice } from '../fuzz/dice.js';
import { Requests } from '../support/rest/hostile.js';
import { restClient } from '../support/rest/rest-client.js';
import { runs } from '../support/runs.js';
import { testApp } from '../support/test-app.js';

const COUNT = Number(process.env.REST_REQUESTS ?? runs(4_000, 100_000));

test('random requests cause no server error, and every answer is one of those described', async () => {
  const seed = Number(process.env.REST_SEED ?? Date.now() % 100_000);
  const { app, key, clock } = await testApp({ RATE_LIMIT_POINTS: '0' });
  const secret = await key();
  const clients = [restClient(app, secret), restClient(app, await key('test', ['users:read'])), restClient(app, null)];
  const rest = restClient(app, secret);
  const ids: string[] = ['user_00000000000000000000000000', 'org_1'];
  const keep = (json: { id?: unknown } | null) => {
    if (typeof json?.id === 'string' && ids.length < 200) ids.push(json.id);
  };
  for (const name of ['ada', 'bob']) {
    const { json: user } = await rest('POST', '/user_management/users', {
      email: `${name}@example.com`,
      external_id: name,
    });
    const { json: organization } = await rest('POST', '/organizations', { name, external_id: name });
    const body = { user_id: user.id, organization_id: organization.id };
    const { json: membership } = await rest('POST', '/user_management/organization_memberships', body);
    for (const one of [user, organization, membership]) keep(one);
  }
  const requests = new Requests(new Dice(seed), ids);
  const statuses = new Map<number, number>();
  for (let index = 0; index < COUNT; index++) {
    const { method, path, body, headers } = requests.draw();
    const client = clients[index % 20 < 18 ? 0 : index % 20 === 18 ? 1 : 2] ?? rest;
    const answer = await client(method, encodeURI(path).replaceAll('%25', '%'), body, headers).catch((error: Error) => {
      throw new Error(`seed ${seed}, request ${index}: ${method} ${path} ${body}: ${error.message}`, { cause: error });
    });
    const isExpected = answer.status < 500 || answer.status === 501;
    expect([seed, index, method, path, body, answer.status, isExpected]).toEqual([
      seed,
      index,
      method,
      path,
      body,
      answer.status,
      true,
    ]);
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    keep(answer.json);
    if (index % 100 === 0) clock.advance(1);
  }
  process.stdout.write(`rest: ${COUNT} requests, seed ${seed}: ${JSON.stringify(Object.fromEntries(statuses))}\n`);
  // The requests are wrong in many ways, and many are right.
  for (const status of [200, 201, 400, 401, 403, 404, 405, 422]) expect([...statuses.keys()]).toContain(status);
}, 3_600_000);
