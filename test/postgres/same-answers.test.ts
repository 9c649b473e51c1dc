import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Answered, CorpusApp, withoutRandomValues } from '../fuzz/corpus-app.js';
import { calls } from '../fuzz/corpus-requests.js';
import { copyOfTemplate } from '../support/postgres/database.js';
import { runs } from '../support/runs.js';

/** Two servers that are equal but for the engine: the clock, all IDs and all codes are the same. */
async function twoEngines(): Promise<readonly [sqlite: CorpusApp, postgres: CorpusApp]> {
  const folder = mkdtempSync(join(tmpdir(), 'usergraph-engines-'));
  const copy = await copyOfTemplate();
  const now = performance.now.bind(performance);
  const apps = [
    await CorpusApp.open(undefined, { DATABASE_URL: `file:${join(folder, 'test.db')}` }),
    await CorpusApp.open(undefined, { DATABASE_URL: copy.url }),
  ] as const;
  onTestFinished(async () => {
    performance.now = now;
    await Promise.all(apps.map((app) => app.close()));
    await copy.remove();
    rmSync(folder, { recursive: true });
  });
  return apps;
}

/**
 * Which of several errors are told, when they leave no data, depends on the order in which fields end (GraphQL, section
 * 6.4.4). Fields that read the database end later on PostgreSQL than on SQLite. What was read until then is charged, so the
 * rest of the budget can differ by a point; the body of every other answer has its exact cost.
 */
function comparable(answered: Answered): Answered {
  const { status, headers, body } = withoutRandomValues(answered);
  const { 'content-length': _, ratelimit: __, ...others } = headers;
  return { status, headers: others, body: body.includes('"data":null') ? 'errors without data' : body };
}

test('random histories of all operations have the same answers on both engines, byte for byte', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const count = runs(1_000, 10_000);
  const [sqlite, postgres] = await twoEngines();
  let differing = 0;
  let changes = 0;
  const drawn = calls(seed, count, sqlite);
  for (let next = drawn.next(); !next.done; ) {
    const answers = [await sqlite.send(next.value), await postgres.send(next.value)] as const;
    const [one, other] = answers.map(comparable);
    expect({ seed, call: next.value, answer: other }).toEqual({ seed, call: next.value, answer: one });
    if (answers[0].body !== answers[1].body) differing++;
    if (/"query":"\s*mutation/.test(String(next.value.wire.body))) changes++;
    next = drawn.next(answers[0]);
  }
  console.log(`engines: ${count} requests, seed ${seed}, ${changes} of them mutations; ${differing} told other errors`);
  expect(changes).toBeGreaterThan(count / 20);
  expect(differing).toBeLessThan(count / 20);
}, 900_000);
