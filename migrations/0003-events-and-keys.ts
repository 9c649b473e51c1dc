import type { Migration } from '../src/db/migrator.js';

/**
 * What reading the log, keys, and lists of organizations and applications through the graph needs.
 *
 * The log is rebuilt because SQLite cannot change a check. Its times are made to follow its order on the way, as new
 * events do: a range of time is then a range of the log, found by two looks into `events_by_time`.
 */
export const eventsAndKeys: Migration = {
  name: '0003-events-and-keys',
  statements: [
    `create table events_rebuilt (
      environment_id text not null references environments (id),
      sequence integer not null,
      id text not null,
      name text not null,
      user_id text,
      organization_id text,
      actor_source text not null check (actor_source in ('API', 'SYSTEM', 'IMPORT', 'PERSON')),
      actor_id text not null,
      actor_name text not null,
      request_id text not null,
      data text not null,
      previous text,
      created_at text not null,
      primary key (environment_id, sequence)
    ) strict`,
    `insert into events_rebuilt select environment_id, sequence, id, name, user_id, organization_id, actor_source,
        actor_id, actor_name, request_id, data, previous,
        max(created_at) over (partition by environment_id order by sequence)
      from events`,
    'drop table events',
    'alter table events_rebuilt rename to events',
    'create unique index events_id_unique on events (environment_id, id)',
    'create index events_by_user on events (environment_id, user_id, sequence) where user_id is not null',
    `create index events_by_organization on events (environment_id, organization_id, sequence)
      where organization_id is not null`,
    'create index events_by_name on events (environment_id, name, sequence)',
    'create index events_by_time on events (environment_id, created_at, sequence)',

    // A cursor holds the epoch: a log that was put back to an earlier state gives its numbers out a second time.
    `alter table event_sequences add column epoch text not null default '0'`,
    `alter table event_sequences add column last_at text not null default ''`,
    `update event_sequences set last_at = coalesce(
      (select max(created_at) from events where events.environment_id = event_sequences.environment_id), '')`,

    // Lists by creation, of all or of those with one name; each ends in what it is ordered by.
    'create index organizations_by_name on organizations (environment_id, name, id)',
    'create index applications_by_name on applications (environment_id, name, id)',
    'drop index applications_by_organization',
    `create index applications_by_organization on applications (environment_id, organization_id, id)
      where organization_id is not null`,
    `create index organization_memberships_by_organization
      on organization_memberships (environment_id, organization_id, id)`,
    'drop index authorized_applications_by_application',
    `create index authorized_applications_by_application
      on authorized_applications (environment_id, application_id, id)`,

    'alter table api_keys add column expires_at text',
    'alter table api_keys add column last_used_at text',
    // The key that took over from this one; until expires_at both work.
    'alter table api_keys add column replaced_by text',
  ],
};
