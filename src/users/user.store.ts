import { sql } from 'kysely';
import type { Instant } from '../clock.js';
import { violationOf } from '../db/constraint.js';
import { findRows, primaryKey } from '../db/find-rows.js';
import type { Handle, Transaction } from '../db/handle.js';
import { insertRows } from '../db/insert-rows.js';
import { type DomainError, ExternalIdTakenError } from '../errors.js';
import type { EnvironmentId, UserId } from '../ids.js';
import { EmailNotAvailableError, lookupFormsOf, normalizeEmail, secondFormOf, type User } from './user.js';
import { toUser, toUserRow, type UserRow } from './user.table.js';
import { searchableText } from './user-search.js';
import * as index from './user-search.store.js';

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
 * Finds by address in any letter case and spelling; the answer is keyed by the addresses as they were given. Where two
 * users of an older release have one mailbox, each is found by their own spelling.
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
 * Writes users in the order given, with their search entries, in three statements however many there are.
 *
 * @throws the driver's error when a unique index refuses one of them; `isTaken` knows it
 */
export async function insertMany(
  trx: Transaction,
  environmentId: EnvironmentId,
  users: readonly User[],
): Promise<void> {
  const number = await index.takeNumbers(trx, environmentId, users.length);
  const rows = users.map((user, position) => toUserRow(environmentId, user, number + position));
  await insertRows(trx, 'users', rows);
  await index.insert(
    trx,
    users.map((user, position) => ({ number: number + position, text: searchableText(user) })),
  );
}

/** @throws the driver's error when a unique index refuses; `isTaken` knows it */
export async function update(trx: Transaction, environmentId: EnvironmentId, before: User, user: User): Promise<void> {
  // The number of a search entry never changes: what is written here of it is not.
  const { environment_id, id, search_number: _, ...columns } = toUserRow(environmentId, user, 0);
  const isSameMailbox = normalizeEmail(before.email) === columns.email_normal;
  const updated = await trx
    .updateTable('users')
    .set(isSameMailbox && lookupFormsOf(user.email).length > 1 ? { ...columns, ...keptForm(columns) } : columns)
    .where('environment_id', '=', environment_id)
    .where('id', '=', id)
    .returning('search_number')
    .executeTakeFirst();
  if (!isSameMailbox) await passOn(trx, environmentId, normalizeEmail(before.email));
  const text = searchableText(user);
  if (updated && text !== searchableText(before)) await index.update(trx, { number: updated.search_number, text });
}

/** Who is kept under a former form of their address stays there while somebody else has the normal one. */
function keptForm({ email_normal: normal }: Pick<UserRow, 'email_normal'>) {
  return {
    email_normal: sql<string>`case when exists (
        select 1 from users as other
        where other.environment_id = users.environment_id and other.email_normal = ${normal} and other.id <> users.id
      ) then users.email_normal else ${normal} end`,
  };
}

export async function remove(trx: Transaction, environmentId: EnvironmentId, id: UserId): Promise<void> {
  const removed = await trx
    .deleteFrom('users')
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .returning(['search_number', 'email_normal'])
    .executeTakeFirst();
  if (!removed) return;
  await passOn(trx, environmentId, removed.email_normal);
  await index.remove(trx, removed.search_number);
}

/** Gives the normal form of a mailbox that a user has left to the second user who has the mailbox, if there is one. */
async function passOn(trx: Transaction, environmentId: EnvironmentId, emailNormal: string): Promise<void> {
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

/** Whether `error` is a unique index of this table refusing a row. */
export function isTaken(error: unknown): boolean {
  const violation = violationOf(error);
  return violation?.kind === 'unique' && violation.columns.startsWith('users.');
}

/** Which of the unique values of `wanted` belong to somebody else: all of them, where an index names only one. */
export async function conflictsOf(
  db: Handle,
  environmentId: EnvironmentId,
  wanted: { id: UserId | null; email: string | null; externalId: string | null },
): Promise<DomainError[]> {
  const { id, email, externalId } = wanted;
  const byEmail = email === null ? null : (await findManyByEmail(db, environmentId, [email])).values().next().value;
  const byExternalId =
    externalId === null ? null : (await findManyByExternalId(db, environmentId, [externalId])).get(externalId);
  return [
    ...(email !== null && byEmail && byEmail.id !== id ? [new EmailNotAvailableError(email)] : []),
    ...(externalId !== null && byExternalId && byExternalId.id !== id ? [new ExternalIdTakenError(externalId)] : []),
  ];
}

/** Which of the values belong to somebody already, whatever their number in two statements; addresses in normal form. */
export async function findTaken(
  db: Handle,
  environmentId: EnvironmentId,
  wanted: readonly { email: string | null; externalId: string | null }[],
): Promise<{ emails: Set<string>; externalIds: Set<string> }> {
  const emails = wanted.flatMap(({ email }) => email ?? []);
  const externalIds = wanted.flatMap(({ externalId }) => externalId ?? []);
  return {
    emails: new Set(
      emails.length === 0 ? [] : [...(await findManyByEmail(db, environmentId, emails)).keys()].map(normalizeEmail),
    ),
    externalIds: new Set(
      externalIds.length === 0 ? [] : (await findManyByExternalId(db, environmentId, externalIds)).keys(),
    ),
  };
}

/**
 * Writes down when a user signed in. Neither version nor `updated_at` moves (WorkOS contract, section 2.1).
 *
 * @returns the user, or null when there is none
 */
export async function stampSignIn(
  trx: Transaction,
  environmentId: EnvironmentId,
  id: UserId,
  at: Instant,
): Promise<User | null> {
  const row = await trx
    .updateTable('users')
    .set({ last_sign_in_at: at })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  return row ? toUser(row) : null;
}
