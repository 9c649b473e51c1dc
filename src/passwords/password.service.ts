import { availableParallelism } from 'node:os';
import { hash } from '@node-rs/argon2';
import pLimit from 'p-limit';
import type { Instant } from '../clock.js';
import type { Handle, Transaction } from '../db/handle.js';
import { type DomainError, type InvalidInputError, RequestError } from '../errors.js';
import type { EnvironmentId, UserId } from '../ids.js';
import type { Random } from '../random.js';
import { type PasswordInput, parseGivenHash } from './password.input.js';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, PasswordError } from './password.js';
import * as store from './password.store.js';
import type { PasswordHash } from './password-hash.js';
import { weaknessOf } from './strength.js';

/** OWASP Password Storage Cheat Sheet: argon2id (the library's default) with 19 MiB, two passes, one lane; 24 ms. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

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
  /** Passwords that wait to be hashed. */
  waiting(): number;
  put(trx: Transaction, environmentId: EnvironmentId, userId: UserId, hash: PasswordHash, at: Instant): Promise<void>;
  /** Stores the hashes of new users. */
  insertMany(trx: Transaction, environmentId: EnvironmentId, passwords: readonly store.NewPassword[]): Promise<void>;
  /** The hashes of those users who have one: for an export of the operator, and for nothing that answers a caller. */
  findMany(db: Handle, environmentId: EnvironmentId, userIds: readonly UserId[]): Promise<Map<UserId, PasswordHash>>;
  remove(trx: Transaction, environmentId: EnvironmentId, userId: UserId): Promise<void>;
}

export function createPasswordService(random: Random): PasswordService {
  const gate = pLimit(availableParallelism());
  return {
    judge(input, personal) {
      const problems: InvalidInputError[] = [];
      parseGivenHash(input, problems);
      return [...problems, ...(input.password == null ? [] : policyProblems(input.password, personal))];
    },
    async toHash(input) {
      const { password } = input;
      if (password == null) return parseGivenHash(input, []);
      if (gate.pendingCount >= MAX_WAITING_HASHES) {
        throw new RequestError('SERVICE_UNAVAILABLE', 'Too many passwords are being set; try again in a few seconds.');
      }
      // NFC, so that one password typed on two systems is one text.
      const text = await gate(() => hash(password.normalize('NFC'), { ...ARGON2ID, salt: random.bytes(16) }));
      return { type: 'ARGON2', hash: text, saltPosition: null };
    },
    waiting: () => gate.pendingCount,
    put: store.put,
    insertMany: store.insertMany,
    findMany: store.findMany,
    remove: store.remove,
  };
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
