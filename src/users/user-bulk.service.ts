import pLimit from 'p-limit';
import type { Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import type { Handle } from '../db/handle.js';
import { type DomainError, ExternalIdTakenError, MAX_MUTATION_ERRORS, RequestError, refuseIfAny } from '../errors.js';
import { checkIdempotencyKey } from '../idempotency/idempotency.js';
import type { Idempotency, Transact } from '../idempotency/idempotency.service.js';
import type { PasswordService } from '../passwords/password.service.js';
import type { PasswordHash } from '../passwords/password-hash.js';
import { nextTurn } from '../scheduling/turns.js';
import type { UserValues } from './user.input.js';
import { type CreateUser, EmailNotAvailableError, normalizeEmail } from './user.js';
import * as store from './user.store.js';
import {
  type BulkPolicy,
  type CreateUsers,
  checkBulkSize,
  checkRow,
  fromKept,
  type KeptOutcome,
  type RowOutcome,
  toKept,
} from './user-bulk.js';
import { unspoilt } from './user-conflicts.service.js';
import type { UserCreation } from './user-creation.service.js';

/** Calls at work: as many units of a hundred users may share a commit, which holds everybody up. */
const MAX_BULKS_AT_ONCE = 2;
/** Calls that may wait for their turn: about a second of work without passwords. */
export const MAX_WAITING_BULKS = 100;

export interface UserBulk {
  /**
   * Makes many users in one commit, and answers what became of each row, in their order. Rows are judged one after the
   * other: of two that want the same address the first gets it. With PER_ROW a bad row fails alone; with ALL_OR_NOTHING
   * it keeps all others from being made.
   *
   * @throws {MutationFailure} when the call itself is wrong: its idempotency key, or the number of rows
   * @throws {RequestError} SERVICE_UNAVAILABLE when too many calls wait
   */
  createUsers(viewer: Viewer, input: CreateUsers): Promise<readonly RowOutcome[]>;
}

/** A row on its way, with everything that was found wrong with it so far. */
interface Row {
  readonly index: number;
  readonly input: CreateUser;
  readonly values: UserValues;
  readonly hash: PasswordHash | null;
  readonly errors: readonly DomainError[];
}

/** Ends a call that makes all or nothing; rolls its unit back. */
class NothingMade extends Error {
  constructor(readonly outcomes: readonly RowOutcome[]) {
    super('Not all of the rows are good.');
  }
}

export function createUserBulk(deps: {
  db: Database;
  creation: UserCreation;
  passwords: PasswordService;
  idempotency: Idempotency;
}): UserBulk {
  const { db, creation, passwords, idempotency } = deps;
  const gate = pLimit(MAX_BULKS_AT_ONCE);

  async function parseRows(inputs: readonly CreateUser[]): Promise<Row[]> {
    const rows: Row[] = [];
    for (const [index, input] of inputs.entries()) {
      // The strength of a password is estimated on the event loop: a hundred in a row would hold everybody up.
      if (input.password != null) await nextTurn();
      const { values, problems } = creation.parse(input);
      checkRow(input, problems);
      rows.push({ index, input, values, hash: null, errors: problems });
    }
    return rows;
  }

  /** Adds the conflicts of each row with who is there and with the rows before it. */
  async function addConflicts(
    handle: Handle,
    viewer: Viewer,
    rows: readonly Row[],
    policy: BulkPolicy,
  ): Promise<Row[]> {
    const wanted = rows.map((row) => ({ row, ...unspoilt(row.values, row.errors) }));
    const taken = await store.findTaken(handle, viewer.environmentId, wanted);
    return wanted.map(({ row, email, externalId }) => {
      const errors = [...row.errors];
      if (email !== null && taken.emails.has(normalizeEmail(email))) errors.push(new EmailNotAvailableError(email));
      if (externalId !== null && taken.externalIds.has(externalId)) errors.push(new ExternalIdTakenError(externalId));
      // A row that fails alone leaves its values to the next; rows that stand or fall together have to fit together.
      if (errors.length === 0 || policy === 'ALL_OR_NOTHING') {
        if (email !== null) taken.emails.add(normalizeEmail(email));
        if (externalId !== null) taken.externalIds.add(externalId);
      }
      return { ...row, errors };
    });
  }

  async function hashPasswords(rows: readonly Row[]): Promise<Row[]> {
    const hashed: Row[] = [];
    // One after the other: a call takes one core, and single users find theirs.
    for (const row of rows) hashed.push(isGood(row) ? { ...row, hash: await passwords.toHash(row.input) } : row);
    return hashed;
  }

  async function createRows(
    viewer: Viewer,
    { users: inputs, policy }: CreateUsers,
    transaction: Transact<readonly KeptOutcome[]>,
  ): Promise<readonly KeptOutcome[]> {
    const seen = await addConflicts(db.reader, viewer, await parseRows(inputs), policy);
    refuseTogether(seen, policy);
    const rows = await hashPasswords(seen);
    return transaction(async (trx) => {
      // Once more: somebody may have taken a value since.
      const judged = await addConflicts(trx, viewer, rows.filter(isGood), policy);
      const outcomes = rows.map(failed);
      for (const row of judged) outcomes[row.index] = failed(row);
      refuseTogether(judged, policy, outcomes);
      const good = judged.filter(isGood);
      const users = await creation.insert(trx, viewer, good);
      for (const [position, { index }] of good.entries())
        outcomes[index] = { user: users[position] ?? null, errors: [] };
      return outcomes.map(toKept);
    });
  }

  return {
    async createUsers(viewer, input) {
      const { idempotencyKey: key, ...call } = input;
      try {
        const outcomes = await idempotency.once<readonly KeptOutcome[]>(
          viewer,
          { operation: 'createUsers', key, input: call },
          async (transaction) => {
            const problems: DomainError[] = [];
            checkBulkSize(call.users, problems);
            checkIdempotencyKey(key, problems);
            refuseIfAny(problems);
            if (gate.pendingCount >= MAX_WAITING_BULKS) {
              throw new RequestError('SERVICE_UNAVAILABLE', 'Too many bulk calls wait; try again in a few seconds.');
            }
            return gate(() => createRows(viewer, call, transaction));
          },
        );
        return outcomes.map(fromKept);
      } catch (error) {
        if (error instanceof NothingMade) return error.outcomes;
        throw error;
      }
    },
  };
}

function isGood(row: Row): boolean {
  return row.errors.length === 0;
}

function failed({ errors }: Row): RowOutcome {
  return { user: null, errors: errors.slice(0, MAX_MUTATION_ERRORS) };
}

/** Ends a call whose rows stand or fall together when one of them is bad. */
function refuseTogether(rows: readonly Row[], policy: BulkPolicy, outcomes = rows.map(failed)): void {
  if (policy === 'ALL_OR_NOTHING' && !rows.every(isGood)) throw new NothingMade(outcomes);
}
