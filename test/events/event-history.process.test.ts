import { expect, test } from 'vitest';
import { type History, recordHistory } from '../support/history.js';
import { runs } from '../support/runs.js';
import { judge } from '../support/verdict.js';

/** Set by `npm run history`. */
const FULL = process.env.HISTORY === 'full';
const SIZE = FULL
  ? { events: 100_000, disconnects: 1_000 }
  : { events: runs(1_500, 10_000), disconnects: runs(30, 200) };

function report(what: string, { log, readers, byId, disconnects, kills, seconds }: History) {
  const verdicts = readers.map((segments) => judge(log, segments));
  const fault = judge(log.slice(0, -1), byId);
  const sum = (field: 'missed' | 'outOfOrder' | 'repeated' | 'repeatedAtResume') =>
    verdicts.reduce((total, verdict) => total + verdict[field], 0);
  process.stdout.write(
    `history, ${what}: ${log.length} events of 4 processes, ${disconnects} disconnects, ${kills} kills, ` +
      `${seconds.toFixed(0)} s: ${sum('missed')} missed, ${sum('outOfOrder')} out of order, ` +
      `${sum('repeated')} repeated, ${sum('repeatedAtResume')} again at a resume; ` +
      `a reader by id missed ${fault.missed}\n`,
  );
  return { missed: sum('missed'), outOfOrder: sum('outOfOrder'), repeated: sum('repeated'), fault };
}

test.each([
  ['readers reconnect', 0],
  ['servers are killed', FULL ? 40 : runs(3, 10)],
] as const)(
  '%s: a stream misses no event, keeps the order and repeats events only after a resume',
  async (what, kills) => {
    const history = await recordHistory({ ...SIZE, kills });
    const { fault, ...verdict } = report(what, history);
    expect(verdict).toEqual({ missed: 0, outOfOrder: 0, repeated: 0 });
    expect(history.log.length).toBeGreaterThan(SIZE.events);
    expect(history.disconnects).toBeGreaterThanOrEqual(FULL ? SIZE.disconnects : SIZE.disconnects / 2);
    expect(history.kills).toBe(kills);
    expect(fault.missed).toBeGreaterThan(0);
  },
  1_800_000,
);

test('the judge counts missed events, events out of order and repeated events', () => {
  const log = ['a', 'b', 'c', 'd'];
  const clean = { missed: 0, outOfOrder: 0, repeated: 0, repeatedAtResume: 0 };
  expect(judge(log, [{ after: null, ids: ['a', 'b', 'c', 'd'] }])).toEqual(clean);
  const resumed = [
    { after: null, ids: ['a', 'b', 'c'] },
    { after: 'b', ids: ['c', 'd'] },
  ];
  expect(judge(log, resumed)).toEqual({ ...clean, repeatedAtResume: 1 });
  expect(judge(log, [{ after: null, ids: ['a', 'c', 'd'] }])).toEqual({ ...clean, missed: 1, outOfOrder: 1 });
  expect(judge(log, [{ after: null, ids: ['a', 'c', 'b', 'd'] }])).toMatchObject({ missed: 0, outOfOrder: 3 });
  expect(judge(log, [{ after: null, ids: ['a', 'b', 'b', 'c', 'd'] }])).toEqual({ ...clean, repeated: 1 });
  const skipped = [
    { after: null, ids: ['a'] },
    { after: 'a', ids: ['c', 'd'] },
  ];
  expect(judge(log, skipped)).toMatchObject({ missed: 1, outOfOrder: 1 });
  expect(judge(log, [{ after: null, ids: ['a', 'b', 'x', 'c', 'd'] }])).toMatchObject({ outOfOrder: 2 });
});
