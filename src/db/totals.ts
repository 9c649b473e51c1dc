import { type SelectQueryBuilder, sql } from 'kysely';
import { RequestError } from '../domain/errors.js';
import type { EnvironmentId } from '../domain/ids.js';
import { noteExamined } from '../scheduling/request-life.js';
import type { Handle } from './handle.js';
import type { Tables } from './tables.js';

declare module './tables.js' {
  interface Tables {
    list_totals: ListTotalTable;
  }
}

/** Rows a count may look at. */
export const MAX_ROWS_COUNTED = 100_000;

/** Numbers of rows of an environment, kept by triggers. */
export interface ListTotalTable {
  environment_id: EnvironmentId;
  list: CountedList;
  total: number;
}

/** Tables whose rows are counted when they are written. */
export type CountedList = 'api_keys' | 'applications' | 'organizations';

/** An exact count would have to look at too many rows. */
export class NotCountableError extends RequestError {
  /** @param what what is counted, e.g. `users` @param advice what to ask for instead */
  constructor(what: string, advice: string) {
    const message = `More than ${MAX_ROWS_COUNTED} ${what} would have to be looked at for an exact totalCount. ${advice}`;
    super('FILTER_NOT_SELECTIVE', message);
  }
}

/** How many rows of the table an environment has, from its counter. */
export async function totalOf(db: Handle, environmentId: EnvironmentId, list: CountedList): Promise<number> {
  const { total } = await db
    .selectFrom('list_totals')
    .select((eb) => eb.fn.sum<number | null>('total').as('total'))
    .where('environment_id', '=', environmentId)
    .where('list', '=', list)
    .executeTakeFirstOrThrow();
  return total ?? 0;
}

/**
 * Counts the rows of a query, whose conditions an index serves.
 *
 * @param what what they are, e.g. `applications`
 * @throws {NotCountableError} when there are more than `MAX_ROWS_COUNTED`
 */
export async function countOf<Table extends keyof Tables>(
  db: Handle,
  what: string,
  query: SelectQueryBuilder<Tables, Table, object>,
): Promise<number> {
  const { total } = await db
    .selectFrom(
      query
        .select(sql<number>`1`.as('counted'))
        .limit(MAX_ROWS_COUNTED + 1)
        .as('one'),
    )
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  noteExamined(total);
  if (total > MAX_ROWS_COUNTED) throw new NotCountableError(what, 'Leave the total out, or add a condition.');
  return total;
}
