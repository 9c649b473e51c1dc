import type { Migration } from '../src/db/migrator.js';

/** Tables whose rows are counted for an environment, so that no total reads all of them. */
const COUNTED = ['api_keys', 'applications', 'organizations'] as const;

/** Numbers of rows of an environment, kept by triggers, so that no writer can forget them. */
export const listTotals: Migration = {
  name: '0017-list-totals',
  statements: [
    `create table list_totals (
      environment_id text not null references environments (id),
      list text not null,
      total integer not null,
      primary key (environment_id, list)
    ) strict, without rowid`,
    ...COUNTED.flatMap((table) => [
      `insert into list_totals select environment_id, '${table}', count(*) from ${table} group by environment_id`,
      `create trigger ${table}_counted_in after insert on ${table} begin
        insert into list_totals values (new.environment_id, '${table}', 1)
          on conflict (environment_id, list) do update set total = total + 1;
      end`,
      `create trigger ${table}_counted_out after delete on ${table} begin
        update list_totals set total = total - 1 where environment_id = old.environment_id and list = '${table}';
      end`,
    ]),
  ],
};
