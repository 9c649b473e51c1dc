import { sql } from 'kysely';
import type { Transaction } from '../src/db/handle.js';
import type { Migration } from '../src/db/migrator.js';
import { rowsOf } from './frozen/rows.js';
import { entryOf, SPACE, searchableText } from './frozen/search.js';
import { domainOf, normalizeEmail, normalizeText } from './frozen/texts.js';

/** Users whose normal forms are worked out at one time. */
const BATCH = 1_000;

interface OldUser {
  readonly id: string;
  readonly email: string;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly name: string | null;
  readonly external_id: string | null;
}

/** Fills the new columns of the users that are there, and makes their search entries, in the order of creation. */
async function backfill(trx: Transaction): Promise<void> {
  await sql`insert into search_spaces (environment_id, last)
    select environment_id, count(*) from users group by environment_id`.execute(trx);
  const spaces = await trx.selectFrom('search_spaces').select(['number', 'environment_id']).execute();
  for (const { number, environment_id } of spaces) {
    let next = number * SPACE + 1;
    let last = '';
    for (;;) {
      const { rows } = await sql<OldUser>`
        select id, email, first_name, last_name, name, external_id from users
        where environment_id = ${environment_id} and id > ${last} order by id limit ${BATCH}`.execute(trx);
      if (rows.length === 0) break;
      await fill(trx, environment_id, rows, next);
      next += rows.length;
      last = rows.at(-1)?.id ?? last;
    }
  }
}

async function fill(trx: Transaction, environmentId: string, users: readonly OldUser[], number: number): Promise<void> {
  const values = users.map((user, index) => [
    user.id,
    domainOf(normalizeEmail(user.email)),
    normalizeText(user.first_name ?? ''),
    normalizeText(user.last_name ?? ''),
    normalizeText(user.name ?? ''),
    number + index,
    environmentId,
  ]);
  // The environment comes from the rows as well: given by itself, SQLite would look at all its users for each of them.
  await sql`
    update users set email_domain = value ->> 1, first_name_normal = value ->> 2, last_name_normal = value ->> 3,
      name_normal = value ->> 4, search_number = value ->> 5, last_sign_in_order = coalesce(last_sign_in_at, '')
    from ${rowsOf(values)} where environment_id = value ->> 6 and users.id = value ->> 0`.execute(trx);
  const entries = users.map((user, index) => {
    const { first_name: firstName, last_name: lastName, name, email, external_id: externalId } = user;
    const text = searchableText({ firstName, lastName, name, email, externalId });
    return [number + index, entryOf(number + index, text)];
  });
  await sql`insert into user_search (rowid, words)
    select value ->> 0, value ->> 1 from ${rowsOf(entries)}`.execute(trx);
}

/**
 * What lists of users are filtered, ordered, searched and counted by. Counters and metadata rows are kept by triggers,
 * so that no writer can forget them; normal forms and words need more Unicode than SQLite has, so the store writes them.
 */
export const findingPeople: Migration = {
  name: '0002-finding-people',
  statements: [
    // Normal forms are empty, not null, where there is no text: `not` and orders need no third truth value.
    "alter table users add column email_domain text not null default ''",
    "alter table users add column first_name_normal text not null default ''",
    "alter table users add column last_name_normal text not null default ''",
    "alter table users add column name_normal text not null default ''",
    "alter table users add column last_sign_in_order text not null default ''",
    'alter table users add column search_number integer not null default 0',

    // The number is the rowid, so it is unique without an index that would not begin with the environment.
    `create table search_spaces (
      number integer primary key,
      environment_id text not null unique references environments (id),
      last integer not null
    ) strict`,
    // The texts stay in users. Every sign beyond ASCII is part of a word: words are cut and folded before they come here.
    // Beginnings of up to 8 letters, behind 4 of the environment, have indexes: others are gathered from whole words first.
    `create virtual table user_search using fts5 (
      words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii', prefix = '5 6 7 8 9 10 11 12'
    )`,
    backfill,
    'create unique index users_search_number_unique on users (environment_id, search_number)',
    'create index users_by_updated on users (environment_id, updated_at, id)',
    'create index users_by_last_sign_in on users (environment_id, last_sign_in_order, id)',
    'create index users_by_name on users (environment_id, name_normal, id)',
    'create index users_by_first_name on users (environment_id, first_name_normal, id)',
    'create index users_by_last_name on users (environment_id, last_name_normal, id)',
    'create index users_by_email_domain on users (environment_id, email_domain, id)',

    // No foreign key to users: the triggers are what keeps it, and a key would need an index by user as well.
    `create table user_metadata (
      environment_id text not null,
      key text not null,
      value text not null,
      user_id text not null,
      primary key (environment_id, key, value, user_id)
    ) strict, without rowid`,
    `insert into user_metadata
      select users.environment_id, pair.key, pair.value, users.id from users, json_each(users.metadata) as pair`,
    `create trigger users_metadata_added after insert on users begin
      insert into user_metadata
        select new.environment_id, pair.key, pair.value, new.id from json_each(new.metadata) as pair;
    end`,
    `create trigger users_metadata_removed after delete on users begin
      delete from user_metadata where environment_id = old.environment_id and user_id = old.id
        and (key, value) in (select pair.key, pair.value from json_each(old.metadata) as pair);
    end`,
    `create trigger users_metadata_changed after update of metadata on users when old.metadata <> new.metadata begin
      delete from user_metadata where environment_id = old.environment_id and user_id = old.id
        and (key, value) in (select pair.key, pair.value from json_each(old.metadata) as pair);
      insert into user_metadata
        select new.environment_id, pair.key, pair.value, new.id from json_each(new.metadata) as pair;
    end`,

    `create table user_totals (
      environment_id text not null references environments (id),
      email_verified integer not null check (email_verified in (0, 1)),
      users integer not null,
      primary key (environment_id, email_verified)
    ) strict, without rowid`,
    'insert into user_totals select environment_id, email_verified, count(*) from users group by 1, 2',
    `create trigger users_counted_in after insert on users begin
      insert into user_totals values (new.environment_id, new.email_verified, 1)
        on conflict (environment_id, email_verified) do update set users = users + 1;
    end`,
    `create trigger users_counted_out after delete on users begin
      update user_totals set users = users - 1
        where environment_id = old.environment_id and email_verified = old.email_verified;
    end`,
    `create trigger users_counted_over after update of email_verified on users
      when old.email_verified <> new.email_verified begin
      update user_totals set users = users - 1
        where environment_id = old.environment_id and email_verified = old.email_verified;
      insert into user_totals values (new.environment_id, new.email_verified, 1)
        on conflict (environment_id, email_verified) do update set users = users + 1;
    end`,

    `create table organization_totals (
      environment_id text not null,
      organization_id text not null,
      users integer not null,
      primary key (environment_id, organization_id)
    ) strict, without rowid`,
    `insert into organization_totals
      select environment_id, organization_id, count(*) from organization_memberships group by 1, 2`,
    `create trigger organization_memberships_counted_in after insert on organization_memberships begin
      insert into organization_totals values (new.environment_id, new.organization_id, 1)
        on conflict (environment_id, organization_id) do update set users = users + 1;
    end`,
    `create trigger organization_memberships_counted_out after delete on organization_memberships begin
      update organization_totals set users = users - 1
        where environment_id = old.environment_id and organization_id = old.organization_id;
    end`,
  ],
};
