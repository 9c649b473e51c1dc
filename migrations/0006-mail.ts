import type { Migration } from '../src/db/migrator.js';

/**
 * Codes are derived from their row and not stored any more, not even as a hash, and those that change an address share
 * the table with those that verify one. The code of a row that is copied is another one than was mailed: none of them
 * is kept as somebody's newest. They still count as mails of their user.
 *
 * The indices of `mails` that do not begin with the environment are the worker's, which serves all of them.
 */
export const mail: Migration = {
  name: '0006-mail',
  statements: [
    `create table one_time_codes (
      environment_id text not null,
      id text not null,
      purpose text not null,
      user_id text not null,
      email text not null,
      email_normal text not null,
      attempts integer not null,
      expires_at text not null,
      consumed_at text,
      is_newest integer not null check (is_newest in (0, 1)),
      created_at text not null,
      primary key (environment_id, id),
      foreign key (environment_id, user_id) references users (environment_id, id)
    ) strict`,
    `insert into one_time_codes
      select environment_id, id, 'EMAIL_VERIFICATION', user_id, email, lower(email), attempts, expires_at, consumed_at,
        0, created_at
      from email_verifications`,
    'drop table email_verifications',
    `create unique index one_time_codes_newest_unique on one_time_codes (environment_id, user_id, purpose)
      where is_newest = 1`,
    'create index one_time_codes_by_user on one_time_codes (environment_id, user_id, created_at)',
    'create index one_time_codes_by_email on one_time_codes (environment_id, email_normal, created_at)',

    `create table mails (
      environment_id text not null references environments (id),
      id text not null,
      template text not null,
      user_id text not null,
      code_id text,
      recipient text not null,
      state text not null check (state in ('PENDING', 'SENT', 'FAILED')),
      attempts integer not null,
      next_attempt_at text not null,
      leased_until text,
      expires_at text not null,
      last_error text,
      created_at text not null,
      sent_at text,
      purge_at text,
      primary key (environment_id, id),
      foreign key (environment_id, user_id) references users (environment_id, id),
      foreign key (environment_id, code_id) references one_time_codes (environment_id, id)
    ) strict`,
    'create unique index mails_code_unique on mails (environment_id, code_id) where code_id is not null',
    'create index mails_by_user on mails (environment_id, user_id)',
    'create index mails_by_state on mails (environment_id, state, id)',
    'create index mails_due on mails (state, next_attempt_at)',
    'create index mails_to_purge on mails (purge_at) where purge_at is not null',

    `create table mail_days (
      environment_id text not null references environments (id),
      day text not null,
      queued integer not null,
      primary key (environment_id, day)
    ) strict`,
  ],
};
