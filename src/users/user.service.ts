import type { Viewer } from '../auth/viewer.js';
import type { Clock, Instant } from '../clock.js';
import type { Database } from '../db/database.js';
import type { Handle, Transaction } from '../db/handle.js';
import { type DomainError, MutationFailure, refuseIfAny } from '../errors.js';
import type { EventLog } from '../events/event.service.js';
import { createdAtOf, type Ids, isId, type UserId } from '../ids.js';
import type { Page, PageRequest } from '../paging.js';
import type { PasswordService } from '../passwords/password.service.js';
import type { PasswordHash } from '../passwords/password-hash.js';
import { parseNewUser, parsePatch, personalWords } from './user.input.js';
import { type NewUser, type User, type UserFilter, UserNotFoundError, type UserOrder, type UserPatch } from './user.js';
import * as store from './user.store.js';

/** Removes what another feature keeps of a user, with its events, before the user goes. */
export type UserRemoval = (trx: Transaction, viewer: Viewer, userId: UserId) => Promise<void>;

export interface UserService {
  listUsers(viewer: Viewer, filter: UserFilter, order: UserOrder, request: PageRequest): Promise<Page<User>>;
  countUsers(viewer: Viewer, filter: UserFilter): Promise<number>;
  /** @throws {MutationFailure} with every problem of the input, the taken address and external id among them */
  createUser(viewer: Viewer, input: NewUser): Promise<User>;
  /** @throws {MutationFailure} as `createUser`, or USER_NOT_FOUND */
  updateUser(viewer: Viewer, id: string, patch: UserPatch): Promise<User>;
  /** Removes the user and all that hangs on them, for good. @throws {MutationFailure} USER_NOT_FOUND */
  deleteUser(viewer: Viewer, id: string): Promise<UserId>;
  find(db: Handle, viewer: Viewer, id: string): Promise<User | null>;
  /** The user, seen through this handle. @throws {MutationFailure} USER_NOT_FOUND */
  require(db: Handle, viewer: Viewer, id: string): Promise<User>;
  /** Sets `emailVerified`, from inside a unit. */
  markEmailVerified(trx: Transaction, viewer: Viewer, user: User): Promise<User>;
}

