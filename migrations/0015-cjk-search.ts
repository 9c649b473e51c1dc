import { sql } from 'kysely';
import type { Transaction } from '../src/db/handle.js';
import type { Migration } from '../src/db/migrator.js';
import { rowsOf } from './frozen/rows.js';
import { entryOf, searchableText } from './frozen/search.js';

/** Users whose entries are written anew at one time. */
const BATCH = 1_000;

interface IndexedUser {
  readonly search_number: number;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly name: string | null;
  readonly email: string;
  readonly external_id: string | null;
}

async function reindex(trx: Transaction): Promise<void> {
  const environments = await trx.selectFrom('search_spaces').select('environment_id').execute();
  for (const { environment_id } of environments) {
    for (let last = 0; ; ) {
      // Of texts that are ASCII alone, whose words are what they were, both lengths are equal; of one with a NUL they are not.
      const { rows } = await sql<IndexedUser>`
        select search_number, first_name, last_name, name, email, external_id
        from (select *, concat(first_name, last_name, name, email, external_id) as text from users)
        where environment_id = ${environment_id} and search_number > ${last}
          and length(text) <> octet_length(text)
        order by search_number limit ${BATCH}`.execute(trx);
      if (rows.length === 0) break;
      await write(trx, rows);
      last = rows.at(-1)?.search_number ?? last;
    }
  }
}

async function write(trx: Transaction, users: readonly IndexedUser[]): Promise<void> {
  const entries = users.map(({ search_number, first_name, last_name, name, email, external_id }) => {
    const user = { firstName: first_name, lastName: last_name, name, email, externalId: external_id };
    return [search_number, entryOf(search_number, searchableText(user))];
  });
  await sql`delete from user_search where rowid in (select value ->> 0 from ${rowsOf(entries)})`.execute(trx);
  await sql`insert into user_search (rowid, words)
    select value ->> 0, value ->> 1 from ${rowsOf(entries)}`.execute(trx);
}

/** Texts in scripts without blanks are found by every part of them: the entries of users who have some are made anew. */
export const cjkSearch: Migration = { name: '0015-cjk-search', statements: [reindex] };
