import { availableParallelism } from 'node:os';
import { hash } from '@node-rs/argon2';
import pLimit from 'p-limit';
import type { Instant } from '../clock.js';
import type { Handle, Transaction } from '../db/handle.js';
import { type DomainError, type InvalidInputError, RequestError } from '../errors.js';
import type { EnvironmentId, UserId } from '../ids.js';
import type { Random } from '../random.js';
import { assertWanted } from '../scheduling/request-life.js';
import { checkUnicode } from '../text.js';
import { type PasswordInput, parseGivenHash } from './password.input.js';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, PasswordError } from './password.js';
import * as store from './password.store.js';
import { type PasswordHash, verifyPasswordHash } from './password-hash.js';
import { weaknessOf } from './strength.js';

/** OWASP Password Storage Cheat Sheet: argon2id (the library's default) with 19 MiB, two passes, one lane; 24 ms. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

const OWN_PREFIX = `$argon2id$v=19$m=${ARGON2ID.memoryCost},t=${ARGON2ID.timeCost},p=${ARGON2ID.parallelism}$`;

/** What is verified for those who have no password: of no known password, with the work of one of ours. */
const NOBODYS: PasswordHash = {
  type: 'ARGON2',
  hash: `${OWN_PREFIX}bm9ib2R5J3Mgc2FsdCEhIQ$${'A'.repeat(43)}`,
  saltPosition: null,
};

/** Hashes that may wait for a core: about five seconds of work. More is an attack or an import gone the wrong way. */
const MAX_WAITING_HASHES = 400;

export interface PasswordService {
  /** Everything that is wrong with what is given: a password that breaks the policy, a hash that breaks its form. */
  judge(input: PasswordInput, personal: readonly string[]): DomainError[];
  /**
   * What to store for a good input, or null when it has neither password nor hash. A password is hashed with argon2id
   * on threads of its own, one to a core; a hash from elsewhere is kept, in one spelling.
   *
   * @throws {RequestError} SERVICE_UNAVAILABLE when too many passwords wait
   */
  toHash(input: PasswordInput): Promise<PasswordHash | null>;
  /**
   * Whether the password is the one of the hash. Null, for nobody or somebody without a password, takes the work of a
   * hash of our own and is false.
   *
   * @throws {RequestError} SERVICE_UNAVAILABLE when too many passwords wait
   */
  verify(hash: PasswordHash | null, password: string): Promise<boolean>;
  /** Whether a hash is as `toHash` makes them now; one that is not is replaced when its password is known. */
  isCurrent(hash: PasswordHash): boolean;
  /** Passwords that wait to be hashed. */
  waiting(): number;
  put(trx: Transaction, environmentId: EnvironmentId, userId: UserId, hash: PasswordHash, at: Instant): Promise<void>;
  /** Stores the hashes of new users. */
  insertMany(trx: Transaction, environmentId: EnvironmentId, passwords: readonly store.NewPassword[]): Promise<void>;
  /** The hashes of those users who have one: for an export of the operator, and for nothing that answers a caller. */
  findMany(db: Handle, environmentId: EnvironmentId, userIds: readonly UserId[]): Promise<Map<UserId, PasswordHash>>;
  /** The hash of a user, or null. */
  find(db: Handle, environmentId: EnvironmentId, userId: UserId): Promise<PasswordHash | null>;
  remove(trx: Transaction, environmentId: EnvironmentId, userId: UserId): Promise<void>;
}

export function createPasswordService(random: Random): PasswordService {
  const gate = pLimit(availableParallelism());

  /** Work on a thread of its own, as soon as a core is free. */
  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (gate.pendingCount >= MAX_WAITING_HASHES) {
      throw new RequestError(
        'SERVICE_UNAVAILABLE',
        'Too many passwords wait to be hashed; try again in a few seconds.',
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
      // NFC, so that one password typed on two systems is one text.
      const text = await inTurn(() => hash(password.normalize('NFC'), { ...ARGON2ID, salt: random.bytes(16) }));
      return { type: 'ARGON2', hash: text, saltPosition: null };
    },
    async verify(stored, password) {
      const normal = password.normalize('NFC');
      if (!stored) {
        await inTurn(() => verifyPasswordHash(NOBODYS, normal));
        return false;
      }
      if (await inTurn(() => verifyPasswordHash(stored, normal))) return true;
      // Another system hashed what it was sent, in whichever normal form that was.
      return normal !== password && !isOwn(stored) && inTurn(() => verifyPasswordHash(stored, password));
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

/** Whether we made it, with the parameters of now. */
function isOwn({ type, hash }: PasswordHash): boolean {
  return type === 'ARGON2' && hash.startsWith(OWN_PREFIX);
}

/** None, one, or too short and too weak together. */
function policyProblems(password: string, personal: readonly string[]): PasswordError[] {
  if (password.length > MAX_PASSWORD_LENGTH) {
    return [new PasswordError('PASSWORD_TOO_LONG', `A password has at most ${MAX_PASSWORD_LENGTH} characters.`)];
  }
  const problems: PasswordError[] = [];
  if (password.length < MIN_PASSWORD_LENGTH) {
    const message = `A password has at least ${MIN_PASSWORD_LENGTH} characters.`;
    problems.push(new PasswordError('PASSWORD_TOO_SHORT', message, { minimumLength: MIN_PASSWORD_LENGTH }));
  }
  const suggestions = weaknessOf(password, personal);
  if (suggestions) {
    problems.push(new PasswordError('PASSWORD_TOO_WEAK', 'This password is easy to guess.', { suggestions }));
  }
  return problems;
}
