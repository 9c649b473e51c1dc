import type { Migration } from '../../src/db/migrator.js';

/** Tables whose rows are counted for an environment, so that no total reads all of them. */
const COUNTED = ['api_keys', 'applications', 'organizations'] as const;

/** What a trigger runs. `new` and `old` are the rows after and before. */
const trigger = (name: string, when: string, body: string): readonly string[] => [
  `create function ${name}() returns trigger language plpgsql as $$ begin ${body} return null; end $$`,
  `create trigger ${name} after ${when} execute function ${name}()`,
];

const ADD_METADATA = `insert into user_metadata (environment_id, key, value, user_id)
  select new.environment_id, pair.key, pair.value, new.id from json_each_text(new.metadata::json) as pair;`;
const REMOVE_METADATA = `delete from user_metadata where environment_id = old.environment_id and user_id = old.id
  and (key, value) in (select pair.key, pair.value from json_each_text(old.metadata::json) as pair);`;
const COUNT_IN = `insert into user_totals values (new.environment_id, new.email_verified, 1)
  on conflict (environment_id, email_verified) do update set users = user_totals.users + 1;`;
const COUNT_OUT = `update user_totals set users = users - 1
  where environment_id = old.environment_id and email_verified = old.email_verified;`;

/**
 * The schema that SQLite has after 0019, in the terms of PostgreSQL. Texts are compared by their bytes (`collate "C"`), as
 * IDs and cursors want it, whatever the locale of the database is. The keys of all tables begin with the environment, to
 * distribute by it; numbers and IDs come from the gateways, so that there is no sequence and no hot page at its end.
 */
