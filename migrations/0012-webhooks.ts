import type { Migration } from '../src/db/migrator.js';

/** Where events are sent to, how far, and every attempt. Indices that do not begin with the environment are the worker's. */
export const webhooks: Migration = {
  name: '0012-webhooks',
  statements: [
    `create table webhook_endpoints (
      environment_id text not null references environments (id),
      id text not null,
      url text not null,
      types text not null check (json_valid(types)),
      is_enabled integer not null check (is_enabled in (0, 1)),
      secret blob not null,
      previous_secret blob,
      previous_secret_until text,
      position integer not null,
      claims integer not null,
      attempts integer not null,
      failing_since text,
      next_attempt_at text not null,
      created_at text not null,
      updated_at text not null,
      deleted_at text,
      primary key (environment_id, id),
      check ((previous_secret is null) = (previous_secret_until is null))
    ) strict`,
    `create unique index webhook_endpoints_url_unique on webhook_endpoints (environment_id, url)
      where deleted_at is null`,
    'create index webhook_endpoints_due on webhook_endpoints (next_attempt_at) where is_enabled = 1',
    'create index webhook_endpoints_deleted on webhook_endpoints (deleted_at) where deleted_at is not null',

    `create table webhook_deliveries (
      environment_id text not null,
      id text not null,
      endpoint_id text not null,
      event_id text not null,
      sequence integer not null,
      attempt integer not null,
      status_code integer,
      error text,
      duration_ms integer not null,
      created_at text not null,
      primary key (environment_id, id),
      foreign key (environment_id, endpoint_id) references webhook_endpoints (environment_id, id)
    ) strict`,
    'create index webhook_deliveries_by_endpoint on webhook_deliveries (environment_id, endpoint_id, id)',
    'create index webhook_deliveries_by_event on webhook_deliveries (environment_id, sequence)',
  ],
};
