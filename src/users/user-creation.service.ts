import type { Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import type { Transaction } from '../db/handle.js';
import type { DomainError } from '../errors.js';
import type { EventLog } from '../events/event.service.js';
import { checkIdempotencyKey } from '../idempotency/idempotency.js';
import type { Idempotency } from '../idempotency/idempotency.service.js';
import { createdAtOf, type Ids } from '../ids.js';
import type { PasswordService } from '../passwords/password.service.js';
import type { PasswordHash } from '../passwords/password-hash.js';
import { parseNewUser, personalWords, type UserValues } from './user.input.js';
import type { CreateUser, NewUser, User } from './user.js';
import * as store from './user.store.js';
import { refuse, writing } from './user-conflicts.service.js';
import { userEvent } from './user-event.js';

/** What is written of a new user. */
export interface UserDraft {
  readonly values: UserValues;
  readonly hash: PasswordHash | null;
}

export interface UserCreation {
  /** @throws {MutationFailure} with every problem of the input, the taken address and external id among them */
  createUser(viewer: Viewer, input: CreateUser): Promise<User>;
  /** Reads the input of a new user; `problems` has everything that is wrong with it by itself. */
  parse(input: NewUser): { values: UserValues; problems: DomainError[] };
  /**
   * Writes users with their passwords and events, in this order.
   *
   * @throws the driver's error when a unique index refuses one of them
   */
  insert(trx: Transaction, viewer: Viewer, drafts: readonly UserDraft[]): Promise<User[]>;
}

export function createUserCreation(deps: {
  db: Database;
  ids: Ids;
  events: EventLog;
  passwords: PasswordService;
  idempotency: Idempotency;
}): UserCreation {
  const { db, ids, events, passwords, idempotency } = deps;

  function parse(input: NewUser) {
    const { values, problems } = parseNewUser(input);
    problems.push(...passwords.judge(input, personalWords(values)));
    return { values, problems };
  }

  async function insert(trx: Transaction, viewer: Viewer, drafts: readonly UserDraft[]): Promise<User[]> {
    const made = drafts.map(({ values, hash }) => {
      const id = ids.next('user');
      const createdAt = createdAtOf(id);
      const user: User = { ...values, id, version: 1, createdAt, updatedAt: createdAt };
      return { user, hash };
    });
    const users = made.map(({ user }) => user);
    await store.insertMany(trx, viewer.environmentId, users);
    const hashes = made.flatMap(({ user, hash }) => (hash ? [{ userId: user.id, hash, at: user.createdAt }] : []));
    await passwords.insertMany(trx, viewer.environmentId, hashes);
    await events.append(trx, viewer, ...users.map((user) => userEvent('user.created', user)));
    return users;
  }

  return {
    parse,
    insert,
    createUser(viewer, { idempotencyKey: key, ...input }) {
      return idempotency.once<User>(viewer, { operation: 'createUser', key, input }, async (transaction) => {
        const { values, problems } = parse(input);
        checkIdempotencyKey(key, problems);
        const wanted = { id: null, email: values.email, externalId: values.externalId };
        await refuse(db.reader, viewer, problems, wanted);
        const hash = await passwords.toHash(input);
        return writing(db.reader, viewer, wanted, () =>
          transaction(async (trx) => {
            const [user] = await insert(trx, viewer, [{ values, hash }]);
            if (!user) throw new Error('A draft was not written.');
            return user;
          }),
        );
      });
    },
  };
}
