import { authorize } from '../auth/policy.js';
import type { Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import type { Transaction } from '../db/handle.js';
import { alone } from '../db/job.js';
import type { DomainError } from '../domain/errors.js';
import { createdAtOf, type Ids } from '../domain/ids.js';
import type { EventLog } from '../events/event.service.js';
import { checkIdempotencyKey } from '../idempotency/idempotency.js';
import type { Idempotency } from '../idempotency/idempotency.service.js';
import type { PasswordService } from '../passwords/password.service.js';
import type { PasswordHash } from '../passwords/password-hash.js';
import { parseNewUser, personalWords, type UserValues } from './user.input.js';
import type { CreateUser, NewUser, User } from './user.js';
import * as store from './user.store.js';
import { refuse, writing } from './user-conflicts.service.js';

/** The validated values of a new user, and the hash of the password. */
export interface ValidatedNewUser {
  readonly values: UserValues;
  readonly hash: PasswordHash | null;
}

/** A new user, and who creates it. */
export interface Creation extends ValidatedNewUser {
  readonly viewer: Viewer;
}

export interface UserCreation {
  /** @throws {MutationFailure} with every problem of the input, including an email or external id in use */
  createUser(viewer: Viewer, input: CreateUser): Promise<User>;
  /** Validates the input of a new user. `problems` does not include conflicts with other users. */
  parse(input: NewUser): { values: UserValues; problems: DomainError[] };
  /**
   * Writes users with their passwords and events, in the given order.
   *
   * @throws {UniqueViolationError} when a user violates a unique index
   */
  insert(trx: Transaction, viewer: Viewer, newUsers: readonly ValidatedNewUser[]): Promise<User[]>;
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

  async function insertAll(trx: Transaction, creations: readonly Creation[]): Promise<User[]> {
    const [first] = creations;
    if (!first) return [];
    const { environmentId } = first.viewer;
    const created = creations.map(({ viewer, values, hash }) => {
      const id = ids.next('user');
      const createdAt = createdAtOf(id);
      const user: User = { ...values, id, version: 1, createdAt, updatedAt: createdAt };
      return { viewer, user, hash };
    });
    const users = created.map(({ user }) => user);
    const hashes = created.flatMap(({ user, hash }) => (hash ? [{ userId: user.id, hash, at: user.createdAt }] : []));
    await Promise.all([
      store.insertMany(trx, environmentId, users).then(() => passwords.insertMany(trx, environmentId, hashes)),
      events.appendAll(
        trx,
        created.map(({ viewer, user }) => ({ viewer, event: { name: 'user.created', data: user } })),
      ),
    ]);
    return users;
  }

  return {
    parse,
    insert: (trx, viewer, newUsers) =>
      insertAll(
        trx,
        newUsers.map((one) => ({ ...one, viewer })),
      ),
    async createUser(viewer, { idempotencyKey: key, ...input }) {
      authorize(viewer, 'users.createUser');
      return idempotency.once<User>(viewer, { operation: 'createUser', key, input }, async (transaction) => {
        const { values, problems } = parse(input);
        checkIdempotencyKey(key, problems);
        const wanted = { id: null, email: values.email, externalId: values.externalId };
        await refuse(db.reader, viewer, problems, wanted);
        const hash = await passwords.toHash(input);
        const creation = { viewer, values, hash };
        // A password waits for its user, and a key for both.
        const isAtOnce = key == null && hash === null;
        return writing(db.reader, viewer, wanted, () =>
          isAtOnce ? db.batch(viewer.environmentId, insertAll, creation) : transaction(alone(insertAll, creation)),
        );
      });
    },
  };
}
