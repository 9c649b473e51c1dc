import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Budgets } from '../../src/auth/rate-limiter.js';
import type { Pipe } from '../../src/sharing/channel.js';
import { Keeper } from '../../src/sharing/keeper.js';
import { join } from '../../src/sharing/member.js';
import { runs } from '../support/runs.js';
import { TestClock } from '../support/test-clock.js';

const BUDGET = { points: 1_000, seconds: 100 };
const MEMBERS = 3;
/** What each member may hold that it has not spent. */
const LEASED = BUDGET.points / 50;
/** Points are leased until whole milliseconds. */
const ROUNDING = 1;

/** The two ends of a channel in this process. */
function pipes(): readonly [Pipe, Pipe] {
  const listeners: ((message: unknown) => void)[][] = [[], []];
  const end = (own: number, other: number): Pipe => ({
    send: (message) => {
      for (const listener of listeners[other] ?? []) queueMicrotask(() => listener(structuredClone(message)));
    },
    onMessage: (listener) => {
      listeners[own]?.push(listener);
    },
  });
  return [end(0, 1), end(1, 0)];
}

function world(count: number): { clock: TestClock; members: Budgets[] } {
  const clock = new TestClock();
  const keeper = new Keeper(BUDGET, clock);
  const members = Array.from({ length: count }, () => {
    const [primary, member] = pipes();
    keeper.add(primary, () => {});
    return join(member).budgets(BUDGET, clock);
  });
  return { clock, members };
}

interface Step {
  readonly seconds: number;
  readonly member: number;
  readonly points: number;
  /** The part of a charge that is refunded. */
  readonly refunded: number;
}

const step = fc.record({
  seconds: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 5, noNaN: true }), fc.constant(200)),
  member: fc.nat(MEMBERS - 1),
  points: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 900 })),
  refunded: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })),
}) satisfies fc.Arbitrary<Step>;

/** What one bucket for all would hold. Fails when more is spent, and when a charge is refused that it could pay. */
async function follow(steps: readonly Step[]): Promise<void> {
  const { clock, members } = world(MEMBERS);
  let left = BUDGET.points;
  for (const { seconds, member, points, refunded } of steps) {
    clock.advance(Math.round(seconds * 1000) / 1000);
    left = Math.min(BUDGET.points, left + (seconds * BUDGET.points) / BUDGET.seconds);
    const charged = await members[member]?.charge('caller', points);
    if (charged && 'allowance' in charged) {
      left -= points;
      expect(left).toBeGreaterThanOrEqual(-ROUNDING);
      if (refunded === 0) continue;
      members[member]?.refund('caller', points * refunded);
      left = Math.min(BUDGET.points, left + points * refunded);
    } else expect(left).toBeLessThan(points + MEMBERS * LEASED + ROUNDING);
  }
}

test('several processes together spend what one budget allows', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      await follow(steps);
    }),
    { numRuns: runs(300, 3_000) },
  );
});

test('a process takes back what others have leased, and refuses only when nothing is left', async () => {
  const { members } = world(2);
  const [one, other] = members;
  const outcomes: boolean[] = [];
  for (let charge = 0; charge < BUDGET.points + 10; charge++) {
    const charged = await (charge < 5 ? other : one)?.charge('caller', 1);
    outcomes.push(charged !== undefined && 'allowance' in charged);
  }
  expect(outcomes.filter(Boolean).length).toBe(BUDGET.points);
  expect(outcomes.indexOf(false)).toBe(BUDGET.points);
});

test('concurrent charges of one process spend no more than the budget', async () => {
  const { members } = world(2);
  const all = Array.from({ length: 300 }, async (_, index) => members[index % 2]?.charge('caller', 7));
  const charged = (await Promise.all(all)).filter((charge) => charge && 'allowance' in charge);
  expect(charged.length).toBeLessThanOrEqual(Math.floor(BUDGET.points / 7));
  expect(charged.length).toBeGreaterThan(Math.floor(BUDGET.points / 7) - 2);
});
