import type { Handle } from '../db/handle.js';
import { findTwins } from './user-twins.store.js';

/** Pairs that are named; an old database can have many. */
const MAX_TWINS_NAMED = 20;

/** Users who have one mailbox in two spellings of its domain. */
export interface TwinReport {
  /** How many users are kept under another form than the normal one. */
  readonly total: number;
  /** The first of them, each with the user who has the normal form. Ids only: it is for logs. */
  readonly pairs: readonly (readonly [string, string])[];
}

/**
 * The users that release 0.1.0 took twice, once for each spelling of a domain. Reads all users; for commands and for the
 * start after a migration.
 */
export async function reportTwins(db: Handle): Promise<TwinReport> {
  const twins = await findTwins(db);
  return { total: twins.length, pairs: twins.slice(0, MAX_TWINS_NAMED).map(({ id, otherId }) => [id, otherId]) };
}

/** What a report says to an operator, e.g. `2 users: user_… (user_…), user_… (user_…)`. */
export function describeTwins({ total, pairs }: TwinReport): string {
  const named = pairs.map(([id, other]) => `${id} (${other})`).join(', ');
  return `users whose mailbox another user has in the other spelling of its domain: ${total}: ${named}${total > pairs.length ? ', …' : ''}`;
}

/** What an operator does about them. */
export const TWIN_ADVICE = 'Delete one of each two, or give it another address. Each is found by their own spelling.';
