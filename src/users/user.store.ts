import { sql } from 'kysely';
import { engineOf } from '../db/engine.js';
import { findRows, primaryKey } from '../db/find-rows.js';
import type { Handle, Transaction } from '../db/handle.js';
import type { EnvironmentId, UserId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';
import { lookupFormsOf, normalizeEmail, secondFormOf, type User } from './user.js';
import { type NewUserRow, toUser, toUserRow, type UserRow } from './user.table.js';
import { searchableText } from './user-search.js';

export async function find(db: Handle, environmentId: EnvironmentId, id: UserId): Promise<User | null> {
  return (await findMany(db, environmentId, [id])).get(id) ?? null;
}

export async function findMany(
  db: Handle,
  environmentId: EnvironmentId,
  ids: readonly UserId[],
): Promise<Map<UserId, User>> {
  const rows = await findRows(db, primaryKey('users', 'id'), environmentId, ids);
  return new Map(rows.map((row) => [row.id, toUser(row)]));
}

export async function findManyByExternalId(
  db: Handle,
  environmentId: EnvironmentId,
  externalIds: readonly string[],
): Promise<Map<string, User>> {
  const rows = await findRows(
    db,
    { table: 'users', column: 'external_id', index: 'users_external_id_unique' },
    environmentId,
    externalIds,
  );
  return new Map(rows.map((row) => [row.external_id ?? '', toUser(row)]));
}

/**
 * Finds users by email address, in any letter case and spelling of the domain. The keys of the result are the addresses
 * as given. When two users of an older release share a mailbox, each is found by the spelling of its own address.
 */
export async function findManyByEmail(
  db: Handle,
  environmentId: EnvironmentId,
  emails: readonly string[],
): Promise<Map<string, User>> {
  const forms = new Map(emails.map((email) => [email, lookupFormsOf(email)]));
  const rows = await findRows(
    db,
    { table: 'users', column: 'email_normal', index: 'users_email_unique' },
    environmentId,
    [...new Set([...forms.values()].flat())],
  );
  const users = new Map(rows.map((row) => [row.email_normal, toUser(row)]));
  return new Map(
    [...forms].flatMap(([email, [nearest, other = '']]) => {
      const user = users.get(nearest) ?? users.get(other);
      return user ? [[email, user] as const] : [];
    }),
  );
}

/**
 * Inserts users in the given order, with their search entries. The number of users does not affect the number of
 * statements.
 *
 * @throws {UniqueViolationError} when a user violates a unique index
 */
export async function insertMany(
  trx: Transaction,
  environmentId: EnvironmentId,
  users: readonly User[],
): Promise<void> {
  const { searchIndex } = engineOf(trx);
  const rows = users.map((user) => toUserRow(environmentId, user));
  await searchIndex.insertUsers(trx, environmentId, rows, users.map(searchableText));
}

/**
 * Writes the columns that have changed: SQLite rewrites the entries of all indexes that contain a written column.
 *
 * @throws {UniqueViolationError}
 */
export async function update(trx: Transaction, environmentId: EnvironmentId, before: User, user: User): Promise<void> {
  const row = toUserRow(environmentId, user);
  const changed = changedColumns(toUserRow(environmentId, before), row);
  const isSameMailbox = changed.email_normal === undefined;
  // When two users share a mailbox, the stored form of this one differs from the form of the address.
  const { email_normal } = row;
  const form =
    lookupFormsOf(user.email).length > 1 ? keptForm(row) : changed.email === undefined ? {} : { email_normal };
  const updated = await trx
    .updateTable('users')
    .set(isSameMailbox ? { ...changed, ...form } : changed)
    .where('environment_id', '=', environmentId)
    .where('id', '=', user.id)
    .returning('search_number')
    .executeTakeFirst();
  if (!isSameMailbox) await reassignNormalForm(trx, environmentId, normalizeEmail(before.email));
  const text = searchableText(user);
  if (updated && text !== searchableText(before)) {
    await engineOf(trx).searchIndex.update(trx, environmentId, { number: updated.search_number, text });
  }
}

/** A user stored under a former form of the address keeps it while another user has the normal form. */
function keptForm({ email_normal: normal }: Pick<UserRow, 'email_normal'>) {
  return {
    email_normal: sql<string>`case when exists (
        select 1 from users as other
        where other.environment_id = users.environment_id and other.email_normal = ${normal} and other.id <> users.id
      ) then users.email_normal else ${normal} end`,
  };
}

function changedColumns(before: NewUserRow, after: NewUserRow): Partial<NewUserRow> {
  const entries = Object.entries(after).filter(([name, value]) => before[name as keyof NewUserRow] !== value);
  return Object.fromEntries(entries) as Partial<NewUserRow>; // the columns of `after`
}

export async function remove(trx: Transaction, environmentId: EnvironmentId, id: UserId): Promise<void> {
  const removed = await trx
    .deleteFrom('users')
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .returning(['search_number', 'email_normal'])
    .executeTakeFirst();
  if (!removed) return;
  await reassignNormalForm(trx, environmentId, removed.email_normal);
  await engineOf(trx).searchIndex.remove(trx, environmentId, removed.search_number);
}

/** After a user has left a shared mailbox, stores the other user of the mailbox, if any, under the normal form. */
async function reassignNormalForm(trx: Transaction, environmentId: EnvironmentId, emailNormal: string): Promise<void> {
  const second = secondFormOf(emailNormal);
  if (second === null) return;
  await trx
    .updateTable('users')
    .set({ email_normal: emailNormal })
    .where('environment_id', '=', environmentId)
    .where('email_normal', '=', second)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('users as other')
            .select('other.id')
            .where('other.environment_id', '=', environmentId)
            .where('other.email_normal', '=', emailNormal),
        ),
      ),
    )
    .execute();
}

/**
 * Sets the time of the last sign-in. It changes neither `version` nor `updated_at` (WorkOS contract, section 2.1).
 *
 * @returns the user, or null when no user has this id
 */
export async function stampSignIn(
  trx: Transaction,
  environmentId: EnvironmentId,
  id: UserId,
  at: Instant,
): Promise<User | null> {
  const row = await trx
    .updateTable('users')
    .set({ last_sign_in_at: at, last_sign_in_order: at })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  return row ? toUser(row) : null;
}
