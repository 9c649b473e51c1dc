import type { Migration } from '../../src/db/migrator.js';

/**
 * Numbers the commits of each environment, so that a gateway can tell whether a replica has all of them. The row is also
 * what units of an environment lock. It changes with every commit, and its pages have room for that.
 */
export const environmentCommits: Migration = {
  name: '0019-environment-commits',
  statements: [
    `create table environment_commits (
      environment_id text collate "C" not null references environments (id),
      number bigint not null,
      primary key (environment_id)
    ) with (fillfactor = 50)`,
  ],
};
