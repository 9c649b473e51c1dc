import type { Viewer } from '../auth/viewer.js';
import type { Handle } from '../db/handle.js';
import { orOnConflict } from '../db/unique-violation.js';
import { type DomainError, ExternalIdTakenError, refuseIfAny } from '../domain/errors.js';
import type { EnvironmentId, UserId } from '../domain/ids.js';
import { EmailNotAvailableError, normalizeEmail, type User } from './user.js';
import * as store from './user.store.js';

/** The values of a user that are unique in the environment; null where there is none, or it is invalid. */
export interface UniqueValues {
  readonly email: string | null;
  readonly externalId: string | null;
}

/** The unique values that a user is about to get. */
export interface Wanted {
  /** Null for a user that does not exist yet. */
  readonly id: UserId | null;
  readonly email: string;
  readonly externalId: string | null;
}

/** Owns the values of a user that the same call is about to create. */
export const PENDING = Symbol('a user that is about to be created');
export type Owner = User | typeof PENDING;

/** The users that own unique values: those in the database, and those that the same call is about to create. */
export class Owners {
  readonly #drafts = new Set<string>();

  private constructor(
    private readonly byEmail: ReadonlyMap<string, User>,
    private readonly byExternalId: Map<string, Owner>,
  ) {}

  /** Finds the owners of all the values in at most two statements. */
  static async find(db: Handle, environmentId: EnvironmentId, wanted: readonly UniqueValues[]): Promise<Owners> {
    const emails = wanted.flatMap(({ email }) => email ?? []);
    const externalIds = wanted.flatMap(({ externalId }) => externalId ?? []);
    return new Owners(
      emails.length === 0 ? new Map() : await store.findManyByEmail(db, environmentId, emails),
      new Map<string, Owner>(
        externalIds.length === 0 ? [] : await store.findManyByExternalId(db, environmentId, externalIds),
      ),
    );
  }

  of({ email, externalId }: UniqueValues): { byEmail: Owner | undefined; byExternalId: Owner | undefined } {
    const draft = email !== null && this.#drafts.has(normalizeEmail(email)) ? PENDING : undefined;
    return {
      byEmail: email === null ? undefined : (this.byEmail.get(email) ?? draft),
      byExternalId: externalId === null ? undefined : this.byExternalId.get(externalId),
    };
  }

  /** The values that another user than `id` owns, as errors. */
  conflicts(values: UniqueValues, id: UserId | null = null): DomainError[] {
    const { byEmail, byExternalId } = this.of(values);
    const isOther = (owner: Owner | undefined) => owner !== undefined && (owner === PENDING || owner.id !== id);
    return [
      ...(values.email !== null && isOther(byEmail) ? [new EmailNotAvailableError(values.email)] : []),
      ...(values.externalId !== null && isOther(byExternalId) ? [new ExternalIdTakenError(values.externalId)] : []),
    ];
  }

  /** Notes that the call is about to create a user with these values. */
  add({ email, externalId }: UniqueValues): void {
    if (email !== null) this.#drafts.add(normalizeEmail(email));
    if (externalId !== null) this.byExternalId.set(externalId, PENDING);
  }
}

/** Writes a user. When a unique index refuses it, throws every conflict that the caller has to resolve. */
export function writing<T>(db: Handle, viewer: Viewer, wanted: Wanted, write: () => Promise<T>): Promise<T> {
  return orOnConflict({ table: 'users' }, write, async (violation) => {
    refuseIfAny(await conflictsOf(db, viewer, wanted, wanted.id));
    throw violation;
  });
}

/** Throws the problems of an input, if there are any, together with the conflicts of its valid values. */
export async function refuse(
  db: Handle,
  viewer: Viewer,
  problems: readonly DomainError[],
  wanted: Wanted,
): Promise<void> {
  if (problems.length === 0) return;
  refuseIfAny([...problems, ...(await conflictsOf(db, viewer, validIn(wanted, problems), wanted.id))]);
}

/** The unique values without a problem; null in the place of the others. */
export function validIn({ email, externalId }: UniqueValues, problems: readonly DomainError[]): UniqueValues {
  const invalid = new Set(problems.map((problem) => problem.path?.[0]));
  return { email: invalid.has('email') ? null : email, externalId: invalid.has('externalId') ? null : externalId };
}

async function conflictsOf(
  db: Handle,
  { environmentId }: Viewer,
  values: UniqueValues,
  id: UserId | null,
): Promise<DomainError[]> {
  return (await Owners.find(db, environmentId, [values])).conflicts(values, id);
}