export const base: Migration = {
  name: '0019-base',
  statements: [
    `create table environments (
      id text collate "C" primary key,
      name text collate "C" not null unique,
      kind text collate "C" not null check (kind in ('test', 'live')),
      created_at text collate "C" not null,
      sign_in smallint not null default 0 check (sign_in in (0, 1))
    )`,

    `create table api_keys (
      environment_id text collate "C" not null references environments (id),
      id text collate "C" not null,
      name text collate "C" not null,
      secret_hash text collate "C" not null,
      hint text collate "C" not null,
      scopes text collate "C" not null,
      created_at text collate "C" not null,
      revoked_at text collate "C",
      expires_at text collate "C",
      last_used_at text collate "C",
      replaced_by text collate "C",
      primary key (environment_id, id)
    )`,

    'create index api_keys_by_secret_hash on api_keys (secret_hash)',

    `create table users (
      environment_id text collate "C" not null references environments (id),
      id text collate "C" not null,
      email text collate "C" not null,
      email_normal text collate "C" not null,
      email_verified smallint not null check (email_verified in (0, 1)),
      first_name text collate "C",
      last_name text collate "C",
      name text collate "C",
      profile_picture_url text collate "C",
      locale text collate "C",
      last_sign_in_at text collate "C",
      external_id text collate "C",
      metadata text collate "C" not null,
      version bigint not null,
      created_at text collate "C" not null,
      updated_at text collate "C" not null,
      email_domain text collate "C" not null default '',
      first_name_normal text collate "C" not null default '',
      last_name_normal text collate "C" not null default '',
      name_normal text collate "C" not null default '',
      last_sign_in_order text collate "C" not null default '',
      search_number bigint not null default 0,
      primary key (environment_id, id)
    )`,

    'create unique index users_email_unique on users (environment_id, email_normal)',

    `create unique index users_external_id_unique on users (environment_id, external_id) where external_id is not null`,

    'create unique index users_id_email_unique on users (environment_id, id, email_normal)',

    'create index users_by_verified on users (environment_id, email_verified, id)',

    'create index users_by_verified_and_email on users (environment_id, email_verified, email_normal)',

    `create table organizations (
      environment_id text collate "C" not null references environments (id),
      id text collate "C" not null,
      name text collate "C" not null,
      external_id text collate "C",
      metadata text collate "C" not null,
      created_at text collate "C" not null,
      updated_at text collate "C" not null,
      primary key (environment_id, id)
    )`,

    `create unique index organizations_external_id_unique on organizations (environment_id, external_id) where external_id is not null`,

    `create table organization_memberships (
      environment_id text collate "C" not null,
      id text collate "C" not null,
      user_id text collate "C" not null,
      user_email_normal text collate "C" not null,
      organization_id text collate "C" not null,
      status text collate "C" not null check (status in ('ACTIVE', 'INACTIVE', 'PENDING')),
      roles text collate "C" not null,
      created_at text collate "C" not null,
      updated_at text collate "C" not null,
      primary key (environment_id, id),
      foreign key (environment_id, user_id, user_email_normal) references users (environment_id, id, email_normal) on update cascade,
      foreign key (environment_id, organization_id) references organizations (environment_id, id)
    )`,

    `create unique index organization_memberships_user_unique on organization_memberships (environment_id, organization_id, user_id)`,

    `create index organization_memberships_by_email on organization_memberships (environment_id, organization_id, user_email_normal)`,

    'create index organization_memberships_by_user on organization_memberships (environment_id, user_id, id)',

    `create table applications (
      environment_id text collate "C" not null references environments (id),
      id text collate "C" not null,
      client_id text collate "C" not null,
      name text collate "C" not null,
      description text collate "C",
      kind text collate "C" not null check (kind in ('OAUTH', 'M2M')),
      scopes text collate "C" not null,
      redirect_uris text collate "C" not null,
      uses_pkce smallint check (uses_pkce in (0, 1)),
      is_first_party smallint check (is_first_party in (0, 1)),
      organization_id text collate "C",
      created_at text collate "C" not null,
      updated_at text collate "C" not null,
      primary key (environment_id, id),
      foreign key (environment_id, organization_id) references organizations (environment_id, id)
    )`,

    'create unique index applications_client_id_unique on applications (environment_id, client_id)',

    `create table authorized_applications (
      environment_id text collate "C" not null,
      id text collate "C" not null,
      user_id text collate "C" not null,
      application_id text collate "C" not null,
      granted_scopes text collate "C" not null,
      resource text collate "C",
      created_at text collate "C" not null,
      primary key (environment_id, id),
      foreign key (environment_id, user_id) references users (environment_id, id),
      foreign key (environment_id, application_id) references applications (environment_id, id)
    )`,

    `create unique index authorized_applications_user_unique on authorized_applications (environment_id, user_id, application_id)`,

    'create index authorized_applications_by_user on authorized_applications (environment_id, user_id, id)',

    `create table event_sequences (
      environment_id text collate "C" primary key references environments (id),
      last bigint not null,
      epoch text collate "C" not null default '0',
      last_at text collate "C" not null default '',
      removed bigint not null default 0,
      erased bigint not null default 0
    )`,

    `create table search_spaces (
      environment_id text collate "C" primary key references environments (id),
      last bigint not null
    )`,

    // Words are computed by the store. The mark of the environment in front of each keeps the entries of others apart.
    `create table user_search (
      environment_id text collate "C" not null,
      number bigint not null,
      words tsvector not null,
      primary key (environment_id, number)
    )`,

    'create index user_search_by_word on user_search using gin (words)',

    'create unique index users_search_number_unique on users (environment_id, search_number)',

    'create index users_by_updated on users (environment_id, updated_at, id)',

    'create index users_by_last_sign_in on users (environment_id, last_sign_in_order, id)',

    'create index users_by_name on users (environment_id, name_normal, id)',

    'create index users_by_first_name on users (environment_id, first_name_normal, id)',

    'create index users_by_last_name on users (environment_id, last_name_normal, id)',

    'create index users_by_email_domain on users (environment_id, email_domain, id)',

    `create table user_metadata (
      environment_id text collate "C" not null,
      key text collate "C" not null,
      value text collate "C" not null,
      user_id text collate "C" not null,
      primary key (environment_id, key, value, user_id)
    )`,

    `create table user_totals (
      environment_id text collate "C" not null references environments (id),
      email_verified smallint not null check (email_verified in (0, 1)),
      users bigint not null,
      primary key (environment_id, email_verified)
    )`,

    `create table organization_totals (
      environment_id text collate "C" not null,
      organization_id text collate "C" not null,
      users bigint not null,
      primary key (environment_id, organization_id)
    )`,

    `create table events (
      environment_id text collate "C" not null references environments (id),
      sequence bigint not null,
      id text collate "C" not null,
      name text collate "C" not null,
      user_id text collate "C",
      organization_id text collate "C",
      actor_source text collate "C" not null check (actor_source in ('API', 'SYSTEM', 'IMPORT', 'PERSON')),
      actor_id text collate "C" not null,
      actor_name text collate "C" not null,
      request_id text collate "C" not null,
      data text collate "C" not null,
      previous text collate "C",
      created_at text collate "C" not null,
      api text collate "C" check (api in ('GRAPHQL', 'REST')),
      primary key (environment_id, sequence)
    )`,

    'create unique index events_id_unique on events (environment_id, id)',

    'create index events_by_user on events (environment_id, user_id, sequence) where user_id is not null',

    `create index events_by_organization on events (environment_id, organization_id, sequence) where organization_id is not null`,

    'create index events_by_name on events (environment_id, name, sequence)',

    'create index events_by_time on events (environment_id, created_at, sequence)',

    'create index organizations_by_name on organizations (environment_id, name, id)',

    'create index applications_by_name on applications (environment_id, name, id)',

    `create index applications_by_organization on applications (environment_id, organization_id, id) where organization_id is not null`,

    `create index organization_memberships_by_organization on organization_memberships (environment_id, organization_id, id)`,

    `create index authorized_applications_by_application on authorized_applications (environment_id, application_id, id)`,

    `create table passwords (
      environment_id text collate "C" not null,
      user_id text collate "C" not null,
      type text collate "C" not null check (type in ('ARGON2', 'BCRYPT', 'SCRYPT', 'FIREBASE_SCRYPT', 'PBKDF2', 'SSHA', 'SSHA256')),
      hash text collate "C" not null,
      salt_position text collate "C" check (salt_position in ('PREFIX', 'SUFFIX')),
      updated_at text collate "C" not null,
      primary key (environment_id, user_id),
      foreign key (environment_id, user_id) references users (environment_id, id),
      check ((salt_position is not null) = (type = 'SSHA256'))
    )`,

    `create table idempotency_keys (
      environment_id text collate "C" not null references environments (id),
      key text collate "C" not null,
      operation text collate "C" not null,
      fingerprint text collate "C" not null,
      outcome text collate "C" not null,
      expires_at text collate "C" not null,
      primary key (environment_id, key)
    )`,

    'create index idempotency_keys_by_expiry on idempotency_keys (environment_id, expires_at)',

    `create table one_time_codes (
      environment_id text collate "C" not null,
      id text collate "C" not null,
      purpose text collate "C" not null,
      user_id text collate "C" not null,
      email text collate "C" not null,
      email_normal text collate "C" not null,
      attempts bigint not null,
      expires_at text collate "C" not null,
      consumed_at text collate "C",
      is_newest smallint not null check (is_newest in (0, 1)),
      created_at text collate "C" not null,
      primary key (environment_id, id),
      foreign key (environment_id, user_id) references users (environment_id, id)
    )`,

    `create unique index one_time_codes_newest_unique on one_time_codes (environment_id, user_id, purpose) where is_newest = 1`,

    'create index one_time_codes_by_user on one_time_codes (environment_id, user_id, created_at)',

    'create index one_time_codes_by_email on one_time_codes (environment_id, email_normal, created_at)',

    `create table mails (
      environment_id text collate "C" not null references environments (id),
      id text collate "C" not null,
      template text collate "C" not null,
      user_id text collate "C" not null,
      code_id text collate "C",
      recipient text collate "C" not null,
      state text collate "C" not null check (state in ('PENDING', 'SENT', 'FAILED')),
      attempts bigint not null,
      next_attempt_at text collate "C" not null,
      leased_until text collate "C",
      expires_at text collate "C" not null,
      last_error text collate "C",
      created_at text collate "C" not null,
      sent_at text collate "C",
      purge_at text collate "C",
      primary key (environment_id, id),
      foreign key (environment_id, user_id) references users (environment_id, id),
      foreign key (environment_id, code_id) references one_time_codes (environment_id, id)
    )`,

    'create unique index mails_code_unique on mails (environment_id, code_id) where code_id is not null',

    'create index mails_by_user on mails (environment_id, user_id)',

    'create index mails_by_state on mails (environment_id, state, id)',

    'create index mails_due on mails (state, next_attempt_at)',

    'create index mails_to_purge on mails (purge_at) where purge_at is not null',

    `create table mail_days (
      environment_id text collate "C" not null references environments (id),
      day text collate "C" not null,
      queued bigint not null,
      primary key (environment_id, day)
    )`,

    `create table user_imports (
      environment_id text collate "C" not null references environments (id),
      source text collate "C" not null,
      format text collate "C" not null check (format in ('ndjson', 'csv')),
      policy text collate "C" not null check (policy in ('reject', 'skip', 'update')),
      rejects_file text collate "C" not null,
      rejects_bytes bigint not null,
      pending_rejects text collate "C" not null,
      position bigint not null,
      line bigint not null,
      created bigint not null,
      updated bigint not null,
      skipped bigint not null,
      refused bigint not null,
      started_at text collate "C" not null,
      finished_at text collate "C",
      primary key (environment_id, source, format, policy)
    )`,

    `create table issuers (
      environment_id text collate "C" not null references environments (id),
      id text collate "C" not null,
      issuer text collate "C" not null,
      audience text collate "C",
      algorithms text collate "C" not null,
      jwks_url text collate "C",
      public_key text collate "C",
      subject text collate "C" not null check (subject in ('ID', 'EXTERNAL_ID')),
      scopes text collate "C" not null,
      scopes_claim text collate "C" not null,
      created_at text collate "C" not null,
      primary key (environment_id, id),
      check ((jwks_url is null) <> (public_key is null))
    )`,

    `create unique index issuers_issuer_unique on issuers (issuer, coalesce(audience, ''))`,

    `create table signing_keys (
      environment_id text collate "C" not null references environments (id),
      id text collate "C" not null,
      algorithm text collate "C" not null check (algorithm in ('EdDSA', 'RS256')),
      public_key text collate "C" not null,
      private_key bytea not null,
      created_at text collate "C" not null,
      retired_at text collate "C",
      primary key (environment_id, id)
    )`,

    'create index signing_keys_by_id on signing_keys (id)',

    `create table sessions (
      environment_id text collate "C" not null,
      id text collate "C" not null,
      user_id text collate "C" not null,
      scopes text collate "C" not null,
      generation bigint not null,
      refreshed_at text collate "C" not null,
      created_at text collate "C" not null,
      expires_at text collate "C" not null,
      revoked_at text collate "C",
      primary key (environment_id, id),
      foreign key (environment_id, user_id) references users (environment_id, id)
    )`,

    'create index sessions_by_id on sessions (id)',

    'create index sessions_by_user on sessions (environment_id, user_id, id)',

    `create table sign_in_attempts (
      environment_id text collate "C" not null references environments (id),
      bucket text collate "C" not null,
      started_at text collate "C" not null,
      attempts bigint not null,
      primary key (environment_id, bucket)
    )`,

    'create index sign_in_attempts_by_time on sign_in_attempts (environment_id, started_at)',

    `create table staff_grants (
      environment_id text collate "C" not null,
      user_id text collate "C" not null,
      scopes text collate "C" not null,
      created_at text collate "C" not null,
      primary key (environment_id, user_id),
      foreign key (environment_id, user_id) references users (environment_id, id)
    )`,

    `create table webhook_endpoints (
      environment_id text collate "C" not null references environments (id),
      id text collate "C" not null,
      url text collate "C" not null,
      types text collate "C" not null,
      is_enabled smallint not null check (is_enabled in (0, 1)),
      secret bytea not null,
      previous_secret bytea,
      previous_secret_until text collate "C",
      position bigint not null,
      claims bigint not null,
      attempts bigint not null,
      failing_since text collate "C",
      next_attempt_at text collate "C" not null,
      created_at text collate "C" not null,
      updated_at text collate "C" not null,
      deleted_at text collate "C",
      primary key (environment_id, id),
      check ((previous_secret is null) = (previous_secret_until is null))
    )`,

    `create unique index webhook_endpoints_url_unique on webhook_endpoints (environment_id, url) where deleted_at is null`,

    'create index webhook_endpoints_due on webhook_endpoints (next_attempt_at) where is_enabled = 1',

    'create index webhook_endpoints_deleted on webhook_endpoints (deleted_at) where deleted_at is not null',

    `create table webhook_deliveries (
      environment_id text collate "C" not null,
      id text collate "C" not null,
      endpoint_id text collate "C" not null,
      event_id text collate "C" not null,
      sequence bigint not null,
      attempt bigint not null,
      status_code bigint,
      error text collate "C",
      duration_ms bigint not null,
      created_at text collate "C" not null,
      primary key (environment_id, id),
      foreign key (environment_id, endpoint_id) references webhook_endpoints (environment_id, id)
    )`,

    'create index webhook_deliveries_by_endpoint on webhook_deliveries (environment_id, endpoint_id, id)',

    'create index webhook_deliveries_by_event on webhook_deliveries (environment_id, sequence)',

    `create index events_by_person on events (environment_id, actor_id, sequence) where actor_source = 'PERSON'`,

    `create table list_totals (
      environment_id text collate "C" not null references environments (id),
      list text collate "C" not null,
      total bigint not null,
      primary key (environment_id, list)
    )`,

    `create index organization_memberships_by_status on organization_memberships (environment_id, organization_id, status, id)`,

    ...trigger('users_metadata_added', 'insert on users for each row', ADD_METADATA),
    ...trigger('users_metadata_removed', 'delete on users for each row', REMOVE_METADATA),
    ...trigger(
      'users_metadata_changed',
      'update of metadata on users for each row when (old.metadata <> new.metadata)',
      `${REMOVE_METADATA} ${ADD_METADATA}`,
    ),
    ...trigger('users_counted_in', 'insert on users for each row', COUNT_IN),
    ...trigger('users_counted_out', 'delete on users for each row', COUNT_OUT),
    ...trigger(
      'users_counted_over',
      'update of email_verified on users for each row when (old.email_verified <> new.email_verified)',
      `${COUNT_OUT} ${COUNT_IN}`,
    ),
    ...trigger(
      'organization_memberships_counted_in',
      'insert on organization_memberships for each row',
      `insert into organization_totals values (new.environment_id, new.organization_id, 1)
        on conflict (environment_id, organization_id) do update set users = organization_totals.users + 1;`,
    ),
    ...trigger(
      'organization_memberships_counted_out',
      'delete on organization_memberships for each row',
      `update organization_totals set users = users - 1
        where environment_id = old.environment_id and organization_id = old.organization_id;`,
    ),
    ...COUNTED.flatMap((table) => [
      ...trigger(
        `${table}_counted_in`,
        `insert on ${table} for each row`,
        `insert into list_totals values (new.environment_id, '${table}', 1)
          on conflict (environment_id, list) do update set total = list_totals.total + 1;`,
      ),
      ...trigger(
        `${table}_counted_out`,
        `delete on ${table} for each row`,
        `update list_totals set total = total - 1 where environment_id = old.environment_id and list = '${table}';`,
      ),
    ]),
  ],
};
