import type { Budget } from '../auth/rate-limiter.js';
import type { Clock } from '../runtime/clock.js';
import { type Answers, Channel, type Pipe } from './channel.js';
import { LEASE_MS, LeasedBudgets } from './leased-budgets.js';
import type { News, Questions, Recalls } from './messages.js';
import type { Sharing } from './sharing.js';

/** The part of a process in what the processes of one server share. */
export interface Membership extends Sharing {
  /** Tells the primary that this process accepts connections. */
  tellListening(url: string): void;
  /** Gives back what this process has leased and not spent. Called when it charges no more. */
  leave(): void;
}

/** Joins the processes of a server. @param pipe leads to the primary */
export function join(pipe: Pipe): Membership {
  let leased: LeasedBudgets | null = null;
  let givingBack: NodeJS.Timeout | undefined;
  const answers: Answers<Recalls> = { recall: (caller) => leased?.recall(caller) ?? 0 };
  const channel = new Channel<Questions, News>(pipe, answers, {});
  const endTurn = () => channel.tell('endOfTurn', null);
  return {
    budgets(budget: Budget, clock: Clock) {
      const budgets = new LeasedBudgets(budget, clock, {
        lease: (caller, needed, wanted) => channel.ask('lease', { caller, needed, wanted }),
        giveBack: (caller, points) => channel.tell('unspent', { caller, points }),
      });
      leased = budgets;
      givingBack = setInterval(() => budgets.giveBack(LEASE_MS), LEASE_MS).unref();
      return budgets;
    },
    isNewSignature: (signature) => channel.ask('isNewSignature', signature),
    takeWriteTurn: async () => {
      await channel.ask('writeTurn', null);
      return endTurn;
    },
    tellListening: (url) => channel.tell('listening', url),
    leave: () => {
      clearInterval(givingBack);
      leased?.giveBack(0);
    },
  };
}
