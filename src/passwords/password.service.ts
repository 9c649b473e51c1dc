import { availableParallelism } from 'node:os';
import { hash } from '@node-rs/argon2';
import pLimit from 'p-limit';
import type { Handle, Transaction } from '../db/handle.js';
import { type DomainError, type InvalidInputError, RequestError } from '../domain/errors.js';
import type { EnvironmentId, UserId } from '../domain/ids.js';
import { checkUnicode } from '../input/text.js';
import type { Instant } from '../runtime/clock.js';
import type { Random } from '../runtime/random.js';
import { assertWanted } from '../scheduling/request-life.js';
import { type PasswordInput, parseGivenHash } from './password.input.js';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, PasswordError } from './password.js';
import * as store from './password.store.js';
import { type PasswordHash, verifyPasswordHash } from './password-hash.js';
import { weaknessOf } from './strength.js';

/** OWASP Password Storage Cheat Sheet: argon2id (the library's default) with 19 MiB, two passes, one lane; 24 ms. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

const OWN_PREFIX = `$argon2id$v=19$m=${ARGON2ID.memoryCost},t=${ARGON2ID.timeCost},p=${ARGON2ID.parallelism}$`;

/** Verified when there is no hash, so that the response time does not reveal it. No password matches it. */
const DUMMY_HASH: PasswordHash = {
  type: 'ARGON2',
  hash: `${OWN_PREFIX}bm9ib2R5J3Mgc2FsdCEhIQ$${'A'.repeat(43)}`,
  saltPosition: null,
};

/** The maximum number of waiting passwords: about five seconds of work. More is an attack or a misdirected import. */
const MAX_WAITING_HASHES = 400;

export interface PasswordService {
  /**
   * Returns the problems of a password or hash.
   *
   * @param personal words that make a password weak, e.g. the user's name
   */
  judge(input: PasswordInput, personal: readonly string[]): DomainError[];
  /**
   * The hash to store for a valid input; null when it has neither password nor hash. Hashes a password with argon2id in
   * the thread pool, one per core. Converts an imported hash to its canonical form.
   *
   * @throws {RequestError} SERVICE_UNAVAILABLE when too many passwords wait
   */
  toHash(input: PasswordInput): Promise<PasswordHash | null>;
  /**
   * Whether the password matches the hash. Null, for an unknown user or a user without a password, never matches but
   * takes as long as a hash created by this server.
   *
   * @throws {RequestError} SERVICE_UNAVAILABLE when too many passwords wait
   */
  verify(hash: PasswordHash | null, password: string): Promise<boolean>;
  /** Whether the hash has the current algorithm and parameters. Sign-in replaces any other hash. */
  isCurrent(hash: PasswordHash): boolean;
  /** The number of passwords that wait to be hashed or verified. */
  waiting(): number;
  put(trx: Transaction, environmentId: EnvironmentId, userId: UserId, hash: PasswordHash, at: Instant): Promise<void>;
  /** Stores the hashes of new users. */
  insertMany(trx: Transaction, environmentId: EnvironmentId, passwords: readonly store.NewPassword[]): Promise<void>;
  /** The hashes of the users who have one. Only for the operator's export; responses must never contain hashes. */
  findMany(db: Handle, environmentId: EnvironmentId, userIds: readonly UserId[]): Promise<Map<UserId, PasswordHash>>;
  /** The hash of a user; null when the user has no password. */
  find(db: Handle, environmentId: EnvironmentId, userId: UserId): Promise<PasswordHash | null>;
  remove(trx: Transaction, environmentId: EnvironmentId, userId: UserId): Promise<void>;
}

export function createPasswordService(random: Random): PasswordService {
  const gate = pLimit(availableParallelism());

  /** Runs work in the thread pool when a core is free. @throws {RequestError} SERVICE_UNAVAILABLE */
  async function withThread<T>(work: () => Promise<T>): Promise<T> {
    if (gate.pendingCount >= MAX_WAITING_HASHES) {
      throw new RequestError(
        'SERVICE_UNAVAILABLE',
        'Too many passwords are waiting to be hashed. Try again in a few seconds.',
      );
    }
    return gate(() => {
      assertWanted();
      return work();
    });
  }

  return {
    judge(input, personal) {
      const { password, passwordHash } = input;
      const problems: InvalidInputError[] = [];
      parseGivenHash(input, problems);
      checkUnicode({ password, passwordHash }, problems);
      return [...problems, ...(password == null ? [] : policyProblems(password, personal))];
    },
    async toHash(input) {
      const { password } = input;
      if (password == null) return parseGivenHash(input, []);
      // NFC, because systems encode the same typed password differently.
      const text = await withThread(() => hash(password.normalize('NFC'), { ...ARGON2ID, salt: random.bytes(16) }));
      return { type: 'ARGON2', hash: text, saltPosition: null };
    },
    async verify(stored, password) {
      const normal = password.normalize('NFC');
      if (!stored) {
        await withThread(() => verifyPasswordHash(DUMMY_HASH, normal));
        return false;
      }
      if (await withThread(() => verifyPasswordHash(stored, normal))) return true;
      // Another system may have hashed the password without normalization.
      return normal !== password && !isOwn(stored) && withThread(() => verifyPasswordHash(stored, password));
    },
    isCurrent: isOwn,
    waiting: () => gate.pendingCount,
    put: store.put,
    insertMany: store.insertMany,
    findMany: store.findMany,
    find: async (db, environmentId, userId) => (await store.findMany(db, environmentId, [userId])).get(userId) ?? null,
    remove: store.remove,
  };
}

/** Whether this server created the hash, with the current parameters. */
function isOwn({ type, hash }: PasswordHash): boolean {
  return type === 'ARGON2' && hash.startsWith(OWN_PREFIX);
}

/** The violations of the password policy. A password can be both too short and too weak. */
function policyProblems(password: string, personal: readonly string[]): PasswordError[] {
  if (password.length > MAX_PASSWORD_LENGTH) {
    return [new PasswordError('PASSWORD_TOO_LONG', `A password can have at most ${MAX_PASSWORD_LENGTH} characters.`)];
  }
  const problems: PasswordError[] = [];
  if (password.length < MIN_PASSWORD_LENGTH) {
    const message = `A password must have at least ${MIN_PASSWORD_LENGTH} characters.`;
    problems.push(new PasswordError('PASSWORD_TOO_SHORT', message, { minimumLength: MIN_PASSWORD_LENGTH }));
  }
  const suggestions = weaknessOf(password, personal);
  if (suggestions) {
    problems.push(new PasswordError('PASSWORD_TOO_WEAK', 'This password is easy to guess.', { suggestions }));
  }
  return problems;
}
