import type { Migration } from '../src/db/migrator.js';

/**
 * Every primary key, unique index and foreign key begins with the environment: it is the wall between tenants, and the
 * key to distribute by. Lists by creation page by id, for ids grow with creation.
 */
export const initial: Migration = {
  name: '0001-initial',
  statements: [
    `create table environments (
      id text primary key,
      name text not null unique,
      kind text not null check (kind in ('test', 'live')),
      created_at text not null
    ) strict`,

    `create table api_keys (
      environment_id text not null references environments (id),
      id text not null,
      name text not null,
      secret_hash text not null,
      hint text not null,
      scopes text not null,
      created_at text not null,
      revoked_at text,
      primary key (environment_id, id)
    ) strict`,
    // Not unique: a SHA-256 needs no index to be so, and this one is asked before the environment is known.
    'create index api_keys_by_secret_hash on api_keys (secret_hash)',

    `create table users (
      environment_id text not null references environments (id),
      id text not null,
      email text not null,
      email_normal text not null,
      email_verified integer not null check (email_verified in (0, 1)),
      first_name text,
      last_name text,
      name text,
      profile_picture_url text,
      locale text,
      last_sign_in_at text,
      external_id text,
      metadata text not null,
      version integer not null,
      created_at text not null,
      updated_at text not null,
      primary key (environment_id, id)
    ) strict`,
    'create unique index users_email_unique on users (environment_id, email_normal)',
    'create unique index users_external_id_unique on users (environment_id, external_id) where external_id is not null',
    'create unique index users_id_email_unique on users (environment_id, id, email_normal)',
    'create index users_by_verified on users (environment_id, email_verified, id)',
    'create index users_by_verified_and_email on users (environment_id, email_verified, email_normal)',

    `create table passwords (
      environment_id text not null,
      user_id text not null,
      hash text not null,
      updated_at text not null,
      primary key (environment_id, user_id),
      foreign key (environment_id, user_id) references users (environment_id, id)
    ) strict`,

    `create table organizations (
      environment_id text not null references environments (id),
      id text not null,
      name text not null,
      external_id text,
      metadata text not null,
      created_at text not null,
      updated_at text not null,
      primary key (environment_id, id)
    ) strict`,
    `create unique index organizations_external_id_unique on organizations (environment_id, external_id)
      where external_id is not null`,

    // The copy of the user's address follows it by the foreign key, so an organization's users can be read in its order.
    `create table organization_memberships (
      environment_id text not null,
      id text not null,
      user_id text not null,
      user_email_normal text not null,
      organization_id text not null,
      status text not null check (status in ('ACTIVE', 'INACTIVE', 'PENDING')),
      roles text not null,
      created_at text not null,
      updated_at text not null,
      primary key (environment_id, id),
      foreign key (environment_id, user_id, user_email_normal)
        references users (environment_id, id, email_normal) on update cascade,
      foreign key (environment_id, organization_id) references organizations (environment_id, id)
    ) strict`,
    `create unique index organization_memberships_user_unique
      on organization_memberships (environment_id, organization_id, user_id)`,
    `create index organization_memberships_by_email
      on organization_memberships (environment_id, organization_id, user_email_normal)`,
    'create index organization_memberships_by_user on organization_memberships (environment_id, user_id, id)',

    `create table applications (
      environment_id text not null references environments (id),
      id text not null,
      client_id text not null,
      name text not null,
      description text,
      kind text not null check (kind in ('OAUTH', 'M2M')),
      scopes text not null,
      redirect_uris text not null,
      uses_pkce integer check (uses_pkce in (0, 1)),
      is_first_party integer check (is_first_party in (0, 1)),
      organization_id text,
      created_at text not null,
      updated_at text not null,
      primary key (environment_id, id),
      foreign key (environment_id, organization_id) references organizations (environment_id, id)
    ) strict`,
    'create unique index applications_client_id_unique on applications (environment_id, client_id)',
    `create index applications_by_organization on applications (environment_id, organization_id)
      where organization_id is not null`,

    `create table authorized_applications (
      environment_id text not null,
      id text not null,
      user_id text not null,
      application_id text not null,
      granted_scopes text not null,
      resource text,
      created_at text not null,
      primary key (environment_id, id),
      foreign key (environment_id, user_id) references users (environment_id, id),
      foreign key (environment_id, application_id) references applications (environment_id, id)
    ) strict`,
    `create unique index authorized_applications_user_unique
      on authorized_applications (environment_id, user_id, application_id)`,
    'create index authorized_applications_by_user on authorized_applications (environment_id, user_id, id)',
    'create index authorized_applications_by_application on authorized_applications (environment_id, application_id)',

    `create table email_verifications (
      environment_id text not null,
      id text not null,
      user_id text not null,
      email text not null,
      code_hash text not null,
      attempts integer not null,
      expires_at text not null,
      consumed_at text,
      is_newest integer not null check (is_newest in (0, 1)),
      created_at text not null,
      primary key (environment_id, id),
      foreign key (environment_id, user_id) references users (environment_id, id)
    ) strict`,
    `create unique index email_verifications_newest_unique on email_verifications (environment_id, user_id)
      where is_newest = 1`,
    'create index email_verifications_by_user on email_verifications (environment_id, user_id, created_at)',

    `create table event_sequences (
      environment_id text primary key references environments (id),
      last integer not null
    ) strict`,

    `create table events (
      environment_id text not null references environments (id),
      sequence integer not null,
      id text not null,
      name text not null,
      user_id text,
      organization_id text,
      actor_source text not null check (actor_source in ('API', 'SYSTEM')),
      actor_id text not null,
      actor_name text not null,
      request_id text not null,
      data text not null,
      previous text,
      created_at text not null,
      primary key (environment_id, sequence)
    ) strict`,
    'create unique index events_id_unique on events (environment_id, id)',
    'create index events_by_user on events (environment_id, user_id, sequence) where user_id is not null',
  ],
};
