import { confinedTo } from '../auth/person-access.js';
import type { Viewer } from '../auth/viewer.js';
import type { Clock, Instant } from '../clock.js';
import type { Database } from '../db/database.js';
import type { Handle, Transaction } from '../db/handle.js';
import { type DomainError, MutationFailure, RequestError, refuseIfAny } from '../errors.js';
import type { EventLog } from '../events/event.service.js';
import type { Idempotency } from '../idempotency/idempotency.service.js';
import { type EnvironmentId, type Ids, isId, type UserId } from '../ids.js';
import type { PageRequest } from '../paging.js';
import type { PasswordService } from '../passwords/password.service.js';
import type { PasswordHash } from '../passwords/password-hash.js';
import { parsePatch, personalWords } from './user.input.js';
import {
  checkVersion,
  EmailNotAvailableError,
  normalizeEmail,
  type User,
  UserNotFoundError,
  type UserOrder,
  type UserPatch,
} from './user.js';
import * as store from './user.store.js';
import { createUserBulk, type UserBulk } from './user-bulk.service.js';
import { refuse, writing } from './user-conflicts.service.js';
import { count, countUpTo } from './user-count.store.js';
import { createUserCreation, type UserCreation } from './user-creation.service.js';
import { userEvent } from './user-event.js';
import * as list from './user-list.store.js';
import { type Count, MAX_COUNT, type UserQuery } from './user-query.js';

/** What another feature does with what it keeps of a user, in the unit that changes or deletes the user. */
export type UserHook = (trx: Transaction, viewer: Viewer, userId: UserId) => Promise<void>;

/** What names a user in an environment. */
export type UserKey = { readonly id: UserId } | { readonly externalId: string } | { readonly email: string };

/** Removes what another feature keeps of a user, with its events, before the user goes. */
export type UserRemoval = UserHook;

export interface UserService extends Pick<UserCreation, 'createUser'>, UserBulk {
  /** @throws {NotSelectiveError} when a page would have to look at too many users */
  listUsers(viewer: Viewer, query: UserQuery, order: UserOrder, request: PageRequest): Promise<list.UserPage>;
  /** @throws {NotCountableError} when an exact number would have to look at too many users */
  countUsers(viewer: Viewer, query: UserQuery): Promise<number>;
  /** Counts no further than `limit`. @throws {RequestError} BAD_USER_INPUT when the limit is out of range */
  countUsersUpTo(viewer: Viewer, query: UserQuery, limit: number): Promise<Count>;
  /**
   * @param expectedVersion the version the caller has seen; null and left out: whichever
   * @throws {MutationFailure} as `createUser`, or USER_NOT_FOUND, or VERSION_CONFLICT
   */
  updateUser(viewer: Viewer, id: string, patch: UserPatch, expectedVersion?: number | null): Promise<User>;
  /** Removes the user and all that hangs on them, for good. @throws {MutationFailure} USER_NOT_FOUND, VERSION_CONFLICT */
  deleteUser(viewer: Viewer, id: string, expectedVersion?: number | null): Promise<UserId>;
  /** The user, or null; a person finds nobody but themselves. */
  find(db: Handle, viewer: Viewer, id: string): Promise<User | null>;
  /** The user of an environment by one of their keys: for those who are about to become its viewers. */
  findByKey(db: Handle, environmentId: EnvironmentId, key: UserKey): Promise<User | null>;
  /** Writes down that the user signed in, which is no change of the user. @throws when the user is gone */
  stampSignIn(trx: Transaction, viewer: Viewer, id: UserId, at: Instant): Promise<User>;
  /** The user, seen through this handle. @throws {MutationFailure} USER_NOT_FOUND */
  require(db: Handle, viewer: Viewer, id: string): Promise<User>;
  /**
   * Changes a user, from inside a unit; `hash` is the new password's, if there is one.
   *
   * @throws {MutationFailure} with `problems` and those of the patch, before anything is written
   */
  applyPatch(
    trx: Transaction,
    viewer: Viewer,
    user: User,
    patch: UserPatch,
    hash: PasswordHash | null,
    problems?: readonly DomainError[],
  ): Promise<User>;
  /** Sets `emailVerified`, from inside a unit. */
  markEmailVerified(trx: Transaction, viewer: Viewer, user: User): Promise<User>;
  /** Whether nobody has this address yet. Only a look: the unique index is the judge. */
  isEmailFree(db: Handle, viewer: Viewer, email: string): Promise<boolean>;
  /**
   * Gives a user another address, which is verified.
   *
   * @param before what is done first, in the same unit
   * @throws {MutationFailure} USER_NOT_FOUND or EMAIL_NOT_AVAILABLE
   */
  changeEmail(
    viewer: Viewer,
    id: string,
    email: string,
    before: (trx: Transaction, user: User) => Promise<void>,
  ): Promise<User>;
}

