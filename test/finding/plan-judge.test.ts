import { expect, test } from 'vitest';
import { oldStatistics } from '../support/finding/judge.js';
import { hasLimit, judge as judgeIn } from '../support/sql/plans.js';
import { testApp } from '../support/test-app.js';

/** An earlier statement of `slicesOf`, which did not force the join order. */
const UNFORCED = `select item.* from json_each(?) as "parent"
  join "authorized_applications" as item on item.environment_id = ? and "item"."id" in (
    select "slice"."id" from "authorized_applications" as slice
    where slice.environment_id = ? and "slice"."user_id" = parent.value order by "slice"."id" desc limit ?)`;

test.each([
  [`select * from users where first_name = 'x' order by last_name`, [], ['SCAN users', 'USE TEMP B-TREE FOR ORDER BY']],
  ['select email_normal from users', [], ['SCAN users USING COVERING INDEX']],
  ['delete from users where email = ?', ['x'], ['SCAN users']],
  ['select count(*) from users where environment_id = ?', ['x'], ['SEARCH users USING COVERING INDEX']],
  ['select * from users where environment_id = ? order by id', ['x'], ['SEARCH users USING INDEX']],
  ['select * from events where environment_id = ? and sequence > ?', ['x', 1], ['SEARCH events USING INDEX']],
  [
    'select * from users where environment_id = ? order by version limit 10',
    ['x'],
    ['SEARCH users USING INDEX', 'USE TEMP B-TREE FOR ORDER BY'],
  ],
  [UNFORCED, ['["a","b"]', 'x', 'x', 21], ['SEARCH item USING INDEX', 'SCAN parent VIRTUAL TABLE']],
])('the judge detects the fault of %s', async (sql, parameters, faults) => {
  const app = await testApp();
  app.bound.clear();
  app.bound.set(sql, parameters);
  const { faulty } = judgeIn(app, [{ sql, parameters }], await oldStatistics(3));
  const found = Object.values(faulty[sql]?.['without statistics'] ?? []);
  // SQLite chooses the index.
  const shortened = (step: string) => step.replace(/((?:COVERING )?INDEX).*/, '$1');
  expect(found.map(shortened)).toEqual(faults.filter((fault) => !fault.startsWith('SCAN parent')));
});

test.each([
  ['select * from users where environment_id = ? order by id limit ?', 'users', true],
  ['select * from "users" order by "id" limit ?', 'users', true],
  ['select * from (select 1 from users as u limit 5) where x', 'u', true],
  ['select * from users as u where exists (select 1 from events limit 1)', 'u', false],
  ['select count(*) from (select 1 from users) limit 1', 'users', false],
])('detects whether a limit applies to the rows that are read in %s', (sql, name, expected) => {
  expect(hasLimit(sql, name)).toBe(expected);
});
