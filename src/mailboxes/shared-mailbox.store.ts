import { sql } from 'kysely';
import type { Handle } from '../db/handle.js';
import { byIndex, byPrimaryKey, cell, isBeyondAscii, nestedJoin, rowsOf } from '../db/syntax.js';
import type { Row } from '../db/tables.js';
import type { EnvironmentId, UserId } from '../domain/ids.js';
import { normalizeEmail } from '../users/user.js';

/** The number of users read by one statement. */
const BATCH = 1_000;

/** A user who is stored under a former form of the address, because another user has the normal form. */
export interface Twin {
  readonly environmentId: EnvironmentId;
  readonly id: UserId;
  /** The user who is stored under the normal form. */
  readonly otherId: UserId;
}

/** Finds all users who share a mailbox, in the order of creation within each environment. Reads all users. */
export async function findTwins(db: Handle): Promise<Twin[]> {
  const twins: Twin[] = [];
  let last = ['', ''];
  for (;;) {
    const { rows } = await sql<Pick<Row<'users'>, 'environment_id' | 'id' | 'email' | 'email_normal'>>`
      select environment_id, id, email, email_normal from users ${byPrimaryKey('users')}
      where (environment_id, id) > (${last[0]}, ${last[1]}) and (${isBeyondAscii('email')} or email like '%xn--%')
      order by environment_id, id limit ${BATCH}`.execute(db);
    const end = rows.at(-1);
    if (!end) return twins;
    const kept = rows
      .filter(({ email, email_normal }) => normalizeEmail(email) !== email_normal)
      .map(({ environment_id, id, email }) => [environment_id, id, normalizeEmail(email)]);
    const pairs = await sql<Twin>`
      select ${cell(0)} as "environmentId", ${cell(1)} as id, other.id as "otherId"
      from ${rowsOf(kept)} ${nestedJoin} users as other ${byIndex('users_email_unique')}
        on other.environment_id = ${cell(0)} and other.email_normal = ${cell(2)}`.execute(db);
    twins.push(...pairs.rows);
    last = [end.environment_id, end.id];
  }
}
