import { sql } from 'kysely';
import type { Handle } from '../db/handle.js';
import type { EnvironmentId, UserId } from '../ids.js';
import { normalizeEmail } from './user.js';

/** Users looked at in one go. */
const BATCH = 1_000;

/** A user who is kept under a former form of their address, for another user has the normal one. */
export interface Twin {
  readonly environmentId: EnvironmentId;
  readonly id: UserId;
  /** Who has the mailbox in its normal form. */
  readonly otherId: UserId;
}

/** All of them, in the order of creation. Reads all users, so it is for an operator who looks. */
export async function findTwins(db: Handle): Promise<Twin[]> {
  const twins: Twin[] = [];
  let last = ['', ''];
  for (;;) {
    const rows = await db
      .selectFrom('users')
      .select(['environment_id', 'id', 'email', 'email_normal'])
      .where(sql<boolean>`(environment_id, id) > (${last[0]}, ${last[1]})`)
      .where(sql<boolean>`(email glob '*[^ -~]*' or email like '%xn--%')`)
      .orderBy('environment_id')
      .orderBy('id')
      .limit(BATCH)
      .execute();
    const end = rows.at(-1);
    if (!end) return twins;
    for (const { environment_id: environmentId, id, email, email_normal } of rows) {
      const normal = normalizeEmail(email);
      if (normal === email_normal) continue;
      const other = await db
        .selectFrom('users')
        .select('id')
        .where('environment_id', '=', environmentId)
        .where('email_normal', '=', normal)
        .executeTakeFirst();
      if (other) twins.push({ environmentId, id, otherId: other.id });
    }
    last = [end.environment_id, end.id];
  }
}
