import type { Handle } from '../db/handle.js';
import { findTwins } from './shared-mailbox.store.js';

/** The maximum number of pairs in a report. An old database can have many. */
const MAX_TWINS_NAMED = 20;

/** Users who share a mailbox, because their addresses spell its domain differently. */
export interface TwinReport {
  /** The number of users who are not stored under the normal form of their address. */
  readonly total: number;
  /** The first of these users, each with the user who has the normal form. Ids only, because reports are logged. */
  readonly pairs: readonly (readonly [string, string])[];
}

/**
 * Finds users who share a mailbox. Release 0.1.0 accepted one user for each spelling of a domain. Reads all users, so
 * it is for commands and for the start after a migration.
 */
export async function reportTwins(db: Handle): Promise<TwinReport> {
  const twins = await findTwins(db);
  return { total: twins.length, pairs: twins.slice(0, MAX_TWINS_NAMED).map(({ id, otherId }) => [id, otherId]) };
}

/** The report as text for the operator. Each user is followed by the user who has the normal form, in parentheses. */
export function describeTwins({ total, pairs }: TwinReport): string {
  const named = pairs.map(([id, other]) => `${id} (${other})`).join(', ');
  return `users who share a mailbox with another user, in another spelling of its domain: ${total}: ${named}${total > pairs.length ? ', …' : ''}`;
}

/** What the operator can do about shared mailboxes. */
export const TWIN_ADVICE =
  'Delete one user of each pair, or change its email address. Each user is found by the spelling of its own address.';
