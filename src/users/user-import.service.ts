import type { Viewer } from '../auth/viewer.js';
import type { Transaction } from '../db/handle.js';
import { type DomainError, ExternalIdTakenError, MutationFailure } from '../errors.js';
import type { PasswordService } from '../passwords/password.service.js';
import { type Parsed, parseNewUser, personalWords, type UserValues } from './user.input.js';
import { EmailNotAvailableError, normalizeEmail, type User } from './user.js';
import type { UserService } from './user.service.js';
import * as store from './user.store.js';
import type { UserCreation, UserDraft } from './user-creation.service.js';
import type { ConflictPolicy, ImportedUser, ImportOutcome, JudgedUser } from './user-import.js';

/** Stands for a user that a row before has made, and that is not written yet. */
const DRAFT = Symbol('draft');
type Owner = User | typeof DRAFT;

export interface UserImportService {
  /** @param problems what the caller found wrong already */
  judge(input: ImportedUser, problems: readonly DomainError[]): Promise<JudgedUser>;
  /** Writes users by the rules of `createUser` and `updateUser`, with their events; an outcome for each, in order. */
  write(
    trx: Transaction,
    viewer: Viewer,
    users: readonly JudgedUser[],
    policy: ConflictPolicy,
  ): Promise<ImportOutcome[]>;
}

export function createUserImportService(deps: {
  creation: UserCreation;
  passwords: PasswordService;
  users: UserService;
}): UserImportService {
  const { creation, passwords, users } = deps;

  async function writeTogether(
    trx: Transaction,
    viewer: Viewer,
    judged: readonly JudgedUser[],
    policy: ConflictPolicy,
  ): Promise<ImportOutcome[]> {
    const owners = await findOwners(trx, viewer, judged);
    const outcomes: ImportOutcome[] = [];
    const drafts: UserDraft[] = [];
    for (const one of judged) {
      const { byEmail, byExternalId } = owners.of(one);
      const owner = byExternalId ?? byEmail;
      if (owner && owner !== DRAFT && policy === 'update') {
        outcomes.push(await update(trx, viewer, owner, one, byEmail));
        continue;
      }
      const problems = [...one.problems, ...one.parsed.problems];
      if (owner && policy === 'reject') problems.push(...conflicts(one, byEmail, byExternalId));
      if (problems.length > 0 || owner) {
        outcomes.push(problems.length > 0 ? problems : 'skipped');
        continue;
      }
      owners.add(one.parsed.values);
      drafts.push({ values: one.parsed.values, hash: one.hash });
      outcomes.push('created');
    }
    if (drafts.length > 0) await creation.insert(trx, viewer, drafts);
    return outcomes;
  }

  async function update(
    trx: Transaction,
    viewer: Viewer,
    owner: User,
    { input, hash, problems }: JudgedUser,
    byEmail: Owner | undefined,
  ): Promise<ImportOutcome> {
    const taken =
      byEmail && byEmail !== DRAFT && byEmail.id !== owner.id ? [new EmailNotAvailableError(input.email)] : [];
    try {
      const next = await users.applyPatch(trx, viewer, owner, input, hash, [...problems, ...taken]);
      return next.version === owner.version ? 'skipped' : 'updated';
    } catch (error) {
      // Thrown before anything is written, so what the unit wrote before stands.
      if (error instanceof MutationFailure) return error.errors;
      throw error;
    }
  }

  return {
    async judge(input, problems) {
      const parsed = parseNewUser(input);
      const wrong = [...problems, ...passwords.judge(input, personalWords(parsed.values))];
      const hash = wrong.length > 0 ? null : await passwords.toHash(input);
      return { input, parsed, hash, problems: wrong };
    },

    async write(trx, viewer, judged, policy) {
      // A change may set an address free that the next row asks for: each sees what the one before it did.
      const groups = policy === 'update' ? judged.map((one) => [one]) : [judged];
      const outcomes: ImportOutcome[] = [];
      for (const group of groups) outcomes.push(...(await writeTogether(trx, viewer, group, policy)));
      return outcomes;
    },
  };
}

/** Who has the addresses and external ids of these users; those that are about to be created among them. */
async function findOwners(trx: Transaction, { environmentId }: Viewer, judged: readonly JudgedUser[]) {
  const emails = judged.flatMap(({ parsed }) => (isSpoilt(parsed, 'email') ? [] : [parsed.values.email]));
  const externalIds = judged.flatMap(({ parsed }) => {
    const { externalId } = parsed.values;
    return externalId === null || isSpoilt(parsed, 'externalId') ? [] : [externalId];
  });
  const byEmail = await store.findManyByEmail(trx, environmentId, emails);
  const drafts = new Set<string>();
  const byExternalId = new Map<string, Owner>(await store.findManyByExternalId(trx, environmentId, externalIds));
  return {
    of({ parsed }: JudgedUser): { byEmail: Owner | undefined; byExternalId: Owner | undefined } {
      const { email, externalId } = parsed.values;
      const owner = byEmail.get(email) ?? (drafts.has(normalizeEmail(email)) ? DRAFT : undefined);
      return { byEmail: owner, byExternalId: byExternalId.get(externalId ?? '') };
    },
    add({ email, externalId }: UserValues): void {
      drafts.add(normalizeEmail(email));
      if (externalId !== null) byExternalId.set(externalId, DRAFT);
    },
  };
}

function conflicts(
  { parsed: { values } }: JudgedUser,
  byEmail: Owner | undefined,
  byExternalId: Owner | undefined,
): DomainError[] {
  return [
    ...(byEmail ? [new EmailNotAvailableError(values.email)] : []),
    ...(byExternalId ? [new ExternalIdTakenError(values.externalId ?? '')] : []),
  ];
}

function isSpoilt({ problems }: Parsed, field: 'email' | 'externalId'): boolean {
  return problems.some(({ path }) => path?.[0] === field);
}
