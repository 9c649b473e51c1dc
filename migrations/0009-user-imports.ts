import type { Migration } from '../src/db/migrator.js';

/** How far the import of a file has come: written with its users, so that the two never differ. */
export const userImports: Migration = {
  name: '0009-user-imports',
  statements: [
    `create table user_imports (
      environment_id text not null references environments (id),
      source text not null,
      format text not null check (format in ('ndjson', 'csv')),
      policy text not null check (policy in ('reject', 'skip', 'update')),
      rejects_file text not null,
      rejects_bytes integer not null,
      pending_rejects text not null,
      position integer not null,
      line integer not null,
      created integer not null,
      updated integer not null,
      skipped integer not null,
      refused integer not null,
      started_at text not null,
      finished_at text,
      primary key (environment_id, source, format, policy)
    ) strict`,
  ],
};
