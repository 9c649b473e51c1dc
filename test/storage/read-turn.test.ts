import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { ReadTurn } from '../../src/db/sqlite/read-turn.js';
import { beforeAndAtArrival } from '../support/arrival.js';
import { folder } from '../support/processes/process.js';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

function world() {
  const file = join(folder(), 'test.db');
  const writing = new BetterSqlite3(file);
  writing.pragma('journal_mode = wal');
  writing.exec('create table t (n integer); insert into t values (1)');
  const reading = new BetterSqlite3(file, { readonly: true });
  const turn = new ReadTurn(reading);
  onTestFinished(() => {
    turn.end();
    reading.close();
    writing.close();
  });
  const newest = reading.prepare('select max(n) from t').pluck();
  const read = () => {
    turn.begin();
    return newest.get();
  };
  const write = (n: number) => writing.exec(`insert into t values (${n})`);
  return { turn, read, write, writing };
}

test('reads of one turn see one state, and those of the next turn the newest', async () => {
  const { turn, read, write } = world();
  expect(read()).toBe(1);
  const before = turn.version();
  write(2);
  expect([read(), turn.version()]).toEqual([1, before]);
  await nextTurn();
  expect(read()).toBe(2);
  expect(turn.version()).not.toBe(before);
});

test('a request that arrives after a commit reads it, whatever the callback that began to read before', async () => {
  const { turn, read, write } = world();
  const [before, after] = await beforeAndAtArrival(
    () => {
      const first = [read(), turn.version()];
      write(2);
      return first;
    },
    () => [read(), turn.version()],
  );
  expect(before[0]).toBe(1);
  expect(after[0]).toBe(2);
  expect(after[1]).not.toBe(before[1]);
});

test('a commit of this process is seen at once', async () => {
  const { turn, read, write } = world();
  expect(read()).toBe(1);
  write(2);
  turn.end();
  expect(read()).toBe(2);
  write(3);
  await nextTurn();
  expect(read()).toBe(3);
});

test('no transaction stays open after its turn', async () => {
  const { read, write, writing } = world();
  read();
  write(2);
  const checkpoint = () => writing.pragma('wal_checkpoint(truncate)') as readonly { readonly busy: number }[];
  writing.pragma('busy_timeout = 0');
  expect(checkpoint()[0]?.busy).toBe(1);
  await nextTurn();
  expect(checkpoint()[0]?.busy).toBe(0);
});
