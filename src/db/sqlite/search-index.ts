import { sql } from 'kysely';
import type { EnvironmentId } from '../../domain/ids.js';
import type { SearchEntry, SearchIndex } from '../../users/search-index.js';
import { compiled } from '../compiled.js';
import type { Handle, Transaction } from '../handle.js';
import { insertRows } from '../insert-rows.js';
import { cell, elementsOf, textOfRows } from '../syntax.js';
import { entryOf, prefixOf, SPACE } from './search-entry.js';

/** Pages of the index that one transaction merges, so that other writes wait briefly. */
const MERGED_PAGES = 200;

/** The search index as an FTS5 table. */
export const searchIndex: SearchIndex = {
  async insertUsers(trx, environmentId, users, texts) {
    const { rows: taken } = await take(trx, { environmentId, count: users.length });
    const [{ number, last } = { number: 0, last: 0 }] = taken; // an upsert returns its row
    const first = number * SPACE + last - users.length + 1;
    const rows = users.map((user, index) => ({ ...user, search_number: first + index }));
    const entries = texts.map((text, index) => ({ number: first + index, text }));
    await Promise.all([insertRows(trx, 'users', rows), insert(trx, entries)]);
  },
  insert: (trx, _, entries) => insert(trx, entries),
  async update(trx, _, { number, text }) {
    await sql`update user_search set words = ${entryOf(number, text)} where rowid = ${number}`.execute(trx);
  },
  async remove(trx, _, number) {
    await sql`delete from user_search where rowid = ${number}`.execute(trx);
  },
  async find(db, environmentId, words) {
    const space = await findSpace(db, environmentId);
    if (space === null) return null;
    return {
      from: sql`user_search as hit`,
      where: [sql`hit.user_search match ${matchOf(space, words)}`],
      number: 'hit.rowid',
      base: space * SPACE,
    };
  },
  async baseOf(db, environmentId) {
    const space = await findSpace(db, environmentId);
    return space === null ? null : space * SPACE;
  },
  // A deleted entry is only marked as deleted until its part of the index is merged.
  purge: (trx, isFirst) => merge(trx, isFirst ? -MERGED_PAGES : MERGED_PAGES),
};

async function insert(trx: Transaction, entries: readonly SearchEntry[]): Promise<void> {
  const rows = entries.map(({ number, text }) => [number, entryOf(number, text)]);
  await insertEntries(trx, { rows: textOfRows(rows) });
}

const take = compiled<{ environmentId: EnvironmentId; count: number }, { number: number; last: number }>(
  (value) => sql`
    insert into search_spaces (environment_id, last) values (${value('environmentId')}, ${value('count')})
    on conflict (environment_id) do update set last = search_spaces.last + excluded.last
    returning number, last`,
);

const insertEntries = compiled<{ rows: string }, unknown>(
  (value) => sql`
    insert into user_search (rowid, words) select ${cell(0)}, ${cell(1)} from ${elementsOf(value('rows'))}`,
);

/**
 * Merges parts of the index (FTS5, section 6.8, "The 'merge' Command"). A negative number of pages starts to merge all
 * parts into one, a positive number continues. Returns whether there is more to merge.
 */
async function merge(trx: Transaction, pages: number): Promise<boolean> {
  const changes = async () => {
    const { rows } = await sql<{ total: number }>`select total_changes() as total`.execute(trx);
    return rows[0]?.total ?? 0;
  };
  const before = await changes();
  await sql`insert into user_search (user_search, rank) values ('merge', ${pages})`.execute(trx);
  return pages < 0 || (await changes()) - before >= 2;
}

/** The number of the environment in the index; null when it has never had a user. */
async function findSpace(db: Handle, environmentId: EnvironmentId): Promise<number | null> {
  const row = await db
    .selectFrom('search_spaces')
    .select((eb) => eb.fn.max<number | null>('number').as('number'))
    .where('environment_id', '=', environmentId)
    .executeTakeFirst();
  return row?.number ?? null;
}

/** The FTS5 query for entries of an environment that have, for each of `words`, a word starting with it. No word has quotes. */
function matchOf(space: number, words: readonly string[]): string {
  return words.map((word) => `"${prefixOf(space)}${word}"*`).join(' AND ');
}
