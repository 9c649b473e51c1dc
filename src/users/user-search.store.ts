import { sql } from 'kysely';
import { compiled } from '../db/compiled.js';
import type { Handle, Transaction } from '../db/handle.js';
import { textOfRows } from '../db/lists.js';
import type { EnvironmentId } from '../ids.js';
import { entryOf, markOf, SPACE } from './user-search.js';

/** One user's place in the index: the number of the entry, and the text it stands for. */
export interface Entry {
  readonly number: number;
  readonly text: string;
}

/** Takes numbers for users about to be written: the first of them, the others follow it. */
export async function takeNumbers(trx: Transaction, environmentId: EnvironmentId, count: number): Promise<number> {
  const { rows } = await take(trx, { environmentId, count });
  const [{ number, last } = { number: 0, last: 0 }] = rows; // an upsert returns its row
  return number * SPACE + last - count + 1;
}

const take = compiled<{ environmentId: EnvironmentId; count: number }, { number: number; last: number }>(
  (value) => sql`
    insert into search_spaces (environment_id, last) values (${value('environmentId')}, ${value('count')})
    on conflict (environment_id) do update set last = search_spaces.last + excluded.last
    returning number, last`,
);

export async function insert(trx: Transaction, entries: readonly Entry[]): Promise<void> {
  const rows = entries.map(({ number, text }) => [number, entryOf(number, text)]);
  await insertEntries(trx, { rows: textOfRows(rows) });
}

const insertEntries = compiled<{ rows: string }, unknown>(
  (value) => sql`
    insert into user_search (rowid, words) select value ->> 0, value ->> 1 from json_each(${value('rows')})`,
);

export async function update(trx: Transaction, { number, text }: Entry): Promise<void> {
  await sql`update user_search set words = ${entryOf(number, text)} where rowid = ${number}`.execute(trx);
}

export async function remove(trx: Transaction, number: number): Promise<void> {
  await sql`delete from user_search where rowid = ${number}`.execute(trx);
}

/**
 * Merges parts of the index (FTS5, 6.8 "The 'merge' Command"): with a negative number of pages it begins to make one of
 * all of them, with a positive one it goes on. @returns whether there is more to do
 */
export async function merge(trx: Transaction, pages: number): Promise<boolean> {
  const changes = async () => {
    const { rows } = await sql<{ total: number }>`select total_changes() as total`.execute(trx);
    return rows[0]?.total ?? 0;
  };
  const before = await changes();
  await sql`insert into user_search (user_search, rank) values ('merge', ${pages})`.execute(trx);
  return (await changes()) - before >= 2;
}

/** The number of the environment in the index; null while it has had no user. */
export async function findSpace(db: Handle, environmentId: EnvironmentId): Promise<number | null> {
  const row = await db
    .selectFrom('search_spaces')
    .select((eb) => eb.fn.max<number | null>('number').as('number'))
    .where('environment_id', '=', environmentId)
    .executeTakeFirst();
  return row?.number ?? null;
}

/** FTS5's query for entries of an environment with a word that begins so, for each of these. Words hold no quotes. */
export function matchOf(space: number, words: readonly string[]): string {
  return words.map((word) => `"${markOf(space)}${word}"*`).join(' AND ');
}
