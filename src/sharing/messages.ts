/** A lease of points: the process may spend them without asking again. */
export type Lease =
  | {
      readonly granted: number;
      /** When the budget is full again if all leases are spent, in milliseconds since the Unix epoch. */
      readonly fullAtMs: number;
    }
  | { readonly retryAfterSeconds: number };

/** What a process asks, and what it is answered. */
export interface Questions {
  /** Asks for `wanted` points, and at least `needed`. */
  lease: {
    readonly of: { readonly caller: string; readonly needed: number; readonly wanted: number };
    readonly is: Lease;
  };
  isNewSignature: { readonly of: string; readonly is: boolean };
  /** Answered when it is the turn of the process. */
  writeTurn: { readonly of: null; readonly is: null };
}

/** What a process tells, without an answer. */
export interface News {
  /** Points that were leased and not spent. */
  unspent: { readonly caller: string; readonly points: number };
  endOfTurn: null;
  /** The process accepts connections at this URL. */
  listening: string;
}

/** What the primary asks a process. */
export interface Recalls {
  /** Takes back what is left of a lease. */
  recall: { readonly of: string; readonly is: number };
}

/** The signals that stop a server. */
export type StopSignal = 'SIGTERM' | 'SIGINT';

/** A message on the channel between the primary and a process. */
export type Message =
  | { readonly ask: string; readonly id: number; readonly of: unknown }
  | { readonly answerTo: number; readonly is: unknown }
  | { readonly tell: string; readonly of: unknown }
  /** The process listens for `stop`: what arrives before is lost. */
  | { readonly canStop: true }
  | { readonly stop: StopSignal };

const KINDS = ['ask', 'answerTo', 'tell', 'canStop', 'stop'];

/** Whether a message is ours: prom-client and Node use the same channel. */
export function isMessage(message: unknown): message is Message {
  if (typeof message !== 'object' || message === null) return false;
  return KINDS.some((kind) => kind in message);
}
