import { type Budget, RateLimiter } from '../auth/rate-limiter.js';
import type { Clock } from '../runtime/clock.js';
import { type Answers, Channel, type Listeners, type Pipe } from './channel.js';
import type { Lease, News, Questions, Recalls } from './messages.js';
import { SeenSignatures } from './sharing.js';

/** A process that shares. */
interface Member {
  readonly channel: Channel<Recalls, object>;
}

/** How long the keeper waits for the answer to a recall, in milliseconds: a process can be busy. */
const RECALL_MS = 200;

/** Keeps what the processes of one server share. It runs in the primary, which serves no requests. */
export class Keeper {
  readonly #members = new Set<Member>();
  readonly #signatures = new SeenSignatures();
  readonly #limiter: RateLimiter;
  /** Those who wait for their turn to write; the first one has it. */
  readonly #turns: { readonly member: Member; readonly begin: () => void }[] = [];

  constructor(budget: Budget, clock: Clock) {
    this.#limiter = new RateLimiter(budget, clock);
  }

  /**
   * Adds a process. Returns a function to call when it has ended.
   *
   * @param onListening called when the process accepts connections, with its URL
   */
  add(pipe: Pipe, onListening: (url: string) => void): () => void {
    const answers: Answers<Questions> = {
      lease: ({ caller, needed, wanted }) => this.#lease(member, caller, needed, wanted),
      isNewSignature: (signature) => this.#signatures.isNew(signature),
      writeTurn: () =>
        new Promise((resolve) => {
          this.#turns.push({ member, begin: () => resolve(null) });
          if (this.#turns.length === 1) this.#beginTurn();
        }),
    };
    const listeners: Listeners<News> = {
      unspent: ({ caller, points }) => this.#limiter.refund(caller, points),
      endOfTurn: () => this.#endTurn(),
      listening: onListening,
    };
    const member: Member = { channel: new Channel(pipe, answers, listeners) };
    this.#members.add(member);
    return () => this.#remove(member);
  }

  async #lease(asking: Member, caller: string, needed: number, wanted: number): Promise<Lease> {
    for (const points of [wanted, needed]) {
      const charged = this.#limiter.charge(caller, points);
      if ('allowance' in charged) return { granted: points, fullAtMs: charged.allowance.resetMs };
    }
    const others = [...this.#members].filter((member) => member !== asking);
    const unspent = await Promise.all(others.map(({ channel }) => within(RECALL_MS, channel.ask('recall', caller))));
    for (const points of unspent) if (points !== null) this.#limiter.refund(caller, points);
    const charged = this.#limiter.charge(caller, needed);
    return 'allowance' in charged ? { granted: needed, fullAtMs: charged.allowance.resetMs } : charged;
  }

  #beginTurn(): void {
    this.#turns[0]?.begin();
  }

  #endTurn(): void {
    this.#turns.shift();
    this.#beginTurn();
  }

  #remove(member: Member): void {
    this.#members.delete(member);
    const hadTurn = this.#turns[0]?.member === member;
    const others = this.#turns.filter((turn) => turn.member !== member);
    this.#turns.splice(0, this.#turns.length, ...others);
    // SQLite has rolled back what the process had not committed.
    if (hadTurn) this.#beginTurn();
  }
}

/** The value, or null when it does not come in time. */
function within<T>(milliseconds: number, value: Promise<T>): Promise<T | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds, null);
    value.then((given) => {
      clearTimeout(timer);
      resolve(given);
    });
  });
}
