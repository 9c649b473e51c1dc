import type { Viewer } from '../auth/viewer.js';
import type { Handle } from '../db/handle.js';
import { type DomainError, refuseIfAny } from '../errors.js';
import type { UserId } from '../ids.js';
import * as store from './user.store.js';

/** The unique values a user is to have. */
export interface Wanted {
  /** Null for a user who is not there yet. */
  readonly id: UserId | null;
  readonly email: string;
  readonly externalId: string | null;
}

/** Writes a user, and turns a unique index's no into every conflict the caller has to solve. */
export async function writing<T>(db: Handle, viewer: Viewer, wanted: Wanted, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!store.isTaken(error)) throw error;
    refuseIfAny(await store.conflictsOf(db, viewer.environmentId, wanted));
    throw error;
  }
}

/** Throws the problems of an input, if there are any, together with the conflicts its good values would run into. */
export async function refuse(
  db: Handle,
  viewer: Viewer,
  problems: readonly DomainError[],
  wanted: Wanted,
): Promise<void> {
  if (problems.length === 0) return;
  const conflicts = await store.conflictsOf(db, viewer.environmentId, { ...wanted, ...unspoilt(wanted, problems) });
  refuseIfAny([...problems, ...conflicts]);
}

/** The unique values nothing is wrong with; null in the place of the others. */
export function unspoilt(
  { email, externalId }: Pick<Wanted, 'email' | 'externalId'>,
  problems: readonly DomainError[],
): { email: string | null; externalId: string | null } {
  const spoilt = new Set(problems.map((problem) => problem.path?.[0]));
  return { email: spoilt.has('email') ? null : email, externalId: spoilt.has('externalId') ? null : externalId };
}