export function createUserService(deps: {
  db: Database;
  clock: Clock;
  ids: Ids;
  events: EventLog;
  passwords: PasswordService;
  /** What to remove before a user is deleted; foreign keys refuse the deletion when one is forgotten. */
  removals: readonly UserRemoval[];
}): UserService {
  const { db, clock, ids, events, passwords, removals } = deps;

  /** Runs a unit that writes a user, and turns a unique index's no into every conflict the caller has to solve. */
  async function writing<T>(viewer: Viewer, wanted: Wanted, unit: (trx: Transaction) => Promise<T>): Promise<T> {
    try {
      return await db.transaction(unit);
    } catch (error) {
      if (!store.isTaken(error)) throw error;
      refuseIfAny(await store.conflictsOf(db.reader, viewer.environmentId, wanted));
      throw error;
    }
  }

  /** Throws the problems of an input together with the conflicts its good values would run into. */
  async function refuse(viewer: Viewer, problems: readonly DomainError[], wanted: Wanted): Promise<void> {
    if (problems.length === 0) return;
    const spoilt = new Set(problems.map((problem) => problem.path?.[0]));
    const conflicts = await store.conflictsOf(db.reader, viewer.environmentId, {
      id: wanted.id,
      email: spoilt.has('email') ? null : wanted.email,
      externalId: spoilt.has('externalId') ? null : wanted.externalId,
    });
    refuseIfAny([...problems, ...conflicts]);
  }

  async function find(handle: Handle, viewer: Viewer, id: string): Promise<User | null> {
    return isId('user', id) ? store.find(handle, viewer.environmentId, id) : null;
  }

  async function require(handle: Handle, viewer: Viewer, id: string, path?: string): Promise<User> {
    const user = await find(handle, viewer, id);
    if (!user) throw new MutationFailure(new UserNotFoundError(id, path));
    return user;
  }

  /** Writes the next state of a user, if it is another one, and its event. A password counts as a change. */
  async function save(trx: Transaction, viewer: Viewer, user: User, changed: User, password: boolean): Promise<User> {
    const previous = { ...changesOf(user, changed), ...(password ? { password: null } : {}) };
    if (Object.keys(previous).length === 0) return user;
    const next = { ...changed, version: user.version + 1, updatedAt: clock.now() };
    await store.update(trx, viewer.environmentId, next);
    await events.append(trx, viewer, userEvent('user.updated', next, previous));
    return next;
  }

  async function putPassword(trx: Transaction, viewer: Viewer, id: UserId, hash: PasswordHash | null, at: Instant) {
    if (hash !== null) await passwords.put(trx, viewer.environmentId, id, hash, at);
  }

  return {
    listUsers: (viewer, filter, order, request) => store.page(db.reader, viewer.environmentId, filter, order, request),
    countUsers: (viewer, filter) => store.count(db.reader, viewer.environmentId, filter),

    async createUser(viewer, input) {
      const { values, problems } = parseNewUser(input);
      problems.push(...passwords.judge(input, personalWords(values)));
      const wanted = { id: null, email: values.email, externalId: values.externalId };
      await refuse(viewer, problems, wanted);
      const hash = await passwords.toHash(input);
      return writing(viewer, wanted, async (trx) => {
        const id = ids.next('user');
        const createdAt = createdAtOf(id);
        const user: User = { ...values, id, version: 1, createdAt, updatedAt: createdAt };
        await store.insert(trx, viewer.environmentId, user);
        await putPassword(trx, viewer, id, hash, createdAt);
        await events.append(trx, viewer, userEvent('user.created', user));
        return user;
      });
    },

    async updateUser(viewer, id, patch) {
      // Judged once outside, for a password is hashed before the transaction; once more inside, on what is true then.
      const seen = await require(db.reader, viewer, id, 'id');
      const { values, problems } = parsePatch(seen, patch);
      problems.push(...passwords.judge(patch, personalWords(values)));
      const wanted = { id: seen.id, email: values.email, externalId: values.externalId };
      await refuse(viewer, problems, wanted);
      const hash = await passwords.toHash(patch);
      return writing(viewer, wanted, async (trx) => {
        const user = await require(trx, viewer, id, 'id');
        const next = parsePatch(user, patch);
        refuseIfAny(next.problems);
        await putPassword(trx, viewer, user.id, hash, clock.now());
        return save(trx, viewer, user, { ...user, ...next.values }, hash !== null);
      });
    },

    deleteUser: (viewer, id) =>
      db.transaction(async (trx) => {
        const user = await require(trx, viewer, id, 'id');
        for (const removal of removals) await removal(trx, viewer, user.id);
        await store.remove(trx, viewer.environmentId, user.id);
        await events.append(trx, viewer, userEvent('user.deleted', user));
        return user.id;
      }),

    find,
    require,
    markEmailVerified: (trx, viewer, user) => save(trx, viewer, user, { ...user, emailVerified: true }, false),
  };
}

interface Wanted {
  readonly id: UserId | null;
  readonly email: string;
  readonly externalId: string | null;
}

function userEvent(name: 'user.created' | 'user.updated' | 'user.deleted', user: User, previous?: object) {
  return { name, userId: user.id, organizationId: null, data: user, ...(previous ? { previous } : {}) };
}

/** The fields in which two states of a user differ, as they were before. */
function changesOf(before: User, after: User): Partial<User> {
  const fields = Object.entries(before).filter(
    ([field, value]) => !isSame(value, after[field as keyof User]), // the keys of a User are what entries gives
  );
  return Object.fromEntries(fields);
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));
}
