import type { Viewer } from '../auth/viewer.js';
import type { Transaction } from '../db/handle.js';
import { type DomainError, MutationFailure } from '../domain/errors.js';
import type { PasswordService } from '../passwords/password.service.js';
import { parseNewUser, personalWords } from './user.input.js';
import { EmailNotAvailableError, type User } from './user.js';
import type { UserUnits } from './user.service.js';
import { type Owner, Owners, PENDING, validIn } from './user-conflicts.service.js';
import type { UserCreation, ValidatedNewUser } from './user-creation.service.js';
import type { ConflictPolicy, ImportedUser, ImportOutcome, JudgedUser } from './user-import.js';

export interface UserImportService {
  /** Validates a row as far as possible without the database. @param problems problems the caller has found already */
  judge(input: ImportedUser, problems: readonly DomainError[]): Promise<JudgedUser>;
  /** Writes users and events by the rules of `createUser` and `updateUser`. Returns an outcome for each, in order. */
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
  users: UserUnits;
}): UserImportService {
  const { creation, passwords, users } = deps;

  async function writeTogether(
    trx: Transaction,
    viewer: Viewer,
    judged: readonly JudgedUser[],
    policy: ConflictPolicy,
  ): Promise<ImportOutcome[]> {
    const wanted = judged.map((one) => ({ one, values: validIn(one.parsed.values, one.parsed.problems) }));
    const owners = await Owners.find(
      trx,
      viewer.environmentId,
      wanted.map(({ values }) => values),
    );
    const outcomes: ImportOutcome[] = [];
    const newUsers: ValidatedNewUser[] = [];
    for (const { one, values } of wanted) {
      const { byEmail, byExternalId } = owners.of(values);
      const owner = byExternalId ?? byEmail;
      if (owner && owner !== PENDING && policy === 'update') {
        outcomes.push(await update(trx, viewer, owner, one, byEmail));
        continue;
      }
      const problems = [...one.problems, ...one.parsed.problems];
      if (owner && policy === 'reject') problems.push(...owners.conflicts(values));
      if (problems.length > 0 || owner) {
        outcomes.push(problems.length > 0 ? problems : 'skipped');
        continue;
      }
      owners.add(one.parsed.values);
      newUsers.push({ values: one.parsed.values, hash: one.hash });
      outcomes.push('created');
    }
    if (newUsers.length > 0) await creation.insert(trx, viewer, newUsers);
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
      byEmail && byEmail !== PENDING && byEmail.id !== owner.id ? [new EmailNotAvailableError(input.email)] : [];
    try {
      const next = await users.applyPatch(trx, viewer, owner, input, hash, [...problems, ...taken]);
      return next.version === owner.version ? 'skipped' : 'updated';
    } catch (error) {
      // `applyPatch` throws before it writes, so the transaction can continue.
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
      // An update can free an address that the next row uses, so rows are written one by one.
      const groups = policy === 'update' ? judged.map((one) => [one]) : [judged];
      const outcomes: ImportOutcome[] = [];
      for (const group of groups) outcomes.push(...(await writeTogether(trx, viewer, group, policy)));
      return outcomes;
    },
  };
}
