import pLimit from 'p-limit';
import { authorize } from '../auth/policy.js';
import type { Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import type { Handle } from '../db/handle.js';
import { type DomainError, MAX_MUTATION_ERRORS, RequestError, refuseIfAny } from '../domain/errors.js';
import { checkIdempotencyKey } from '../idempotency/idempotency.js';
import type { Idempotency, Transact } from '../idempotency/idempotency.service.js';
import type { PasswordService } from '../passwords/password.service.js';
import type { PasswordHash } from '../passwords/password-hash.js';
import { nextTurn } from '../scheduling/turns.js';
import type { UserValues } from './user.input.js';
import type { CreateUser } from './user.js';
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
import { Owners, validIn } from './user-conflicts.service.js';
import type { UserCreation } from './user-creation.service.js';

/** The number of calls processed at a time. Their transactions can share a commit, which delays all other writes. */
const MAX_BULKS_AT_ONCE = 2;
/** The number of calls that may wait: about one second of work without passwords. */
export const MAX_WAITING_BULKS = 100;

export interface UserBulk {
  /**
   * Creates many users in one transaction and returns the outcome of each row, in input order. Rows are validated in
   * order: when two have the same email address, the first one gets it. With PER_ROW an invalid row fails alone; with
   * ALL_OR_NOTHING it prevents the creation of all rows.
   *
   * @throws {MutationFailure} when the idempotency key or the number of rows is invalid
   * @throws {RequestError} SERVICE_UNAVAILABLE when too many calls wait
   */
  createUsers(viewer: Viewer, input: CreateUsers): Promise<readonly RowOutcome[]>;
}

/** A row in progress, with the problems found so far. */
interface Row {
  readonly index: number;
  readonly input: CreateUser;
  readonly values: UserValues;
  readonly hash: PasswordHash | null;
  readonly errors: readonly DomainError[];
}

/** Rejects a call with ALL_OR_NOTHING that has an invalid row, and rolls its transaction back. */
class BulkRejected extends Error {
  constructor(readonly outcomes: readonly RowOutcome[]) {
    super('At least one row is invalid.');
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
      // The strength estimate of a password runs on the event loop: a hundred at once would block all other requests.
      if (input.password != null) await nextTurn();
      const { values, problems } = creation.parse(input);
      checkRow(input, problems);
      rows.push({ index, input, values, hash: null, errors: problems });
    }
    return rows;
  }

  /** Adds the conflicts of each row with existing users and with earlier rows. */
  async function addConflicts(
    handle: Handle,
    viewer: Viewer,
    rows: readonly Row[],
    policy: BulkPolicy,
  ): Promise<Row[]> {
    const wanted = rows.map((row) => ({ row, values: validIn(row.values, row.errors) }));
    const owners = await Owners.find(
      handle,
      viewer.environmentId,
      wanted.map(({ values }) => values),
    );
    return wanted.map(({ row, values }) => {
      const errors = [...row.errors, ...owners.conflicts(values)];
      // A row that fails alone leaves its values to the next; rows that stand or fall together have to fit together.
      if (errors.length === 0 || policy === 'ALL_OR_NOTHING') owners.add(values);
      return { ...row, errors };
    });
  }

  async function hashPasswords(rows: readonly Row[]): Promise<Row[]> {
    const hashed: Row[] = [];
    // One at a time, so that a bulk call uses one core and other requests can use the rest.
    for (const row of rows) hashed.push(isValid(row) ? { ...row, hash: await passwords.toHash(row.input) } : row);
    return hashed;
  }

  async function createRows(
    viewer: Viewer,
    { users: inputs, policy }: CreateUsers,
    transaction: Transact<readonly KeptOutcome[]>,
  ): Promise<readonly KeptOutcome[]> {
    const seen = await addConflicts(db.reader, viewer, await parseRows(inputs), policy);
    assertAllValid(seen, policy);
    const rows = await hashPasswords(seen);
    return transaction(async (trx) => {
      // Check again: another transaction may have taken a value since.
      const judged = await addConflicts(trx, viewer, rows.filter(isValid), policy);
      const outcomes = rows.map(failed);
      for (const row of judged) outcomes[row.index] = failed(row);
      assertAllValid(judged, policy, outcomes);
      const good = judged.filter(isValid);
      const users = await creation.insert(trx, viewer, good);
      for (const [position, { index }] of good.entries())
        outcomes[index] = { user: users[position] ?? null, errors: [] };
      return outcomes.map(toKept);
    });
  }

  return {
    async createUsers(viewer, input) {
      authorize(viewer, 'users.createUsers');
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
              throw new RequestError(
                'SERVICE_UNAVAILABLE',
                'Too many bulk calls are waiting. Try again in a few seconds.',
              );
            }
            return gate(() => createRows(viewer, call, transaction));
          },
        );
        return outcomes.map(fromKept);
      } catch (error) {
        if (error instanceof BulkRejected) return error.outcomes;
        throw error;
      }
    },
  };
}

function isValid(row: Row): boolean {
  return row.errors.length === 0;
}

function failed({ errors }: Row): RowOutcome {
  return { user: null, errors: errors.slice(0, MAX_MUTATION_ERRORS) };
}

/** @throws {BulkRejected} when a row is invalid and the policy is ALL_OR_NOTHING */
function assertAllValid(rows: readonly Row[], policy: BulkPolicy, outcomes = rows.map(failed)): void {
  if (policy === 'ALL_OR_NOTHING' && !rows.every(isValid)) throw new BulkRejected(outcomes);
}
