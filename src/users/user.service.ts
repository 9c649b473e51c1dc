import { authorize, isVisibleTo } from '../auth/policy.js';
import type { Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import { engineOf } from '../db/engine.js';
import type { Handle, Transaction } from '../db/handle.js';
import { orOnConflict } from '../db/unique-violation.js';
import { type DomainError, MutationFailure, RequestError, refuseIfAny } from '../domain/errors.js';
import { type EnvironmentId, type Ids, isId, type UserId } from '../domain/ids.js';
import type { EventLog } from '../events/event.service.js';
import type { Idempotency, Transact } from '../idempotency/idempotency.service.js';
import { changedFields } from '../input/patch.js';
import type { PageRequest } from '../paging/paging.js';
import type { PasswordService } from '../passwords/password.service.js';
import type { PasswordHash } from '../passwords/password-hash.js';
import type { Clock, Instant } from '../runtime/clock.js';
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
import { createUserCreation, type UserCreation } from './user-creation.service.js';
import type { UserPage } from './user-finder.js';
import { type Count, MAX_COUNT, type UserQuery } from './user-query.js';

/** Called in the transaction that changes or deletes a user, so that other features can update their data. */
export type UserHook = (trx: Transaction, viewer: Viewer, userId: UserId) => Promise<void>;

/** A unique key of a user in an environment. */
export type UserKey = { readonly id: UserId } | { readonly externalId: string } | { readonly email: string };

/** Removes the data of another feature, and appends its events, before a user is deleted. */
export type UserRemoval = UserHook;

/** The use cases of users. */
export interface UserService extends Pick<UserCreation, 'createUser'>, UserBulk {
  /** @throws {NotSelectiveError} when a page would have to examine too many users */
  listUsers(viewer: Viewer, query: UserQuery, order: UserOrder, request: PageRequest): Promise<UserPage>;
  /** @throws {NotCountableError} when an exact count would have to examine too many users */
  countUsers(viewer: Viewer, query: UserQuery): Promise<number>;
  /** Counts up to `limit`. @throws {RequestError} BAD_USER_INPUT when the limit is out of range */
  countUsersUpTo(viewer: Viewer, query: UserQuery, limit: number): Promise<Count>;
  /**
   * @param expectedVersion the version the caller has read; null and undefined match every version
   * @throws {MutationFailure} as `createUser`, or USER_NOT_FOUND, or VERSION_CONFLICT
   */
  updateUser(viewer: Viewer, id: string, patch: UserPatch, expectedVersion?: number | null): Promise<User>;
  /** Permanently deletes the user and all dependent data. @throws {MutationFailure} USER_NOT_FOUND, VERSION_CONFLICT */
  deleteUser(viewer: Viewer, id: string, expectedVersion?: number | null): Promise<UserId>;
}

/** User operations for other use cases, which authorize the viewer. Requests never call them directly. */
export interface UserUnits {
  /** Returns null when no user has this id, or the viewer is a person and the user is another one. */
  find(db: Handle, viewer: Viewer, id: string): Promise<User | null>;
  /** Finds a user by key. It needs no viewer, because it serves authentication. */
  findByKey(db: Handle, environmentId: EnvironmentId, key: UserKey): Promise<User | null>;
  /** Sets `lastSignInAt`; the version does not change and no event is appended. @throws when the user does not exist */
  stampSignIn(trx: Transaction, viewer: Viewer, id: UserId, at: Instant): Promise<User>;
  /** Reads the user. @throws {MutationFailure} USER_NOT_FOUND */
  require(db: Handle, viewer: Viewer, id: string): Promise<User>;
  /**
   * Updates a user in an open transaction.
   *
   * @param hash the hash of the new password; null keeps the password
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
  /**
   * Sets the password of a user.
   *
   * @throws {MutationFailure} USER_NOT_FOUND, or PASSWORD_… when the new password violates the policy
   */
  setPassword(viewer: Viewer, id: UserId, password: string): Promise<User>;
  /** Sets `emailVerified` in an open transaction. */
  markEmailVerified(trx: Transaction, viewer: Viewer, user: User): Promise<User>;
  /** Whether no user has this email address. Only the unique index guarantees that it is still free at the write. */
  isEmailFree(db: Handle, viewer: Viewer, email: string): Promise<boolean>;
  /**
   * Sets the email address of a user and marks it as verified.
   *
   * @param transaction runs the transaction of the use case
   * @param before runs first, in the same transaction
   * @throws {MutationFailure} USER_NOT_FOUND or EMAIL_NOT_AVAILABLE
   */
  changeEmail(
    transaction: Transact<User>,
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
  /** Run before a user is deleted. Foreign keys reject the deletion when one is missing. */
  beforeDelete: readonly UserRemoval[];
  /** Run when the email address of a user changes. */
  onEmailChange: readonly UserHook[];
  /** Run when the password of a user changes. */
  onPasswordChange: readonly UserHook[];
}): { readonly users: UserService; readonly units: UserUnits } {
  const { db, clock, events, passwords, beforeDelete, onEmailChange, onPasswordChange } = deps;
  const finder = engineOf(db.reader).userFinder;
  const creation = createUserCreation(deps);
  const bulk = createUserBulk({ ...deps, creation });

  async function find(handle: Handle, viewer: Viewer, id: string): Promise<User | null> {
    return isId('user', id) && isVisibleTo(viewer, id) ? store.find(handle, viewer.environmentId, id) : null;
  }

  async function require(handle: Handle, viewer: Viewer, id: string, path?: string): Promise<User> {
    const user = await find(handle, viewer, id);
    if (!user) throw new MutationFailure(new UserNotFoundError(id, path));
    return user;
  }

  /** Writes a changed user and appends its event. Does nothing without a change; a new password is a change. */
  async function save(trx: Transaction, viewer: Viewer, user: User, changed: User, password: boolean): Promise<User> {
    const previous = { ...changedFields(user, changed), ...(password ? { password: null } : {}) };
    if (Object.keys(previous).length === 0) return user;
    const next = { ...changed, version: user.version + 1, updatedAt: clock.now() };
    await store.update(trx, viewer.environmentId, user, next);
    if (normalizeEmail(user.email) !== normalizeEmail(next.email)) {
      for (const hook of onEmailChange) await hook(trx, viewer, user.id);
    }
    if (password) for (const hook of onPasswordChange) await hook(trx, viewer, user.id);
    await events.append(trx, viewer, { name: 'user.updated', data: next, previous });
    return next;
  }

  const applyPatch: UserUnits['applyPatch'] = async (trx, viewer, user, patch, hash, problems = []) => {
    const next = parsePatch(user, patch);
    refuseIfAny([...problems, ...next.problems]);
    if (hash !== null) await passwords.put(trx, viewer.environmentId, user.id, hash, clock.now());
    return save(trx, viewer, user, { ...user, ...next.values }, hash !== null);
  };

  async function update(viewer: Viewer, id: string, patch: UserPatch, expectedVersion?: number | null): Promise<User> {
    // Validate before the transaction, because hashing a password is slow, and again in it, on the current data.
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
    return writing(db.reader, viewer, wanted, () => db.transaction(viewer.environmentId, unit));
  }

  const users: UserService = {
    async listUsers(viewer, query, order, request) {
      authorize(viewer, 'users.listUsers');
      return finder.page(db.reader, viewer.environmentId, query, order, request);
    },
    async countUsers(viewer, query) {
      authorize(viewer, 'users.countUsers');
      return finder.count(db.reader, viewer.environmentId, query);
    },

    async countUsersUpTo(viewer, query, limit) {
      authorize(viewer, 'users.countUsersUpTo');
      if (limit < 1 || limit > MAX_COUNT) {
        throw new RequestError('BAD_USER_INPUT', `limit must be from 1 to ${MAX_COUNT}; ${limit} was given.`);
      }
      return finder.countUpTo(db.reader, viewer.environmentId, query, limit);
    },

    createUser: creation.createUser,
    createUsers: bulk.createUsers,

    async updateUser(viewer, id, patch, expectedVersion) {
      authorize(viewer, 'users.updateUser', patch);
      return update(viewer, id, patch, expectedVersion);
    },

    async deleteUser(viewer, id, expectedVersion) {
      authorize(viewer, 'users.deleteUser');
      return db.transaction(viewer.environmentId, async (trx) => {
        const user = await require(trx, viewer, id, 'id');
        const problems: DomainError[] = [];
        checkVersion(user, expectedVersion, problems);
        refuseIfAny(problems);
        for (const removal of beforeDelete) await removal(trx, viewer, user.id);
        await store.remove(trx, viewer.environmentId, user.id);
        await events.append(trx, viewer, { name: 'user.deleted', data: user });
        return user.id;
      });
    },
  };

  const units: UserUnits = {
    find,
    findByKey,
    async stampSignIn(trx, viewer, id, at) {
      const user = await store.stampSignIn(trx, viewer.environmentId, id, at);
      if (!user) throw new Error('The user who signed in does not exist.');
      return user;
    },
    require,
    applyPatch,
    setPassword: (viewer, id, password) => update(viewer, id, { password }),
    markEmailVerified: (trx, viewer, user) => save(trx, viewer, user, { ...user, emailVerified: true }, false),
    isEmailFree: async (handle, viewer, email) =>
      (await store.findManyByEmail(handle, viewer.environmentId, [email])).size === 0,

    async changeEmail(transaction, viewer, id, email, before) {
      const write = () =>
        transaction(async (trx) => {
          const user = await require(trx, viewer, id);
          await before(trx, user);
          return save(trx, viewer, user, { ...user, email, emailVerified: true }, false);
        });
      return orOnConflict({ table: 'users', column: 'email_normal' }, write, () => {
        throw new MutationFailure(new EmailNotAvailableError(email, null));
      });
    },
  };

  return { users, units };
}

async function findByKey(db: Handle, environmentId: EnvironmentId, key: UserKey): Promise<User | null> {
  if ('id' in key) return store.find(db, environmentId, key.id);
  const [found] =
    'email' in key
      ? (await store.findManyByEmail(db, environmentId, [key.email])).values()
      : (await store.findManyByExternalId(db, environmentId, [key.externalId])).values();
  return found ?? null;
}
