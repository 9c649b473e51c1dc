import { expect } from 'vitest';
import type { App } from '../../../src/app.js';
import type { UserId } from '../../../src/domain/ids.js';
import { toUser } from '../../../src/users/user.table.js';

/** Expects the users of every environment to be what their log makes of them, from its first event to its last. */
export async function expectUsersRebuilt({ db }: App): Promise<void> {
  const events = await db.reader
    .selectFrom('events')
    .selectAll()
    .orderBy('environment_id')
    .orderBy('sequence')
    .execute();
  const rebuilt = new Map<UserId, object>();
  for (const { name, user_id: userId, data, created_at: at } of events) {
    if (userId === null) continue;
    if (name === 'user.created' || name === 'user.updated') rebuilt.set(userId, JSON.parse(data) as object);
    if (name === 'user.deleted') rebuilt.delete(userId);
    // Signing in changes one field, and has an event of its own.
    if (name === 'authentication.password_succeeded') rebuilt.set(userId, { ...rebuilt.get(userId), lastSignInAt: at });
  }
  const rows = await db.reader.selectFrom('users').selectAll().execute();
  // As JSON: that is how the log has them.
  const users = new Map(rows.map((row) => [row.id, JSON.parse(JSON.stringify(toUser(row))) as unknown]));
  expect(rebuilt.size).toBe(users.size);
  for (const [id, user] of users) expect(rebuilt.get(id)).toEqual(user);
}