export function createUserService(deps: {
  db: Database;
  clock: Clock;
  ids: Ids;
  events: EventLog;
  passwords: PasswordService;
  idempotency: Idempotency;
  /** What to remove before a user is deleted; foreign keys refuse the deletion when one is forgotten. */
  removals: readonly UserRemoval[];
  /** What ends when a user gets another address. */
  addressChanges: readonly UserHook[];
  /** What ends when a user gets another password. */
  passwordChanges: readonly UserHook[];
}): UserService {
  const { db, clock, events, passwords, removals, addressChanges, passwordChanges } = deps;
  const creation = createUserCreation(deps);
  const bulk = createUserBulk({ ...deps, creation });

  async function find(handle: Handle, viewer: Viewer, id: string): Promise<User | null> {
    const person = confinedTo(viewer);
    if (person !== null && person !== id) return null;
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
    await store.update(trx, viewer.environmentId, user, next);
    if (normalizeEmail(user.email) !== normalizeEmail(next.email)) {
      for (const hook of addressChanges) await hook(trx, viewer, user.id);
    }
    if (password) for (const hook of passwordChanges) await hook(trx, viewer, user.id);
    await events.append(trx, viewer, userEvent('user.updated', next, previous));
    return next;
  }

  const applyPatch: UserService['applyPatch'] = async (trx, viewer, user, patch, hash, problems = []) => {
    const next = parsePatch(user, patch);
    refuseIfAny([...problems, ...next.problems]);
    if (hash !== null) await passwords.put(trx, viewer.environmentId, user.id, hash, clock.now());
    return save(trx, viewer, user, { ...user, ...next.values }, hash !== null);
  };

  return {
    listUsers: (viewer, query, order, request) => list.page(db.reader, viewer.environmentId, query, order, request),
    countUsers: (viewer, query) => count(db.reader, viewer.environmentId, query),

    async countUsersUpTo(viewer, query, limit) {
      if (limit < 1 || limit > MAX_COUNT) {
        throw new RequestError('BAD_USER_INPUT', `limit is from 1 to ${MAX_COUNT}; ${limit} was given.`);
      }
      return countUpTo(db.reader, viewer.environmentId, query, limit);
    },

    createUser: creation.createUser,
    createUsers: bulk.createUsers,

    async updateUser(viewer, id, patch, expectedVersion) {
      // Judged once outside, for a password is hashed before the transaction; once more inside, on what is true then.
      const seen = await require(db.reader, viewer, id, 'id');
      const { values, problems } = parsePatch(seen, patch);
      problems.push(...passwords.judge(patch, personalWords(values)));
      checkVersion(seen, expectedVersion, problems);
      const wanted = { id: seen.id, email: values.email, externalId: values.externalId };
      await refuse(db.reader, viewer, problems, wanted);
      const hash = await passwords.toHash(patch);
      const unit = async (trx: Transaction) => {
        const user = await require(trx, viewer, id, 'id');
        const next = parsePatch(user, patch);
        checkVersion(user, expectedVersion, next.problems);
        await refuse(trx, viewer, next.problems, { ...wanted, email: next.values.email });
        if (hash !== null) await passwords.put(trx, viewer.environmentId, user.id, hash, clock.now());
        return save(trx, viewer, user, { ...user, ...next.values }, hash !== null);
      };
      return writing(db.reader, viewer, wanted, () => db.transaction(unit));
    },

    deleteUser: (viewer, id, expectedVersion) =>
      db.transaction(async (trx) => {
        const user = await require(trx, viewer, id, 'id');
        const problems: DomainError[] = [];
        checkVersion(user, expectedVersion, problems);
        refuseIfAny(problems);
        for (const removal of removals) await removal(trx, viewer, user.id);
        await store.remove(trx, viewer.environmentId, user.id);
        await events.append(trx, viewer, userEvent('user.deleted', user));
        return user.id;
      }),

    find,
    findByKey,
    async stampSignIn(trx, viewer, id, at) {
      const user = await store.stampSignIn(trx, viewer.environmentId, id, at);
      if (!user) throw new Error('Somebody signed in who is not there.');
      return user;
    },
    require,
    applyPatch,
    markEmailVerified: (trx, viewer, user) => save(trx, viewer, user, { ...user, emailVerified: true }, false),
    isEmailFree: async (handle, viewer, email) =>
      (await store.findManyByEmail(handle, viewer.environmentId, [email])).size === 0,

    async changeEmail(viewer, id, email, before) {
      try {
        return await db.transaction(async (trx) => {
          const user = await require(trx, viewer, id);
          await before(trx, user);
          return save(trx, viewer, user, { ...user, email, emailVerified: true }, false);
        });
      } catch (error) {
        // Of the two values an index guards only the address was written.
        throw store.isTaken(error) ? new MutationFailure(new EmailNotAvailableError(email, null)) : error;
      }
    },
  };
}

async function findByKey(db: Handle, environmentId: EnvironmentId, key: UserKey): Promise<User | null> {
  if ('id' in key) return store.find(db, environmentId, key.id);
  const [found] =
    'email' in key
      ? (await store.findManyByEmail(db, environmentId, [key.email])).values()
      : (await store.findManyByExternalId(db, environmentId, [key.externalId])).values();
  return found ?? null;
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
