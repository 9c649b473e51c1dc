import { sql } from 'kysely';
import type { Handle } from '../db/handle.js';
import { rowsOf } from '../db/lists.js';
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
    const kept = rows
      .filter(({ email, email_normal }) => normalizeEmail(email) !== email_normal)
      .map(({ environment_id, id, email }) => [environment_id, id, normalizeEmail(email)]);
    const pairs = await sql<Twin>`
      select value ->> 0 as "environmentId", value ->> 1 as id, other.id as "otherId"
      from ${rowsOf(kept)} cross join users as other
        on other.environment_id = value ->> 0 and other.email_normal = value ->> 2`.execute(db);
    twins.push(...pairs.rows);
    last = [end.environment_id, end.id];
  }
}
