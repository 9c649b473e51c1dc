import type { Migration } from '../src/db/migrator.js';

/** Access tokens: whose are believed, keys of our own, sessions, and what was tried to sign in. */
export const signIn: Migration = {
  name: '0010-sign-in',
  statements: [
    'alter table environments add column sign_in integer not null default 0 check (sign_in in (0, 1))',

    `create table issuers (
      environment_id text not null references environments (id),
      id text not null,
      issuer text not null,
      audience text,
      algorithms text not null check (json_valid(algorithms)),
      jwks_url text,
      public_key text,
      subject text not null check (subject in ('ID', 'EXTERNAL_ID')),
      scopes text not null check (json_valid(scopes)),
      scopes_claim text not null,
      created_at text not null,
      primary key (environment_id, id),
      check ((jwks_url is null) <> (public_key is null))
    ) strict`,
    // A token names its issuer and nothing else that tells the environment before it is verified.
    "create unique index issuers_issuer_unique on issuers (issuer, ifnull(audience, ''))",

    `create table signing_keys (
      environment_id text not null references environments (id),
      id text not null,
      algorithm text not null check (algorithm in ('EdDSA', 'RS256')),
      public_key text not null check (json_valid(public_key)),
      private_key blob not null,
      created_at text not null,
      retired_at text,
      primary key (environment_id, id)
    ) strict`,
    'create unique index signing_keys_id_unique on signing_keys (id)',

    `create table sessions (
      environment_id text not null,
      id text not null,
      user_id text not null,
      scopes text not null check (json_valid(scopes)),
      generation integer not null,
      refreshed_at text not null,
      created_at text not null,
      expires_at text not null,
      revoked_at text,
      primary key (environment_id, id),
      foreign key (environment_id, user_id) references users (environment_id, id)
    ) strict`,
    'create unique index sessions_id_unique on sessions (id)',
    'create index sessions_by_user on sessions (environment_id, user_id, id)',

    `create table sign_in_attempts (
      environment_id text not null references environments (id),
      bucket text not null,
      started_at text not null,
      attempts integer not null,
      primary key (environment_id, bucket)
    ) strict`,
    'create index sign_in_attempts_by_time on sign_in_attempts (environment_id, started_at)',

    `create table staff_grants (
      environment_id text not null,
      user_id text not null,
      scopes text not null check (json_valid(scopes)),
      created_at text not null,
      primary key (environment_id, user_id),
      foreign key (environment_id, user_id) references users (environment_id, id)
    ) strict`,
  ],
};
