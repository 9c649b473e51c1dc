import { sql } from 'kysely';
import type { EnvironmentId } from '../../domain/ids.js';
import type { SearchEntry, SearchIndex } from '../../users/search-index.js';
import { wordsOf } from '../../users/user-search.js';
import { compiled } from '../compiled.js';
import { type ComputedColumn, insertRows } from '../insert-rows.js';
import { textOfRows } from '../syntax.js';

/** Characters of an environment's ID in front of each word. One environment reads few entries of another, whose ID ends alike. */
const MARK_LENGTH = 6;

/** The longest lexeme that PostgreSQL takes has 2,046 bytes (chapter 12.11, "Limitations"). */
const MAX_WORD_BYTES = 2_000;

/** The search index as a `tsvector` of whole words with a GIN index. A word is found by its beginning (`:*`). */
export const searchIndex: SearchIndex = {
  async insertUsers(trx, environmentId, users, texts) {
    const count = users.length;
    // Given is the distance to the last number taken, so that no statement waits for the answer of another.
    const rows = users.map((user, index) => ({ ...user, search_number: index + 1 - count }));
    const entries = texts.map((text, index) => ({ number: index + 1 - count, text }));
    await Promise.all([
      take(trx, { environmentId, count }),
      insertRows(trx, 'users', rows, [SEARCH_NUMBER]),
      insertNext(trx, { rows: rowsOf(environmentId, entries) }),
    ]);
  },
  async insert(trx, environmentId, entries) {
    await insertEntries(trx, { rows: rowsOf(environmentId, entries) });
  },
  async update(trx, environmentId, entry) {
    const { words } = rowOf(environmentId, entry);
    await sql`update user_search set words = ${words}::tsvector
      where environment_id = ${environmentId} and number = ${entry.number}`.execute(trx);
  },
  async remove(trx, environmentId, number) {
    await sql`delete from user_search where environment_id = ${environmentId} and number = ${number}`.execute(trx);
  },
  find: async (_, environmentId, words) => ({
    from: sql`user_search as hit`,
    where: [
      sql`hit.environment_id = ${environmentId}`,
      sql`hit.words @@ ${words.map((word) => `${quoted(markOf(environmentId) + cut(word))}:*`).join(' & ')}::tsquery`,
    ],
    number: 'hit.number',
    base: 0,
  }),
  baseOf: async () => 0,
  // Autovacuum removes the words of deleted rows.
  purge: async () => false,
};

function rowOf(environmentId: EnvironmentId, { number, text }: SearchEntry) {
  const mark = markOf(environmentId);
  const words = wordsOf(text).map((word) => quoted(mark + cut(word)));
  return { environment_id: environmentId, number, words: words.join(' ') };
}

function rowsOf(environmentId: EnvironmentId, entries: readonly SearchEntry[]): string {
  return textOfRows(entries.map((entry) => rowOf(environmentId, entry)));
}

function markOf(environmentId: EnvironmentId): string {
  return environmentId.slice(-MARK_LENGTH);
}

/** Words are letters, marks and digits, so none has a quote or a backslash. */
function quoted(word: string): string {
  return `'${word}'`;
}

function cut(word: string): string {
  const bytes = Buffer.from(word);
  if (bytes.length <= MAX_WORD_BYTES) return word;
  // A character that was cut in half is left out.
  return bytes
    .subarray(0, MAX_WORD_BYTES)
    .toString('utf8')
    .replace(/\ufffd$/, '');
}

const take = compiled<{ environmentId: EnvironmentId; count: number }, never>(
  (value) => sql`
    insert into search_spaces (environment_id, last) values (${value('environmentId')}, ${value('count')})
    on conflict (environment_id) do update set last = search_spaces.last + excluded.last`,
);

const SEARCH_NUMBER: ComputedColumn = {
  name: 'search_number',
  from: (given) =>
    sql`${given('search_number')} + (select last from search_spaces where environment_id = ${given('environment_id')})`,
};

const insertNext = compiled<{ rows: string }, unknown>(
  (value) => sql`
    insert into user_search select environment_id, number + last, words
    from json_populate_recordset(null::user_search, ${value('rows')}::json) join search_spaces using (environment_id)`,
);

const insertEntries = compiled<{ rows: string }, unknown>(
  (value) => sql`
    insert into user_search select * from json_populate_recordset(null::user_search, ${value('rows')}::json)`,
);
