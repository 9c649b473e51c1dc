/** Tables whose rows are counted for an environment, so that no total reads all of them. */
const COUNTED = ['api_keys', 'applications', 'organizations'] as const;

/** `body` runs for each changed row; `new` and `old` are the row after and before. */
const forEachRow = (name: string, when: string, body: string): readonly string[] => [
  `create function ${name}() returns trigger language plpgsql as $$ begin ${body} return null; end $$`,
  `create trigger ${name} after ${when} execute function ${name}()`,
];

/** `body` runs once for all rows that a statement has inserted: they are in the table `added`. */
const forInserted = (name: string, table: string, body: string): readonly string[] =>
  forEachRow(name, `insert on ${table} referencing new table as added for each statement`, body);

const addMetadata = (users: string) => `insert into user_metadata (environment_id, key, value, user_id)
  select changed.environment_id, pair.key, pair.value, changed.id
  from ${users} as changed, json_each_text(changed.metadata::json) as pair;`;
const REMOVE_METADATA = `delete from user_metadata where environment_id = old.environment_id and user_id = old.id
  and (key, value) in (select pair.key, pair.value from json_each_text(old.metadata::json) as pair);`;
const countIn = (users: string) => `insert into user_totals
  select environment_id, email_verified, count(*) from ${users} as changed group by environment_id, email_verified
  on conflict (environment_id, email_verified) do update set users = user_totals.users + excluded.users;`;
const COUNT_OUT = `update user_totals set users = users - 1
  where environment_id = old.environment_id and email_verified = old.email_verified;`;

/** Counters and metadata rows are kept by triggers, so that no writer can forget them. */
export const triggers: readonly string[] = [
  ...forInserted('users_metadata_added', 'users', addMetadata('added')),
  ...forEachRow('users_metadata_removed', 'delete on users for each row', REMOVE_METADATA),
  ...forEachRow(
    'users_metadata_changed',
    'update of metadata on users for each row when (old.metadata <> new.metadata)',
    `${REMOVE_METADATA} ${addMetadata('(select new.*)')}`,
  ),
  ...forInserted('users_counted_in', 'users', countIn('added')),
  ...forEachRow('users_counted_out', 'delete on users for each row', COUNT_OUT),
  ...forEachRow(
    'users_counted_over',
    'update of email_verified on users for each row when (old.email_verified <> new.email_verified)',
    `${COUNT_OUT} ${countIn('(select new.*)')}`,
  ),
  ...forInserted(
    'organization_memberships_counted_in',
    'organization_memberships',
    `insert into organization_totals
        select environment_id, organization_id, count(*) from added group by environment_id, organization_id
        on conflict (environment_id, organization_id) do update set users = organization_totals.users + excluded.users;`,
  ),
  ...forEachRow(
    'organization_memberships_counted_out',
    'delete on organization_memberships for each row',
    `update organization_totals set users = users - 1
        where environment_id = old.environment_id and organization_id = old.organization_id;`,
  ),
  ...COUNTED.flatMap((table) => [
    ...forInserted(
      `${table}_counted_in`,
      table,
      `insert into list_totals select environment_id, '${table}', count(*) from added group by environment_id
          on conflict (environment_id, list) do update set total = list_totals.total + excluded.total;`,
    ),
    ...forEachRow(
      `${table}_counted_out`,
      `delete on ${table} for each row`,
      `update list_totals set total = total - 1 where environment_id = old.environment_id and list = '${table}';`,
    ),
  ]),
];
