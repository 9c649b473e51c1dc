import { type RawBuilder, sql } from 'kysely';
import type { Handle } from '../db/handle.js';
import { MAX_ROWS_COUNTED, NotCountableError } from '../db/totals.js';
import type { EnvironmentId } from '../ids.js';
import { noteExamined } from '../scheduling/request-life.js';
import type { UserRow } from './user.table.js';
import { holds } from './user-condition.store.js';
import { ask, countAll, isMeant, type Question } from './user-list.store.js';
import { smallest, type Walk } from './user-plan.store.js';
import { COUNT_ADVICE, type Count, ROWS_OF_WORDS, type UserQuery } from './user-query.js';
import { everybody, found, reachesOf } from './user-source.store.js';

type Way = Pick<Walk, 'source' | 'left' | 'searches'>;

/**
 * The exact number of those who are asked for: from a counter, or by looking at no more than `MAX_ROWS_COUNTED` rows.
 *
 * @throws {NotCountableError} when they would not be enough
 */
export async function count(db: Handle, environmentId: EnvironmentId, query: UserQuery): Promise<number> {
  const question = await ask(db, environmentId, query);
  if (!question) return 0;
  const kept = await counterOf(db, question);
  if (kept !== null) return kept;
  const way = await wayTo(db, question);
  if (!way) throw new NotCountableError('users', COUNT_ADVICE);
  if (way.searches) return countByHand(db, question, way);
  const meant = way.left.length === 0 ? sql`1` : sql.join(heldBy(question, way), sql` and `);
  const { rows } = await sql<{ examined: number; total: number | null }>`
    select count(*) as examined, sum(meant) as total from (
      select ${meant} as meant from ${rowsOf(way)} limit ${MAX_ROWS_COUNTED + 1})`.execute(db);
  const { examined = 0, total = 0 } = rows[0] ?? {};
  noteExamined(examined);
  if (examined > MAX_ROWS_COUNTED) throw new NotCountableError('users', COUNT_ADVICE);
  return total ?? 0;
}

/** Counts until `limit`; stops at `MAX_ROWS_COUNTED` rows too, and is then not exact. */
export async function countUpTo(
  db: Handle,
  environmentId: EnvironmentId,
  query: UserQuery,
  limit: number,
): Promise<Count> {
  const question = await ask(db, environmentId, query);
  if (!question) return { value: 0, isExact: true };
  const kept = await counterOf(db, question);
  if (kept !== null) return { value: Math.min(kept, limit), isExact: kept <= limit };
  const way = (await wayTo(db, question)) ?? widest(question);
  if (way.searches) {
    const total = await countByHand(db, question, way);
    return { value: Math.min(total, limit), isExact: total <= limit };
  }
  const meant = way.left.length === 0 ? sql`1` : sql.join(heldBy(question, way), sql` and `);
  // The number of the last row that is meant tells how many were looked at.
  const { rows } = await sql<{
    total: number;
    last: number | null;
  }>`select count(*) as total, max(number) as last from (
    select number from (
      select meant, row_number() over () as number from (
        select ${meant} as meant from ${rowsOf(way)} limit ${MAX_ROWS_COUNTED + 1}))
    where meant limit ${limit + 1})`.execute(db);
  const { total = 0, last = null } = rows[0] ?? {};
  if (total > limit) {
    noteExamined(last ?? 0);
    return { value: limit, isExact: false };
  }
  const length = await lengthOf(db, way);
  noteExamined(length);
  return { value: total, isExact: length <= MAX_ROWS_COUNTED };
}

/** A number that every write keeps: of all, of the verified ones, of the members of an organization. */
async function counterOf(db: Handle, { environmentId, parts, match }: Question): Promise<number | null> {
  if (match !== null || parts.length > 1) return null;
  const [part] = parts;
  if (!part) return countAll(db, environmentId);
  if (part.kind === 'verified') return countAll(db, environmentId, part.value);
  const [organizationId, ...others] = part.kind === 'member' ? part.ids : [];
  if (organizationId === undefined || others.length > 0) return null;
  const row = await db
    .selectFrom('organization_totals')
    .select((eb) => eb.fn.sum<number | null>('users').as('total'))
    .where('environment_id', '=', environmentId)
    .where('organization_id', '=', organizationId)
    .executeTakeFirst();
  return row?.total ?? 0;
}

/** The way that looks at the fewest rows; without a condition that an index serves, everybody is looked at. */
async function wayTo(db: Handle, question: Question): Promise<Way | null> {
  const { environmentId, parts, match } = question;
  const [reach, ...others] = reachesOf(environmentId, parts, 'CREATED_AT');
  if (match === null && !reach) return widest(question);
  if (match === null && reach && 'source' in reach && others.length === 0) {
    const left = parts.filter((part) => part !== reach.condition || !reach.source.exact);
    return { source: reach.source, left, searches: false };
  }
  return smallest(db, question, 'CREATED_AT', MAX_ROWS_COUNTED);
}

function widest({ environmentId, parts, match }: Question): Way {
  const source = match === null ? everybody(environmentId, 'CREATED_AT') : found(environmentId, match);
  return { source, left: parts, searches: false };
}

/** The rows of a way, with their users where something is left to be asked of them. */
function rowsOf({ source, left }: Way): RawBuilder<unknown> {
  const join = left.length === 0 ? sql`` : (source.join ?? sql``);
  return sql`${source.from} ${join} where ${sql.join(source.where, sql` and `)}`;
}

function heldBy({ environmentId }: Question, { left }: Way) {
  return left.map((condition) => holds(environmentId, condition));
}

/** How many rows a way looks at. */
async function lengthOf(db: Handle, { source }: Way): Promise<number> {
  const { rows } = await sql<{ examined: number }>`select count(*) as examined from (
    select 1 from ${source.from} where ${sql.join(source.where, sql` and `)} limit ${MAX_ROWS_COUNTED + 1})`.execute(
    db,
  );
  return rows[0]?.examined ?? 0;
}

/** At most `MAX_ROWS_SEARCHED` users, each asked for the words of the search. */
async function countByHand(db: Handle, question: Question, { source, left }: Way): Promise<number> {
  const conditions = [...source.where, ...left.map((condition) => holds(question.environmentId, condition))];
  const { rows } = await sql<UserRow>`select users.* from ${source.from} ${source.join ?? sql``}
    where ${sql.join(conditions, sql` and `)}`.execute(db);
  noteExamined(rows.length * ROWS_OF_WORDS);
  return rows.filter((row) => isMeant(question, row)).length;
}
