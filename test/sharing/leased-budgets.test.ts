import { setImmediate } from 'node:timers/promises';
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

interface World {
  readonly clock: TestClock;
  readonly members: readonly Budgets[];
  /** Each ends a process. */
  readonly leave: readonly (() => Promise<void>)[];
}

/** Runs `use` with `count` processes that share one budget. */
async function withMembers(count: number, use: (world: World) => Promise<void>): Promise<void> {
  const clock = new TestClock();
  const keeper = new Keeper(BUDGET, clock);
  const processes = Array.from({ length: count }, () => {
    const [primary, member] = pipes();
    const remove = keeper.add(primary, () => {});
    const membership = join(member);
    const leave = async () => {
      membership.leave();
      await setImmediate(); // until what it said has arrived
      remove();
    };
    return { budgets: membership.budgets(BUDGET, clock), leave };
  });
  const members = processes.map(({ budgets }) => budgets);
  const leave = processes.map((one) => one.leave);
  try {
    await use({ clock, members, leave });
  } finally {
    await Promise.all(leave.map((end) => end()));
  }
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
async function follow(steps: readonly Step[], { clock, members }: World): Promise<void> {
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
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), (steps) =>
      withMembers(MEMBERS, (world) => follow(steps, world)),
    ),
    { numRuns: runs(300, 3_000) },
  );
});

/** Charges one point `count` times, one after the other. Returns whether each charge was accepted. */
async function chargeOnes(budgets: Budgets | undefined, count: number): Promise<boolean[]> {
  const outcomes: boolean[] = [];
  for (let charge = 0; charge < count; charge++) {
    const charged = await budgets?.charge('caller', 1);
    outcomes.push(charged !== undefined && 'allowance' in charged);
  }
  return outcomes;
}

test('a process takes back what others have leased, and refuses only when nothing is left', async () => {
  await withMembers(2, async ({ members: [one, other] }) => {
    const outcomes = [...(await chargeOnes(other, 5)), ...(await chargeOnes(one, BUDGET.points + 5))];
    expect(outcomes.filter(Boolean).length).toBe(BUDGET.points);
    expect(outcomes.indexOf(false)).toBe(BUDGET.points);
  });
});

test('a process that leaves gives back what it has leased', async () => {
  await withMembers(2, async ({ members: [one, other], leave }) => {
    expect(await chargeOnes(other, 5)).not.toContain(false);
    await leave[1]?.();
    expect(await chargeOnes(one, BUDGET.points - 5)).not.toContain(false);
    expect(await chargeOnes(one, 1)).toEqual([false]);
  });
});

test('concurrent charges of one process spend no more than the budget', async () => {
  await withMembers(2, async ({ members }) => {
    const all = Array.from({ length: 300 }, async (_, index) => members[index % 2]?.charge('caller', 7));
    const charged = (await Promise.all(all)).filter((charge) => charge && 'allowance' in charge);
    expect(charged.length).toBeLessThanOrEqual(Math.floor(BUDGET.points / 7));
    expect(charged.length).toBeGreaterThan(Math.floor(BUDGET.points / 7) - 2);
  });
});
